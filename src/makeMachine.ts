import type { Options } from './config/options.ts';
import type { Stores } from './domain/ports.ts';
import { isEverywhere, type Where } from './domain/resources/scope.ts';
import type { Part, Saves } from './emulator/part.ts';
import { ControllableClock } from './runtime/clock.ts';
import { createIds } from './runtime/ids.ts';
import type { Log } from './runtime/log.ts';
import { createRandom, type Random } from './runtime/random.ts';
import { Room, sharesOf } from './runtime/room.ts';
import { MemoryPayloadStore } from './store/memory/payloads.ts';
import { MemoryRecordStore } from './store/memory/records.ts';

type Given = { readonly [Name in keyof Stores]: Stores[Name] | undefined };

/** Makes what the service stands on: time, chance, memory, and where things are kept if nobody brings that along. */
export function makeMachine(options: Options, log: Log, { records, payloads }: Given) {
  const clock = new ControllableClock({
    startTime: options.startTime,
    frozen: options.clock === 'frozen',
    onError: (error) => log.error('Work that was due on the clock failed.', { error }),
  });
  const random = createRandom(options.randomSeed);
  const { room: capacity, clear } = sharesOf(options.maxMemory);
  const room = new Room({ capacity, clear });
  return {
    clock,
    random,
    chance: chancePart(random, options.randomSeed),
    ids: createIds(random),
    room,
    records: records ?? new MemoryRecordStore(room),
    bare: payloads ?? new MemoryPayloadStore(room),
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
