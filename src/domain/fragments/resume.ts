import type { Log } from '../../runtime/log.ts';
import type { PayloadShelf } from '../ports.ts';
import type { Fragment, FragmentHome } from './fragment.ts';
import { compareNumbers } from './fragmentNumbers.ts';
import type { Overhead } from './overhead.ts';
import { fragmentOf } from './records.ts';

interface Parts {
  readonly home: FragmentHome & { readonly shelf: PayloadShelf };
  readonly overhead: Overhead;
  readonly log: Log;
}

/** The fragments that a shelf holds already, in the order of their numbers, each counted. */
export function keptFragments({ overhead, home, log }: Parts): Fragment[] {
  const headers = overhead.kept();
  const found: Fragment[] = [];
  for (const { record, payload } of home.shelf.entries()) {
    const header = headers.get(record.header);
    if (header === undefined) {
      log.error('A fragment whose header is not there is left out.', { fragment: record.number });
      payload.remove();
      continue;
    }
    const fragment = fragmentOf(record, header, payload, home);
    overhead.count(fragment);
    found.push(fragment);
  }
  overhead.trim();
  return found.sort((a, b) => compareNumbers(a.number, b.number));
}
