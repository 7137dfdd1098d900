import type { Events } from '../domain/events/events.ts';
import { toIso } from '../runtime/time.ts';
import { eventLoopTurn } from '../runtime/wall.ts';
import { ControlError } from './controlError.ts';
import { readControl } from './controlInput.ts';
import type { SnapshotAsked } from './part.ts';
import {
  type SnapshotNamed,
  type SnapshotOptions,
  snapshotNamed,
  snapshotOptions,
  snapshotTaken,
} from './snapshotShapes.ts';

/** What is in a snapshot, and what it takes. */
export interface SnapshotSize extends SnapshotAsked {
  /** On the emulator's clock, ms since the epoch. */
  readonly at: number;
  readonly streams: number;
  readonly fragments: number;
  /** Of media. */
  readonly bytes: number;
  /** Of those, what is there on its account alone. */
  readonly bytesAlone: number;
}

export interface HeldSnapshot {
  readonly size: SnapshotSize;
  archive(): AsyncIterable<Uint8Array>;
  release(): void;
}

/** What takes all of the state, and makes it again. */
export interface SnapshotStore {
  take(asked: SnapshotAsked): Promise<HeldSnapshot>;
  restore(snapshot: HeldSnapshot): Promise<void>;
  load(source: AsyncIterable<Uint8Array>): Promise<SnapshotSize>;
}

export interface SnapshotContent {
  /** The emulator’s time when it was taken. */
  readonly time: string;
  readonly streams: number;
  readonly fragments: number;
  /** Of media. */
  readonly bytes: number;
  /** Of those, what the snapshot alone still holds: streams or other snapshots have the rest as well. */
  readonly bytesAlone: number;
  readonly journal: boolean;
  readonly secrets: boolean;
}

export interface NamedSnapshot extends SnapshotContent {
  readonly name: string;
}

/** All of the state at a moment, in memory. It shares media with the streams, and costs next to nothing. */
export interface Snapshot extends AsyncIterable<Uint8Array> {
  content(): SnapshotContent;
  /** Makes everything as it was then, clock and ids too. Open connections end as with a reset. As often as one likes. */
  restore(): Promise<SnapshotContent>;
  /** The same as an archive, for a file or another emulator. */
  stream(): AsyncIterable<Uint8Array>;
  /** Gives back the memory that it alone takes, which happens by itself when nobody has the object any more. */
  release(): void;
}

export type TakeSnapshot = (options?: SnapshotOptions) => Promise<Snapshot>;

/** Snapshots by name, which a reset leaves. */
export interface EmulatorSnapshots {
  take(name: string, options?: SnapshotOptions): Promise<NamedSnapshot>;
  /** Makes everything as it was then. */
  restore(name: string): Promise<NamedSnapshot>;
  list(): readonly NamedSnapshot[];
  /** Forgets it. */
  remove(name: string): NamedSnapshot;
  /** Makes everything as an archive says. If anything is wrong with that, nothing has changed. */
  load(archive: AsyncIterable<Uint8Array>): Promise<SnapshotContent>;
}

/** So many there may be. */
const MOST = 100;

export function snapshotControl(
  store: SnapshotStore,
  events: Pick<Events, 'tell'>,
): { readonly snapshot: TakeSnapshot; readonly snapshots: EmulatorSnapshots } {
  const named = new Map<string, HeldSnapshot>();
  const asked = ({ journal = false, secrets = true }: Partial<SnapshotAsked>): SnapshotAsked => ({ journal, secrets });
  const settled = async (): Promise<void> => {
    events.tell('clock', {}, () => ({}));
    // Connections that were open learn of it now, and not in the middle of what the caller does next.
    await eventLoopTurn();
    await eventLoopTurn();
  };
  const find = (given: SnapshotNamed): [name: string, held: HeldSnapshot] => {
    const { name } = readControl(snapshotNamed, given);
    const held = named.get(name);
    if (held !== undefined) return [name, held];
    throw new ControlError(`There is no snapshot ${name}.`, 'GET /_kvs/snapshots lists them.', '/name', 'missing');
  };
  const shown = (name: string, held: HeldSnapshot): NamedSnapshot => ({ name, ...contentOf(held.size) });
  return {
    async snapshot(options = {}) {
      const held = await store.take(asked(readControl(snapshotOptions, options)));
      return {
        content: () => contentOf(held.size),
        async restore() {
          await store.restore(held);
          await settled();
          return contentOf(held.size);
        },
        stream: () => held.archive(),
        release: () => held.release(),
        [Symbol.asyncIterator]: () => held.archive()[Symbol.asyncIterator](),
      };
    },
    snapshots: {
      async take(given, options = {}) {
        const { name, ...what } = readControl(snapshotTaken, { name: given, ...options });
        const check = (): void => {
          if (named.has(name)) {
            throw new ControlError(`There is a snapshot ${name} already.`, 'Delete it first.', '/name', 'taken');
          }
          if (named.size < MOST) return;
          throw new ControlError(`There are ${MOST} snapshots already.`, 'Delete one first.', undefined, 'taken');
        };
        check();
        const held = await store.take(asked(what));
        try {
          // Others may have come meanwhile.
          check();
        } catch (error) {
          held.release();
          throw error;
        }
        named.set(name, held);
        return shown(name, held);
      },
      async restore(given) {
        const [name, held] = find({ name: given });
        await store.restore(held);
        await settled();
        return shown(name, held);
      },
      list: () => [...named].map(([name, held]) => shown(name, held)),
      remove(given) {
        const [name, held] = find({ name: given });
        const last = shown(name, held);
        named.delete(name);
        held.release();
        return last;
      },
      async load(archive) {
        const size = await store.load(archive);
        await settled();
        return contentOf(size);
      },
    },
  };
}

const contentOf = ({ at, ...size }: SnapshotSize): SnapshotContent => ({ time: toIso(at), ...size });
