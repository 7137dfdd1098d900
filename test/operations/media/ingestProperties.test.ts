// Files that are spoilt at random go through the whole road from bytes to fragments, cut at random.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { follow } from '../../../src/domain/fragments/follow.ts';
import type { Fragment } from '../../../src/domain/fragments/fragment.ts';
import { receive } from '../../../src/operations/media/receive.ts';
import { createLog } from '../../../src/runtime/log.ts';
import { Repeats } from '../../../src/runtime/repeats.ts';
import { eventLoopTurn } from '../../../src/runtime/wall.ts';
import { FIXTURES, fixture } from '../../support/fixtures.ts';
import { bytesOf, HOUR, SOMEBODY, START, startLog } from '../../support/fragments.ts';
import { ID } from '../../support/ids.ts';
import { type Bytes, concat, hex } from '../../support/mkv.ts';
import { END_OF_FRAGMENT, noise, producerStream, producerTag } from '../../support/producer.ts';
import { type Element, walk } from '../../support/walk.ts';

interface Source {
  readonly name: string;
  readonly bytes: Bytes;
  /** Where elements begin and end: what is spoilt there does most harm. */
  readonly elements: readonly (readonly [start: number, end: number])[];
}
const metadata = (index: number): Record<string, string> => ({ index: String(index) });
const PRODUCER = producerStream({ fragments: 4, audio: true, metadata, endOfFragment: 'each' }).bytes;
const LIVE = producerStream({ fragments: 8, metadata, endOfFragment: 'never', frameTicks: 500 }).bytes;
const SOURCES: readonly Source[] = [
  ...FIXTURES.map((name) => ({ name, bytes: fixture(name) })),
  { name: 'producer', bytes: PRODUCER },
  { name: 'producer without END_OF_FRAGMENT', bytes: LIVE },
  { name: 'two documents', bytes: concat(fixture('h264-gop2s.mkv'), PRODUCER) },
].map((source) => {
  const documents = walk(source.bytes);
  return { ...source, elements: documents.flatMap(({ ebml, segment }) => [ebml, segment].flatMap(rangesOf)) };
});

function rangesOf({ start, end, children }: Element): [number, number][] {
  return [[start, end], ...children.flatMap(rangesOf)];
}

interface Mutation {
  readonly kind: 'flip' | 'drop' | 'repeat' | 'delete' | 'insert' | 'duplicate' | 'truncate';
  /** Picks an element, any with the same chance (fast-check likes small numbers); how far from its beginning. */
  readonly element: number;
  readonly offset: number;
  readonly length: number;
  readonly seed: number;
}
const mutation: fc.Arbitrary<Mutation> = fc.record({
  // Most of them leave something that is still nearly Matroska.
  kind: fc.constantFrom(
    ...(['flip', 'flip', 'flip', 'flip', 'drop', 'drop', 'drop', 'repeat', 'repeat', 'repeat'] as const),
    ...(['delete', 'insert', 'duplicate', 'truncate'] as const),
  ),
  element: fc.nat(),
  offset: fc.oneof(fc.integer({ min: 0, max: 14 }), fc.integer({ min: -3000, max: 3000 })),
  length: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 30_000 })),
  seed: fc.nat(),
});

function spoil({ bytes, elements }: Source, mutations: readonly Mutation[]): Bytes {
  let spoilt = bytes;
  for (const { kind, element, offset, length, seed } of mutations) {
    const [start, end] = elements[noise(element)() % elements.length] as readonly [number, number];
    const whole = kind === 'drop' || kind === 'repeat';
    const at = whole ? start : Math.min(Math.max(start + offset, 0), spoilt.length);
    const to = whole ? end : at + length;
    const [before, range, after] = [spoilt.subarray(0, at), spoilt.subarray(at, to), spoilt.subarray(to)];
    const next = noise(seed);
    if (kind === 'flip') {
      spoilt = spoilt.slice();
      if (at < spoilt.length) spoilt[at] = (spoilt[at] as number) ^ (1 << (seed & 7));
    } else if (kind === 'delete' || kind === 'drop') spoilt = concat(before, after);
    else if (kind === 'duplicate' || kind === 'repeat') spoilt = concat(before, range, range, after);
    else if (kind === 'insert') {
      spoilt = concat(
        before,
        Uint8Array.from({ length: Math.min(length, 64) }, () => next() & 0xff),
        range,
        after,
      );
    } else spoilt = before;
  }
  return spoilt;
}

