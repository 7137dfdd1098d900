import { OptionError } from '../config/option.ts';
import type { Options } from '../config/options.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import { findPackage } from '../runtime/optionalPackage.ts';
import { TurnRelay } from './turnRelay.ts';

/**
 * The relay that `--turn` asks for.
 * @throws OptionError if the package is not installed
 */
export function relayOf(
  { turnPorts: ports }: Pick<Options, 'turnPorts'>,
  { clock, ids, log }: { clock: Clock; ids: Ids; log: Log },
): TurnRelay {
  const path = findPackage('node-turn');
  if (path === undefined) {
    throw new OptionError('--turn needs a package that is not installed: npm install node-turn');
  }
  return new TurnRelay({ path, ports, clock, log, secret: ids.of('turn').version() });
}
