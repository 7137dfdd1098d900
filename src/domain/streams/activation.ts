// A configuration of notifications or images counts a while after it has been set; until then the one before it does.

/** What counts until then. Milliseconds on the emulator's clock. */
export interface Former<Configuration> {
  readonly configuration: Configuration | null;
  readonly until: number;
}

/** What counts at a time. */
export const effective = <C>(set: C | null, former: Former<C> | null | undefined, now: number): C | null =>
  former !== null && former !== undefined && now < former.until ? former.configuration : set;

/** What goes on to count when another is set now. */
export function formerOf<C>(
  set: C | null,
  former: Former<C> | null | undefined,
  now: number,
  ms: number,
): Former<C> | null {
  return ms > 0 ? { configuration: effective(set, former, now), until: now + ms } : null;
}
