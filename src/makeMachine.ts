import type { Options } from './config/options.ts';
import { isEverywhere, type Where } from './domain/resources/scope.ts';
import type { Part, Saves } from './emulator/part.ts';
import { createIds } from './runtime/ids.ts';
import { createRandom, type Random } from './runtime/random.ts';
import { Room, sharesOf } from './runtime/room.ts';
import type { DataFolder } from './store/disk/dataFolder.ts';

/** What tells a stream's fragment numbers from those of others, and the like, is the same after a restart. */
function lastingChance(folder: DataFolder | undefined, random: Random): Random {
  const lasting = createRandom();
  const kept = folder?.secrets.read(CHANCE);
  // Where it is a seed, an earlier version has written it.
  lasting.load(kept?.includes(' ') === false ? createRandom(kept).save() : (kept ?? random.save()));
  if (kept === undefined) folder?.secrets.write(CHANCE, lasting.save());
  return lasting;
}

/** What a data folder calls it. */
const CHANCE = 'chance';

/** Makes what everything stands on: chance and memory. */
export function makeMachine(options: Options, folder: DataFolder | undefined) {
  const random = createRandom(options.randomSeed);
  const { room: capacity, clear } = sharesOf(options.maxMemory);
  const room = new Room({ capacity, clear });
  const lasting = lastingChance(folder, random);
  return {
    random,
    chance: chancePart({ random, lasting, folder }, options.randomSeed),
    ids: createIds(random, () => lasting),
    room,
  };
}

interface Chances {
  readonly random: Random;
  /** What of it outlasts the process is chance of its own in a data folder, and the same anywhere else. */
  readonly lasting: Random;
  readonly folder: DataFolder | undefined;
}

/** One that is not the other's is said besides. */
type SavedChance = string | { readonly next: string; readonly lasting: string };

/** Begins anew with its seed, or with another that nobody knows: what was handed out before is not handed out again. */
function chancePart({ random, lasting, folder }: Chances, seed: number | undefined): Part & Saves {
  const start = random.save();
  return {
    reset(which: Where) {
      if (!isEverywhere(which)) return;
      random.load(seed === undefined ? createRandom().save() : start);
      if (folder === undefined) lasting.load(random.save());
    },
    save(): SavedChance {
      const next = random.save();
      return lasting.isLike(random) ? next : { next, lasting: lasting.save() };
    },
    load(saved: SavedChance) {
      const said = typeof saved === 'string' ? { next: saved, lasting: saved } : saved;
      random.load(said.next);
      lasting.load(said.lasting);
      folder?.secrets.write(CHANCE, said.lasting);
    },
  };
}