/** Cuts of random lengths, from single bytes to what a socket gives. */
function* cut(bytes: Bytes, seed: number): Generator<Bytes> {
  const next = noise(seed);
  const most = [3, 40, 1500, 65_536, 1_000_000][next() % 5] as number;
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + (next() % most);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

interface Line {
  readonly EventType: string;
  readonly FragmentNumber?: string;
  readonly ErrorId?: number;
}
const LINE =
  /^\{"EventType":"(BUFFERING|RECEIVED|PERSISTED|ERROR)"(,"FragmentTimecode":\d+,"FragmentNumber":"\d{47}")?(,"ErrorCode":"[A-Z_]+","ErrorId":\d{4})?\}\n$/;

/** Sends a body through one session, with a reader at the live edge, and looks at all that came of it. */
async function send(body: Bytes, seed: number, options: { retentionMs: number; capacity: number }) {
  const { log, clock, room } = startLog(options);
  const failures: string[] = [];
  const failed = createLog({ level: 'error', format: 'json', write: (line) => failures.push(line) });
  async function* pieces(): AsyncGenerator<Bytes> {
    let count = 0;
    for (const piece of cut(body, seed)) {
      yield piece;
      // What goes on beside gets its turn now and then.
      if (count++ % 64 === 0) await eventLoopTurn();
    }
  }
  const gone = new AbortController();
  const live: { fragment: Fragment; bytes: Bytes }[] = [];
  const watching = (async () => {
    let seen: Bytes[] = [];
    for await (const event of follow(log, { at: 'earliest' }, clock, gone.signal, SOMEBODY)) {
      if (event.event === 'begin') seen = [];
      if (event.event === 'bytes') seen.push(event.bytes);
      if (event.event === 'end') live.push({ fragment: event.fragment, bytes: concat(...seen) });
    }
  })();
  const lines: string[] = [];
  const producer = { producerStart: START, acknowledge: true };
  const context = {
    clock,
    room,
    repeats: new Repeats(),
    log: failed,
    strict: false,
    warn: () => undefined,
    timeIsOver: () => undefined,
    principal: SOMEBODY,
  };
  for await (const line of receive(context, log, producer, pieces())) lines.push(line);
  await eventLoopTurn();
  gone.abort();
  await watching;

  const fragments: { fragment: Fragment; bytes: Bytes }[] = [];
  for (let next = log.after(undefined); next !== undefined; next = log.after(next.number)) {
    fragments.push({ fragment: next, bytes: await bytesOf(next) });
  }
  const used = room.usage().used;
  log.delete();
  // Dropping gives others their turns where the machine is slow.
  for (let turn = 0; turn < 100 && room.usage().used > 0; turn++) await eventLoopTurn();
  return { lines, failures, fragments, live, used, left: room.usage().used };
}
type Outcome = Awaited<ReturnType<typeof send>>;

/** The grammar and the order of acknowledgements; `retained` says whether PERSISTED is due. */
function checkAcks(lines: readonly string[], retained: boolean): void {
  for (const line of lines) expect(line).toMatch(LINE);
  const acks = lines.map((line) => JSON.parse(line) as Line);
  const numbers = (type: string): string[] =>
    acks.filter((ack) => ack.EventType === type).map((ack) => ack.FragmentNumber!);
  const [begun, received, persisted] = [numbers('BUFFERING'), numbers('RECEIVED'), numbers('PERSISTED')];
  expect(begun).toEqual([...new Set(begun)].toSorted());
  const errors = acks.filter(({ EventType }) => EventType === 'ERROR');
  const ids = errors.map(({ ErrorId }) => ErrorId);
  expect(ids.length === 0 || ids.length === 1 || (ids.length === 2 && ids[0] === 4011 && ids[1] === 4006)).toBe(true);
  expect(acks.slice(acks.length - errors.length)).toEqual(errors);
  expect(ids).not.toContain(5000);
  // One fragment at a time; what has begun is received, unless it is the one an ERROR ends.
  expect(received).toEqual(errors.length > 0 ? begun.slice(0, received.length) : begun);
  expect(begun.length - received.length).toBeLessThanOrEqual(1);
  const alone = acks.filter(({ EventType }) => EventType === 'BUFFERING' || EventType === 'RECEIVED');
  alone.forEach((ack, index) => {
    expect(ack.EventType).toBe(index % 2 === 0 ? 'BUFFERING' : 'RECEIVED');
    expect(ack.FragmentNumber).toBe(alone[index - (index % 2)]?.FragmentNumber);
  });
  expect(persisted).toEqual(retained ? received : []);
  for (const number of persisted) {
    const order = acks.filter((ack) => ack.FragmentNumber === number && ack.EventType !== 'ERROR');
    expect(order.map(({ EventType }) => EventType)).toEqual(['BUFFERING', 'RECEIVED', 'PERSISTED']);
  }
}

/** True if `bytes` are a Cluster and elements behind it, each of them whole. */
function isWhole(bytes: Bytes): boolean {
  if (Buffer.compare(bytes.subarray(0, 4), hex('1f43b675')) !== 0) return false;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const field = (at: number): number => Math.clz32(view[at] ?? 0) - 23;
  let at = 0;
  while (at < view.length) {
    const sizeAt = at + field(at);
    const length = field(sizeAt);
    const content = sizeAt + length;
    if (content > view.length) return false;
    const value = BigInt(`0x${view.toString('hex', sizeAt, content)}`) & (2n ** BigInt(7 * length) - 1n);
    const unknown = value === 2n ** BigInt(7 * length) - 1n;
    if (unknown && view.readUIntBE(at, sizeAt - at) !== ID.Cluster) return false;
    at = content + (unknown ? 0 : Number(value));
  }
  return at === view.length;
}

/** Begins with Tags that hold nothing but END_OF_FRAGMENT, as the producer of these tests writes it. */
const isSignal = (bytes: Buffer): boolean =>
  bytes.subarray(0, SIGNAL_SIZE).includes(END_OF_FRAGMENT) && bytes.readUInt32BE(0) === ID.Tags;
const SIGNAL_SIZE = producerTag(END_OF_FRAGMENT, '').length;
const sizeOfTags = (bytes: Buffer): number => 12 + Number(bytes.readBigUInt64BE(4) & 0xff_ffff_ffff_ffffn);

/** What is kept is what was sent: whole Clusters in order, with nothing between them but what may stand there. */
function checkFragments(body: Bytes, { fragments, live }: Outcome): void {
  for (const { fragment, bytes } of live) {
    const kept = fragments.find((other) => other.fragment === fragment);
    expect(bytes.length).toBe(fragment.size);
    if (kept !== undefined) expect(Buffer.compare(bytes, kept.bytes)).toBe(0);
  }
  const sent = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let end = 0;
  for (const { fragment, bytes } of fragments) {
    expect(bytes.length).toBe(fragment.size);
    expect(isWhole(bytes)).toBe(true);
    const whole = concat(fragment.leading, bytes);
    const start = sent.indexOf(whole, end);
    expect(start).toBeGreaterThanOrEqual(end);
    // Only a document's header may stand between two fragments, and what said that the earlier one was over.
    if (end > 0) while (start > end && isSignal(sent.subarray(end, start))) end += sizeOfTags(sent.subarray(end));
    if (end > 0 && start > end) expect(sent.readUInt32BE(end)).toBe(ID.EBML);
    end = start + whole.length;
  }
}

const isLive = ({ name }: Source): boolean => /producer|gst/.test(name);
/** Half of them with Clusters of unknown size: fewer sizes to break, so that spoilt files get further. */
const anySource = fc.oneof(fc.constantFrom(...SOURCES), fc.constantFrom(...SOURCES.filter(isLive)));
const anySeed = fc.nat();
const anyStream = fc.record({
  retentionMs: fc.constantFrom(0, HOUR),
  capacity: fc.constantFrom(1 << 30, 1 << 30, 80_000, 30_000),
});

describe('what a producer sends', () => {
  it.each(SOURCES)('comes back whole, however it is cut: $name', async (source) => {
    const clusters = walk(source.bytes).flatMap(({ clusters }) => clusters);
    for (const seed of [1, 2, 3, 4]) {
      const outcome = await send(source.bytes, seed, { retentionMs: HOUR, capacity: 1 << 30 });
      checkAcks(outcome.lines, true);
      expect(outcome.lines).toHaveLength(3 * clusters.length);
      checkFragments(source.bytes, outcome);
      outcome.fragments.forEach(({ bytes }, index) => {
        const { element } = clusters[index]!;
        expect(Buffer.compare(bytes.subarray(0, element.bytes.length), element.bytes)).toBe(0);
      });
      expect(outcome.live.length).toBe(clusters.length);
      expect([outcome.failures, outcome.left]).toEqual([[], 0]);
    }
  });

  it('in whatever shape, ends in acknowledgements by the grammar, whole fragments and no memory held', async () => {
    const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        anySource,
        mutations,
        anySeed,
        anySeed,
        anyStream,
        async (source, changes, seed, other, stream) => {
          const body = spoil(source, changes);
          const outcome = await send(body, seed, stream);
          checkAcks(outcome.lines, stream.retentionMs > 0);
          checkFragments(body, outcome);
          expect([outcome.failures, outcome.left]).toEqual([[], 0]);
          const sizes = outcome.fragments.reduce((total, { fragment }) => total + fragment.size, 0);
          expect(outcome.used).toBeGreaterThanOrEqual(sizes);
          expect(outcome.used).toBeLessThanOrEqual(stream.capacity);
          if (stream.capacity < 1 << 30) return;
          // Cut elsewhere, the same body has the same fate.
          const again = await send(body, other, stream);
          const fate = ({ lines }: Outcome) => lines.filter((line) => !line.includes('PERSISTED'));
          expect(fate(again)).toEqual(fate(outcome));
          expect(again.fragments.map(({ bytes }) => Buffer.from(bytes).toString('base64'))).toEqual(
            outcome.fragments.map(({ bytes }) => Buffer.from(bytes).toString('base64')),
          );
        },
      ),
      { seed: 20_261_122, numRuns: 100 },
    );
  });
});
