import type { Options } from './config/options.ts';
import type { Stores } from './domain/ports.ts';
import { isEverywhere, type Where } from './domain/resources/scope.ts';
import type { Part, Saves } from './emulator/part.ts';
import { ControllableClock } from './runtime/clock.ts';
import { createIds } from './runtime/ids.ts';
import type { Log } from './runtime/log.ts';
import { createRandom, type Random } from './runtime/random.ts';
import { Room, sharesOf } from './runtime/room.ts';
import type { DataFolder } from './store/disk/dataFolder.ts';
import { MemoryPayloadStore } from './store/memory/payloads.ts';
import { MemoryRecordStore } from './store/memory/records.ts';

/** What somebody brings along in place of what would be made here. */
export interface Brought {
  readonly records?: Stores['records'] | undefined;
  readonly payloads?: Stores['payloads'] | undefined;
  /** A folder that outlasts the process. */
  readonly folder?: DataFolder | undefined;
}

/** What tells a stream's fragment numbers from those of others, and the like, is the same after a restart. */
function lastingChance({ secrets }: DataFolder, random: Random): Random {
  const kept = secrets.read('chance');
  const seed = kept ?? Buffer.from(random.of('secret').bytes(32)).toString('hex');
  if (kept === undefined) secrets.write('chance', seed);
  return createRandom(seed);
}

/** Makes what the service stands on: time, chance, memory, and where things are kept if nobody brings that along. */
export function makeMachine(options: Options, log: Log, { records, payloads, folder }: Brought) {
  const clock = new ControllableClock({
    startTime: options.startTime,
    frozen: options.clock === 'frozen',
    onError: (error) => log.error('Work that was due on the clock failed.', { error }),
  });
  const random = createRandom(options.randomSeed);
  const { room: capacity, clear } = sharesOf(options.maxMemory);
  const room = new Room({ capacity, clear });
  const held = folder?.stores(room);
  return {
    clock,
    random,
    chance: chancePart(random, options.randomSeed),
    ids: createIds(random, folder && lastingChance(folder, random)),
    room,
    records: records ?? held?.records ?? new MemoryRecordStore(room),
    bare: payloads ?? held?.payloads ?? new MemoryPayloadStore(room),
  };
}

/** Begins anew with its seed, or with another that nobody knows: what was handed out before is not handed out again. */
function chancePart(random: Random, seed: number | undefined): Part & Saves {
  const start = random.save();
  return {
    reset(which: Where) {
      if (isEverywhere(which)) random.load(seed === undefined ? createRandom().save() : start);
    },
    save: () => random.save(),
    load: (saved: string) => random.load(saved),
  };
}
