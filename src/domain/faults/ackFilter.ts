import type { AckEvent } from '../fragments/acks.ts';

/** Tells which acknowledgements a rule means, line by line: those of some kinds, or of the nth fragment, or all. */
export function ackFilter(
  events: readonly AckEvent[] | undefined,
  fragment: number | undefined,
): (line: string) => boolean {
  let begun = 0;
  let wanted: string | undefined;
  return (line) => {
    const [, event = ''] = /^\{"EventType":"([A-Z]+)"/.exec(line) ?? [];
    const [, number] = /"FragmentNumber":"(\d+)"/.exec(line) ?? [];
    if (event === 'BUFFERING' && ++begun === fragment) wanted = number;
    if (fragment !== undefined && (number === undefined || number !== wanted)) return false;
    return events === undefined || events.includes(event as AckEvent);
  };
}
