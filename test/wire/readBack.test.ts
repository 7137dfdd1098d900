// What readers get is freed as soon as the socket has it, and memory is used again at once: whoever is early with that
// sends somebody else's bytes, or none. So everything is read back byte by byte, by readers of every kind.
import { randomBytes } from 'node:crypto';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { setupServer } from 'msw/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EmulatorOptions } from '../../src/index.ts';
import { createOfflineEmulator, kinesisVideoHandlers } from '../../src/kits/msw.ts';
import { bytesOperation } from '../../src/operations/operation.ts';
import { handOver } from '../../src/runtime/handOver.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { dataFolder } from '../durable/service.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { haveGlobalWebSocket } from '../support/globalWebSocket.ts';
import { type Bytes, concat } from '../support/mkv.ts';
import { producerCluster, producerHeader } from '../support/producer.ts';
import { openPut, putMedia } from '../support/putMedia.ts';
import { post, rawSocket } from '../support/rawSocket.ts';
import { noInput, startServer } from '../support/testServer.ts';

haveGlobalWebSocket();

/** More than a socket takes of a reader that reads nothing, in fragments of several sealed parts. */
const FRAGMENTS = 10;
const FRAGMENT_BYTES = 1_000_000;
/** No two stretches of it are the same. */
const noise = randomBytes(FRAGMENTS * FRAGMENT_BYTES);
const clusters = Array.from({ length: FRAGMENTS }, (_, at) => {
  const data = noise.subarray(at * FRAGMENT_BYTES, (at + 1) * FRAGMENT_BYTES);
  return producerCluster(at * 2000, [{ track: 1, time: 0, key: true, data }]);
});
const everything = concat(producerHeader(), ...clusters);
const EARLIEST = { StreamName: 'cam', StartSelector: { StartSelectorType: 'EARLIEST' } };

interface Kept {
  readonly emulator: TestEmulator;
  readonly numbers: readonly string[];
}

const create = (url: string): Promise<Response> =>
  fetch(`${url}/createStream`, { method: 'POST', body: '{"StreamName":"cam","DataRetentionInHours":1}' });

async function keep(options: EmulatorOptions = {}): Promise<Kept> {
  const emulator = await startEmulator(options);
  await create(emulator.url);
  const { acks } = await putMedia({ url: emulator.url }, everything);
  const persisted = acks.filter(({ EventType }) => EventType === 'PERSISTED');
  expect(persisted).toHaveLength(FRAGMENTS);
  return { emulator, numbers: persisted.map(({ FragmentNumber }) => FragmentNumber as string) };
}

interface Where {
  readonly url: string;
  readonly trusted?: string;
}

function ask({ url, trusted: ca }: Where, path: string, input: object): Promise<IncomingMessage> {
  const { protocol, hostname, port } = new URL(url);
  const connect = protocol === 'https:' ? tlsRequest : plainRequest;
  const options = { hostname, port, path, method: 'POST', agent: false, ...(ca === undefined ? {} : { ca }) };
  return new Promise((resolve, reject) => {
    const request = connect(options, resolve).on('error', reject);
    request.end(JSON.stringify(input));
    onTestFinished(() => void request.destroy());
  });
}

/** Everything up to its end, or up to a text that stands near it. */
async function read(answer: IncomingMessage, pause: () => Promise<void>, until?: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let end = '';
  for await (const piece of answer as AsyncIterable<Buffer>) {
    pieces.push(piece);
    end = (end + piece.toString('latin1', Math.max(0, piece.length - 400))).slice(-400);
    if (until !== undefined && end.includes(until) && end.includes('CONTINUATION_TOKEN')) break;
    await pause();
  }
  return Buffer.concat(pieces);
}

const fast = async (): Promise<void> => undefined;
const slow = eventLoopTurn;
/** Reads nothing until the emulator has nothing more to do than to wait for it. */
const late = (): (() => Promise<void>) => {
  let turns = 200;
  return async () => {
    for (; turns > 0; turns--) await eventLoopTurn();
  };
};

/** Nothing of a fragment is missing or other than it was. Not by `toEqual`: of so many bytes that takes its time. */
function expectAll(body: Buffer, expected: readonly Bytes[] = clusters): void {
  let at = 0;
  for (const [index, cluster] of expected.entries()) {
    const found = body.indexOf(cluster.subarray(0, 64), at);
    expect(found, `fragment ${index} begins`).toBeGreaterThanOrEqual(at);
    expect(body.subarray(found, found + cluster.length).equals(cluster), `fragment ${index} is as it was`).toBe(true);
    at = found + cluster.length;
  }
}

const kinds: readonly (readonly [string, () => Promise<EmulatorOptions>])[] = [
  ['in memory', async () => ({})],
  ['in a data folder', async () => ({ dataDir: dataFolder() })],
];

