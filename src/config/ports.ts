/** A range of ports. */
export interface Ports {
  readonly first: number;
  readonly last: number;
}

/** `49160-49200`, the first below the last. */
export function parsePorts(text: string): Ports | undefined {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(text)?.map(Number) ?? [];
  if (first === undefined || last === undefined) return undefined;
  return first > 0 && first < last && last < 65_536 ? { first, last } : undefined;
}
