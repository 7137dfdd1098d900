// What comes off the wire lies in memory that is let go of as soon as it has been taken: everything is played back byte by byte.
import { describe, expect, it } from 'vitest';
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { type Bytes, concat } from '../support/mkv.ts';
import { END_OF_FRAGMENT, noise, producerStream, producerTag } from '../support/producer.ts';
import { LAST_CHUNK, post } from '../support/rawSocket.ts';
import { type Producer, type Service, startService } from '../support/session.ts';

/** From here on a piece is let go of. */
const FREED = 1024;

const latin1 = (bytes: Bytes): string => Buffer.from(bytes).toString('latin1');
const metadata = (index: number) => ({ index: `${index}`.repeat(200) });
const HEAD = post(
  '/putMedia',
  'x-amzn-stream-name: cam',
  'x-amzn-fragment-timecode-type: RELATIVE',
  'x-amzn-producer-start-timestamp: 1700000000.000',
  'Transfer-Encoding: chunked',
);

/** Sends each part as a chunk, and so as a piece of its own. */
function sendParts({ send }: Producer, bytes: Bytes, cuts: readonly number[]): void {
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    if (to > from) send(bytes.subarray(from, to));
    from = Math.max(from, to);
  }
}

/** Places that far apart, up to the last below `end`. */
const every = (step: number, end: number): number[] => range(0, end / step).map((part) => part * step);

/** All that is kept, in order, as it is read again. */
async function played({ list, fragment }: Service): Promise<string[]> {
  const all: string[] = [];
  for (const number of await list()) all.push(await fragment(number));
  return all;
}

/** What has come of an answer once its last bytes are there. */
async function readUntil({ body }: Response, last: string): Promise<string> {
  let [before, piece] = ['', ''];
  const pieces: string[] = [];
  for await (const bytes of body as AsyncIterable<Uint8Array>) {
    [before, piece] = [piece, latin1(bytes)];
    pieces.push(piece);
    if ((before + piece).includes(last)) break;
  }
  return pieces.join('');
}

