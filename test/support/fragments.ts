// A stream's fragments on a frozen clock, without a stream around them.
import { type Fragment, withWhole } from '../../src/domain/fragments/fragment.ts';
import { FragmentLog, type FragmentLogOwner } from '../../src/domain/fragments/fragmentLog.ts';
import { OldestFirst } from '../../src/domain/fragments/oldestFirst.ts';
import { SharedHeader } from '../../src/domain/fragments/sharedHeader.ts';
import type { BareShelf, BareStore, Reading, ShelfOwner, Stage, StoreError } from '../../src/domain/ports.ts';
import { ControllableClock, labelled } from '../../src/runtime/clock.ts';
import { createIds } from '../../src/runtime/ids.ts';
import { type Log, silentLog } from '../../src/runtime/log.ts';
import { createRandom } from '../../src/runtime/random.ts';
import { Room } from '../../src/runtime/room.ts';
import { MemoryPayloadStore } from '../../src/store/memory/payloads.ts';
import { type Bytes, concat } from './mkv.ts';

export const START = Date.parse('2026-11-22T12:00:00Z');
export const HOUR = 3_600_000;

/** A memory store whose `keep` can be held up, and made to fail, and whose fragments can be made not to be read. */
export class SlowStore implements BareStore {
  readonly #inner: MemoryPayloadStore;
  readonly #waiting: (() => void)[] = [];
  /** What `keep` throws; nothing by default. */
  failure: StoreError | undefined;
  /** The same of `append`, and of keeping and removing a header. */
  appendFailure: StoreError | undefined;
  headerFailure: StoreError | undefined;
  /** By the number of a fragment: what reading it throws. */
  readonly holes = new Map<string, StoreError>();
  held = false;

