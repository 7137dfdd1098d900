import { assembleBehind } from './assemble.ts';
import type { Assembled } from './assembled.ts';
import { snapshotAtStart } from './atStart.ts';
import type { Options } from './config/options.ts';
import type { Listening } from './emulator/face.ts';
import { refuseFolder } from './folderAtStart.ts';
import type { Front } from './front.ts';
import { Dispatcher, type DispatchParts } from './http/dispatch.ts';
import { playbackRegistry, registry } from './operations/registry.ts';
import type { DataFolder } from './store/disk/dataFolder.ts';

/** What of it is there already, and where it listens. */
export interface Around {
  readonly front: Front;
  readonly folder: DataFolder | undefined;
  readonly listening: Listening;
  readonly http: Pick<DispatchParts, 'addresses' | 'guests' | 'otherwise' | 'requestLog'>;
  /** What to begin with, if it is in no file. */
  readonly snapshot?: AsyncIterable<Uint8Array> | undefined;
}

export interface World extends Assembled {
  readonly dispatcher: Dispatcher;
}

/** With what there is in the folder, which is read on the way. */
async function assembled(options: Options, { front, folder, listening }: Around): Promise<Assembled> {
  return assembleBehind(front, options, listening, await folder?.stores(front.machine.room));
}

/** The service with all that is in it from the start, and whoever takes requests to it. */
export async function makeWorld(options: Options, around: Around): Promise<World> {
  const { http, snapshot } = around;
  const world = await assembled(options, around).catch(refuseFolder);
  const { requestLog } = http;
  world.parts.push({ name: 'log', snapshot: 'ends', part: requestLog, holds: 'which ended sessions were logged' });
  try {
    await snapshotAtStart(options, snapshot, world);
    await world.seedAtStart();
  } catch (error) {
    world.stop();
    throw error;
  }
  const { services, road, tokens, journal, requestIds, log } = world;
  const { room, credentials } = services;
  const { account, region } = options;
  const dispatcher = new Dispatcher({
    ...{ ...http, road, room, account, region, tokens, journal, log, requestIds },
    operations: [...registry, ...playbackRegistry],
    accountOf: (accessKeyId) => credentials.accountOf(accessKeyId),
  });
  return { ...world, dispatcher };
}