describe.each(kinds)('fragments that are kept %s are read back as they were', (_, options) => {
  it('by readers of the same fragments at once, fast, slow and late, one of whom leaves', {
    timeout: 30_000,
  }, async () => {
    const { emulator, numbers } = await keep(await options());
    const last = numbers.at(-1) as string;
    const plain = { url: emulator.url };
    const tls = { url: emulator.httpsUrl, trusted: await emulator.ca() };
    const leaver = await ask(plain, '/getMedia', EARLIEST);
    const media = (
      [
        [plain, fast],
        [plain, slow],
        [plain, late()],
        [tls, slow],
        [tls, late()],
      ] as const
    ).map(async ([where, pause]) => read(await ask(where, '/getMedia', EARLIEST), pause, last));
    const lists = (
      [
        [plain, late()],
        [tls, slow],
      ] as const
    ).map(async ([where, pause]) =>
      read(await ask(where, '/getMediaForFragmentList', { StreamName: 'cam', Fragments: numbers }), pause),
    );
    for await (const piece of leaver) {
      if (piece.length > 0) break;
    }
    leaver.destroy();
    for (const body of await Promise.all([...media, ...lists])) expectAll(body);
  });

  it('by HTTP/1.0, which has no chunks', async () => {
    const { emulator, numbers } = await keep(await options());
    const socket = await rawSocket(emulator.port);
    const body = JSON.stringify({ StreamName: 'cam', Fragments: numbers });
    const head = post('/getMediaForFragmentList', `Content-Length: ${body.length}`).replace('HTTP/1.1', 'HTTP/1.0');
    socket.send(`${head}${body}`);
    await socket.ended;
    expectAll(Buffer.from(socket.received(), 'latin1'));
  });
});

it('an open fragment is read as it comes, and on when it has been sealed meanwhile', { timeout: 30_000 }, async () => {
  const emulator = await startEmulator();
  await create(emulator.url);
  const session = openPut({ url: emulator.url });
  await session.send(concat(producerHeader(), (clusters[0] as Bytes).subarray(0, 70_000)));
  await session.next();
  const answers = await Promise.all([0, 1, 2].map(() => ask({ url: emulator.url }, '/getMedia', EARLIEST)));
  const [quick, ...others] = answers as [IncomingMessage, ...IncomingMessage[]];
  await hasCome(quick, 60_000);
  const rest = concat((clusters[0] as Bytes).subarray(70_000), ...clusters.slice(1));
  for (let at = 0; at < rest.length; at += 65_536) await session.send(rest.subarray(at, at + 65_536));
  session.end();
  const last = (await session.rest()).findLast(({ EventType }) => EventType === 'PERSISTED')?.FragmentNumber as string;
  for (const body of await Promise.all([quick, ...others].map((one, i) => read(one, i === 2 ? late() : slow, last)))) {
    expectAll(body);
  }
});

/** Resolves when so many bytes have come, and puts them back. */
async function hasCome(answer: IncomingMessage, count: number): Promise<void> {
  const pieces: Buffer[] = [];
  while (pieces.reduce((sum, { length }) => sum + length, 0) < count) {
    const piece = answer.read() as Buffer | null;
    if (piece === null) await new Promise<void>((resolve) => answer.once('readable', () => resolve()));
    else pieces.push(piece);
  }
  answer.removeAllListeners('readable');
  answer.unshift(Buffer.concat(pieces));
}

it('msw gets bytes that stay, however long they lie about', { timeout: 30_000 }, async () => {
  const emulator = createOfflineEmulator({ randomSeed: 1, logLevel: 'silent' });
  const server = setupServer(...kinesisVideoHandlers(emulator));
  server.listen({ onUnhandledRequest: 'bypass' });
  onTestFinished(() => {
    server.close();
    emulator.stop();
  });
  const url = 'https://kinesisvideo.us-east-1.amazonaws.com';
  await create(url);
  const headers = {
    'x-amzn-stream-name': 'cam',
    'x-amzn-fragment-timecode-type': 'RELATIVE',
    'x-amzn-producer-start-timestamp': '1700000000.000',
  };
  const put = await fetch(`${url}/putMedia`, { method: 'POST', headers, body: everything as Uint8Array<ArrayBuffer> });
  const numbers = [...(await put.text()).matchAll(/"PERSISTED".*?"FragmentNumber":"(\d+)"/g)].map(([, one]) => one);
  const body = JSON.stringify({ StreamName: 'cam', Fragments: numbers });
  const answers = await Promise.all(
    [0, 1].map(() => fetch(`${url}/getMediaForFragmentList`, { method: 'POST', body })),
  );
  // Taken, but not looked at until all have been.
  for (const answer of answers) {
    const pieces: Uint8Array[] = [];
    for await (const piece of answer.body as AsyncIterable<Uint8Array>) pieces.push(piece);
    expectAll(Buffer.concat(pieces));
  }
});

it('what was handed over is freed behind the socket, and nothing else is', async () => {
  const own = Array.from({ length: 40 }, (_, i) => handOver(new Uint8Array(300_000).fill(i)));
  const others = Array.from({ length: 4 }, (_, i) => new Uint8Array(300_000).fill(100 + i));
  const all = [...others, ...own];
  const expected = Buffer.concat(all);
  const download = bytesOperation({
    ...{ name: 'Download', plane: 'media', path: '/download', actsOn: 'account', kind: 'bytes' },
    ...{ contentType: 'video/webm', input: noInput },
    handle: async () =>
      (async function* () {
        yield* all;
      })(),
  });
  const { port } = await startServer([download]);
  const body = await read(await ask({ url: `http://127.0.0.1:${port}` }, '/download', {}), late());
  expect(body.equals(expected)).toBe(true);
  await expect.poll(() => own.filter(({ length }) => length > 0)).toEqual([]);
  expect(Buffer.concat(others).equals(expected.subarray(0, 1_200_000))).toBe(true);
});
