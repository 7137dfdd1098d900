import type { Options } from './config/options.ts';
import type { Events } from './domain/events/events.ts';
import { healthControl } from './emulator/healthControl.ts';
import { LiveOptions } from './liveOptions.ts';
import { makeMachine } from './makeMachine.ts';
import { RequestIds } from './operations/road/requestIds.ts';
import { type LevelLog, overheard } from './runtime/log.ts';
import type { DataFolder } from './store/disk/dataFolder.ts';

export type Front = ReturnType<typeof makeFront>;

/**
 * Makes what there is before the service, and is enough to say that the emulator is there: little, since whoever starts one
 * waits for it to be loaded.
 */
export function makeFront(options: Options, given: LevelLog, folder?: DataFolder) {
  let events: Events | undefined;
  const log = overheard(given, (level, text) => events?.tell('log', {}, () => ({ level, text: text() })));
  const live = new LiveOptions(options);
  live.onChange((now) => {
    given.level = now.logLevel;
  });
  const machine = makeMachine(options, folder);
  return {
    machine,
    log,
    live,
    requestIds: new RequestIds(machine.ids),
    health: healthControl(),
    /** What the log shows is told as events, too, once there are any. */
    tell(made: Events) {
      events = made;
    },
  };
}