describe('what was put is read again byte by byte', () => {
  it('wherever its pieces end, over one connection', async () => {
    const service = await startService();
    const { bytes, fragments } = producerStream({ fragments: 3, frameBytes: 1500, frameTicks: 500, metadata });
    const producer = await service.put();
    const second = latin1(bytes).indexOf(latin1(fragments[1]?.tagsBefore as Bytes));
    const cluster = latin1(bytes).indexOf(latin1(fragments[1]?.cluster as Bytes));
    // Around the Tags in front of a Cluster, and through the head of that and of its first Block.
    const places = [...range(second - 2, second + 14), ...range(cluster - 2, cluster + 46)];
    for (const [times, place] of places.entries()) {
      if (times > 0) producer.socket.send(HEAD);
      sendParts(producer, bytes, [place - FREED, place, place + 1, place + 1 + FREED]);
      producer.endBody();
      while (producer.received().split('\r\n0\r\n\r\n').length < times + 2) await eventLoopTurn();
    }
    expect(producer.acks().filter((ack) => ack.startsWith('ERROR'))).toEqual([]);
    const all = await played(service);
    expect(all).toHaveLength(places.length * 3);
    for (const [index, text] of all.entries()) {
      const [own, behind] = [fragments[index % 3], fragments[(index % 3) + 1]];
      expect(text).toContain(latin1(concat(own?.cluster as Bytes, behind?.tagsBefore ?? new Uint8Array())));
      if (index % 3 === 0) expect(text).toContain(metadata(0).index);
    }
  });

  it.each([FREED - 1, FREED, 4096, 16_383, 65_536, 1 << 20, 'any'] as const)(
    'with frames of all sizes in chunks of %s bytes, and by who reads along',
    async (size) => {
      const service = await startService();
      const next = noise(7);
      const documents = [100, 900, 9000].map((frameBytes) =>
        producerStream({ fragments: 3, frameBytes, frameTicks: 400, endOfFragment: 'each', audio: true, metadata }),
      );
      const reading = await service.call('getMedia', { StartSelector: { StartSelectorType: 'EARLIEST' } });
      const producer = await service.put();
      const whole = concat(...documents.map(({ bytes }) => bytes));
      const cuts: number[] = [];
      for (let at = 0; at < whole.length; at += size === 'any' ? 1 + (next() % 30_000) : size) cuts.push(at);
      sendParts(producer, whole, cuts);
      producer.endBody();
      await producer.over();
      const clusters = documents.flatMap(({ fragments }) => fragments.map(({ cluster }) => latin1(cluster)));
      const all = await played(service);
      expect(all).toHaveLength(clusters.length);
      for (const [index, cluster] of clusters.entries()) expect(all[index]?.includes(cluster)).toBe(true);
      const live = await readUntil(reading, (clusters.at(-1) as string).slice(-200));
      for (const cluster of clusters) expect(live.includes(cluster)).toBe(true);
    },
  );

  it.each([
    ['stalls', { stall: '1ms' }],
    ['is slow', { bandwidth: '10000000' }],
    ['is cut', { truncate: true }],
    ['is reset', { reset: true }],
  ])('as far as it came, where its body %s on purpose in the middle', async (_, effect) => {
    const service = await startService();
    const { bytes, fragments } = producerStream({ fragments: 4, frameBytes: 5000, frameTicks: 500, metadata });
    const match = { operation: 'PutMedia', fragment: 3, afterBytes: 30_000 };
    service.emulator.faults.add([{ match, effect } as never]);
    const producer = await service.put();
    sendParts(producer, bytes, every(20_000, bytes.length));
    producer.endBody();
    await producer.socket.until(/PERSISTED","FragmentTimecode":2000/);
    if ('stall' in effect || 'bandwidth' in effect) await producer.over();
    else await producer.socket.ended;
    const all = await played(service);
    expect(all.length).toBeGreaterThanOrEqual(2);
    for (const [index, text] of all.entries()) expect(text).toContain(latin1(fragments[index]?.cluster as Bytes));
  });

  it('where it is held back by limits', async () => {
    const service = await startService();
    service.emulator.limits.set({ overrides: { 'PutMedia.bytesPerSecond': 100_000 } });
    const { bytes, fragments } = producerStream({ fragments: 3, frameBytes: 5000, frameTicks: 500, metadata });
    const producer = await service.put();
    sendParts(producer, bytes, every(30_000, bytes.length));
    producer.endBody();
    while (!producer.received().includes('PERSISTED","FragmentTimecode":4000')) {
      await service.emulator.clock.advance(0.1);
      await eventLoopTurn();
    }
    const all = await played(service);
    for (const [index, { cluster }] of fragments.entries()) expect(all[index]).toContain(latin1(cluster));
  });

  it('behind one that was refused while it still came', async () => {
    const service = await startService();
    const { bytes, header, fragments } = producerStream({ fragments: 3, frameBytes: 5000, metadata });
    const producer = await service.put();
    // A document may not begin so: 4006 comes while the rest is still on its way, which is swallowed.
    producer.send(header, new Uint8Array(5000).fill(0xff));
    sendParts(producer, bytes, every(2000, 40_000));
    await producer.over();
    expect(producer.acks().at(-1)).toBe('ERROR 4006');
    const again = await service.put();
    again.send(bytes.subarray(0, 3000));
    again.send(bytes.subarray(3000), producerTag(END_OF_FRAGMENT, ''));
    again.socket.send(LAST_CHUNK);
    await again.over();
    const all = await played(service);
    expect(all).toHaveLength(3);
    for (const [index, { cluster }] of fragments.entries()) expect(all[index]).toContain(latin1(cluster));
  });
});

describe('a JSON body', () => {
  it('that comes in pieces is read as if it were one', async () => {
    const service = await startService();
    const socket = (await service.put()).socket;
    socket.send(LAST_CHUNK);
    await socket.until('\r\n0\r\n\r\n');
    const names = Array.from({ length: 300 }, (_, index) => `name-${index}`);
    const Tags = Object.fromEntries(names.slice(0, 50).map((name) => [name, 'x'.repeat(200)]));
    const body = Buffer.from(JSON.stringify({ StreamName: 'cam', Tags }));
    expect(body.length).toBeGreaterThan(8 * FREED);
    for (const size of [FREED, FREED + 1, 3000, body.length]) {
      const before = socket.received().length;
      socket.send(post('/tagStream', 'Transfer-Encoding: chunked'));
      for (let at = 0; at < body.length; at += size) {
        const part = body.subarray(at, at + size);
        socket.send(concat(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')));
      }
      socket.send(LAST_CHUNK);
      await socket.until(new RegExp(`^[^]{${before}}HTTP/1.1 200[^]*\\r\\n\\r\\n[^]*\\}`));
    }
    // And whole, when it is the piece itself that is read.
    expect((await service.call('tagStream', { Tags })).status).toBe(200);
    const answer = await service.call('listTagsForStream', {});
    expect(((await answer.json()) as { Tags: object }).Tags).toEqual(Tags);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.ceil(to - from) }, (_, index) => from + index);
}
