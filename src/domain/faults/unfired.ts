import type { Log } from '../../runtime/log.ts';
import type { Faults } from './faults.ts';

/** Of what a rule is about, in the log. Characters. */
const MOST_TOLD = 200;

/** A rule that nothing has come under is one that was made for nothing, or wrongly. */
export function tellUnfired({ rules }: Faults, log: Log): void {
  for (const { fired, spec } of rules) {
    if (fired > 0) continue;
    log.warn(`The fault ${spec.id} has never fired.`, { match: JSON.stringify(spec.match).slice(0, MOST_TOLD) });
  }
}