  constructor(room: Room) {
    this.#inner = new MemoryPayloadStore(room);
  }
  stage(): Stage {
    return this.#inner.stage();
  }
  shelf(owner: ShelfOwner): BareShelf {
    const shelf = this.#inner.shelf(owner);
    return {
      headers: {
        entries: () => shelf.headers.entries(),
        put: (key, header) => {
          if (this.headerFailure !== undefined) throw this.headerFailure;
          shelf.headers.put(key, header);
        },
        remove: (key) => {
          if (this.headerFailure !== undefined) throw this.headerFailure;
          shelf.headers.remove(key);
        },
      },
      entries: () => shelf.entries(),
      cleared: () => shelf.cleared(),
      adopt: (record, bytes) => shelf.adopt(record, bytes),
      expect: () => shelf.expect(),
      leave: () => shelf.leave(),
      sealer: () => shelf.sealer(),
      unseal: (_number, _what, bytes) => bytes,
      draft: () => {
        const draft = shelf.draft();
        const append = draft.append.bind(draft);
        draft.append = (piece) => {
          if (this.appendFailure !== undefined) throw this.appendFailure;
          return append(piece);
        };
        const keep = draft.keep.bind(draft);
        draft.keep = async (record) => {
          if (this.held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
          if (this.failure !== undefined) throw this.failure;
          const payload = await keep(record);
          const { number } = record();
          const open = payload.open.bind(payload);
          payload.open = async () => {
            const hole = this.holes.get(number);
            if (hole !== undefined) throw hole;
            return open();
          };
          return payload;
        };
        return draft;
      },
    };
  }
  /** Lets the oldest `keep` that is held up go on. */
  letGo(): void {
    this.#waiting.shift()?.();
  }
}

/** A stream that nothing else is known of. */
export const logOwner = (retentionMs: number): FragmentLogOwner => ({
  arn: 'arn:aws:kinesisvideo:us-east-1:000000000000:stream/camera/1',
  keyId: () => 'alias/aws/kinesisvideo',
  retentionMs,
  blocks: 0,
  onBlock: () => undefined,
});

export function makeHeader(
  bytes = 100,
  { withoutTags, trackNumbers = [1] }: { withoutTags?: number; trackNumbers?: number[] } = {},
): SharedHeader {
  const whole = new Uint8Array(bytes).fill(1);
  const bytesWithoutTags = withoutTags === undefined ? whole : new Uint8Array(withoutTags).fill(2);
  return SharedHeader.begin({ bytes: whole, bytesWithoutTags, trackNumbers, timestampScale: 1_000_000n });
}

/** Who reads and writes where that makes no difference. */
export const SOMEBODY = 'arn:aws:iam::000000000000:user/somebody';

/** All that there is to be read now. */
export function piecesOf(reading: Reading): Bytes[] {
  const pieces: Bytes[] = [];
  for (let piece = reading.take(); piece !== undefined; piece = reading.take()) pieces.push(piece as Bytes);
  return pieces;
}

export interface LogOptions {
  readonly retentionMs?: number;
  readonly capacity?: number;
  readonly dropOldest?: boolean;
  /** What another log has left. */
  readonly left?: { readonly payloads: SlowStore; readonly blocks: number };
  readonly startTime?: number;
  readonly logger?: Log;
}

export function startLog({
  retentionMs = HOUR,
  capacity = 1 << 30,
  dropOldest = false,
  left,
  startTime = START,
  logger = silentLog,
}: LogOptions = {}) {
  const clock = new ControllableClock({ startTime, frozen: true });
  const room = new Room({ capacity });
  const oldestFirst = new OldestFirst();
  if (dropOldest) room.onShort(() => oldestFirst.drop());
  const payloads = left?.payloads ?? new SlowStore(room);
  const ids = createIds(createRandom(7));
  let blocks = left?.blocks ?? 0;
  const onBlock = (count: number): void => {
    blocks = count;
  };
  const owner = { ...logOwner(retentionMs), blocks, onBlock };
  const expiry = labelled(clock, { what: 'expiry', patient: true });
  const services = { clock: expiry, ids, payloads, room, log: logger, oldestFirst };
  const log = new FragmentLog(services, owner);
  const header = makeHeader();
  const session = {};

  const open = (options: { session?: object; header?: SharedHeader; producerTime?: number; leading?: Bytes } = {}) =>
    log.open(options.session ?? session, {
      producerTime: options.producerTime ?? clock.now(),
      timecode: 0n,
      header: options.header ?? header,
      first: false,
      leading: options.leading ?? new Uint8Array(),
      writer: SOMEBODY,
    });
  const must = (fragment: Fragment | undefined): Fragment => {
    if (fragment === undefined) throw new Error('there was no room for a fragment');
    return fragment;
  };
  /** A whole fragment of `size` bytes. */
  async function add(size = 1000, options: Parameters<typeof open>[0] & { lengthMs?: number } = {}) {
    const fragment = must(open(options));
    if (!log.append(fragment, new Uint8Array(size).fill(7))) throw new Error('there was no room for its bytes');
    await log.complete(fragment, options.lengthMs ?? 1000);
    return fragment;
  }
  return {
    clock,
    payloads,
    room,
    log,
    header,
    session,
    open: (options = {}) => must(open(options)),
    tryOpen: open,
    add,
    owner,
    services,
    blocks: () => blocks,
  };
}

export const bytesOf = async (fragment: Fragment): Promise<Bytes> =>
  concat(...((await withWhole([fragment], SOMEBODY, ([whole]) => whole?.pieces ?? [])) as Bytes[]));
/** All numbers, oldest first. */
export function numbersOf(log: FragmentLog): string[] {
  const numbers: string[] = [];
  for (let next = log.after(undefined); next !== undefined; next = log.after(next.number)) numbers.push(next.number);
  return numbers;
}
/** The server timestamp inside a fragment number. */
export const serverTimeOf = (number: string): number => Number((BigInt(number) >> 28n) & 0xffff_ffff_ffff_ffffn);
/** The sequence number inside a fragment number. */
export const sequenceOf = (number: string): number => Number((BigInt(number) >> 92n) & 0xffff_ffffn);
