// Clients for one emulator at a time, lawful ones and absurd ones, over bare sockets. Each comes to an end by itself or
// when its signal is aborted; what it leaves connected lives until then.
import { connect, type Socket } from 'node:net';
import { FIXTURES, fixture } from './fixtures.ts';
import { ID } from './ids.ts';
import {
  type Bytes,
  cluster,
  concat,
  ebmlHeader,
  element,
  info,
  openMaster,
  segment,
  simpleBlock,
  tags,
  tracks,
} from './mkv.ts';

/** What a client has: where to connect, chance from a seed, and when to stop. */
export interface Place {
  readonly port: number;
  /** A number from 0 up to `below`. */
  readonly random: (below: number) => number;
  readonly signal: AbortSignal;
}
export type Client = (place: Place) => Promise<void>;

const MIB = 1024 * 1024;
const STREAMS = ['one', 'two', 'three'] as const;
/** How the answer to a PutMedia ends. */
const DONE = /"ERROR"|\r\n0\r\n\r\n$/;
const JSON_TYPE = 'Content-Type: application/json';

/** One connection. Whoever writes is held back as the server reads; waiting ends when the connection does. */
class Line {
  readonly socket: Socket;
  /** The last that has come. */
  last = '';
  #over = false;

  constructor({ port, signal }: Place) {
    this.socket = connect({ port, host: '127.0.0.1' });
    this.socket.setMaxListeners(0);
    const over = (): void => {
      this.#over = true;
      this.socket.destroy();
    };
    this.socket.on('error', over).on('close', over);
    if (signal.aborted) over();
    else signal.addEventListener('abort', over, { once: true });
  }

  get over(): boolean {
    return this.#over;
  }

  async send(bytes: Bytes | string): Promise<void> {
    if (!this.#over && !this.socket.write(bytes)) await this.#event('drain');
  }

  async chunk(bytes: Bytes): Promise<void> {
    await this.send(concat(Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')));
  }

  /** Reads on until what has come last matches. Never called, nothing is read. */
  async until(pattern: RegExp, most = Number.POSITIVE_INFINITY): Promise<string> {
    let total = 0;
    for (let piece = this.#read(); !this.#over; piece = this.#read()) {
      if (piece === undefined) await this.#event('readable');
      else {
        total += piece.length;
        this.last = (this.last + piece.toString('latin1')).slice(-65_536);
        if (pattern.test(this.last) || total > most) break;
      }
    }
    return this.last;
  }

  #read(): Buffer | undefined {
    return (this.socket.read() as Buffer | null) ?? undefined;
  }

  #event(name: string): Promise<void> {
    if (this.#over) return Promise.resolve();
    return new Promise((resolve) => void this.socket.once(name, resolve).once('close', () => resolve()));
  }
}

const head = (method: string, path: string, ...headers: readonly string[]): string =>
  [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');

function jsonRequest(path: string, body: unknown): string {
  const text = JSON.stringify(body);
  return head('POST', path, JSON_TYPE, `Content-Length: ${text.length}`) + text;
}

/** An answer of known length, or what has come of it. */
async function call(place: Place, request: string): Promise<string> {
  const line = new Line(place);
  await line.send(request);
  const length = /content-length: (\d+)/i.exec(await line.until(/\r\n\r\n/))?.[1] ?? '0';
  const body = (): string => line.last.slice(line.last.indexOf('\r\n\r\n') + 4);
  if (Number(length) < 60_000) while (!line.over && body().length < Number(length)) await line.until(/^/);
  line.socket.destroy();
  return body();
}

/** A PutMedia of some stream, with its head sent. */
async function upload(place: Place, start = 1_700_000_000 + place.random(1e6)): Promise<Line> {
  const line = new Line(place);
  const stream = STREAMS[place.random(STREAMS.length)];
  const headers = [
    'Transfer-Encoding: chunked',
    `x-amzn-stream-name: ${stream}`,
    'x-amzn-fragment-timecode-type: RELATIVE',
  ];
  await line.send(head('POST', '/putMedia', ...headers, `x-amzn-producer-start-timestamp: ${start}`));
  return line;
}

async function readMedia(place: Place): Promise<Line> {
  const line = new Line(place);
  const StreamName = STREAMS[place.random(STREAMS.length)];
  await line.send(jsonRequest('/getMedia', { StreamName, StartSelector: { StartSelectorType: 'EARLIEST' } }));
  return line;
}

async function openSession(place: Place): Promise<string | undefined> {
  const StreamName = STREAMS[place.random(STREAMS.length)];
  const answer = await call(place, jsonRequest('/getHLSStreamingSessionURL', { StreamName, PlaybackMode: 'LIVE' }));
  return /\/hls\/[^"]*/.exec(answer)?.[0];
}

const documentHead = (...more: readonly Bytes[]): Bytes =>
  concat(ebmlHeader(), openMaster(ID.Segment, 'unknown8'), info(), tracks(), ...more);

/** As many as fit into some 64 KiB, from a timecode on. */
function tinyClusters(from: number, count: number, bytes: number): Bytes {
  const one = cluster({ timecode: 0, timecodeBytes: 4, size: 'known' }, [
    simpleBlock({ key: true, data: new Uint8Array(bytes) }),
  ]);
  const at = Buffer.from(one).indexOf('e784', 0, 'hex') + 2;
  const all = Buffer.alloc(one.length * count);
  for (let i = 0; i < count; i++) {
    all.set(one, i * one.length);
    all.writeUInt32BE(from + i, i * one.length + at);
  }
  return all;
}

/** So many small fragments, until there is no room; whoever does not read lets its acknowledgements pile up. */
async function smallFragments(place: Place, { fragments = 100_000, bytes = 1, reads = true }): Promise<void> {
  const line = await upload(place);
  const answer = reads ? line.until(DONE) : undefined;
  await line.chunk(documentHead());
  for (let from = 0; from < fragments && !line.over && !line.last.includes('"ERROR"'); from += 1000) {
    await line.chunk(tinyClusters(from, 1000, bytes));
  }
  await line.send('0\r\n\r\n');
  await answer;
}

const several =
  (count: number, client: Client): Client =>
  async (place) => {
    await Promise.all(Array.from({ length: count }, () => client(place)));
  };

/** Clients as there are. */
export const lawful: Readonly<Record<string, Client>> = {
  async 'a producer of a real file'(place) {
    const bytes = fixture(FIXTURES[place.random(FIXTURES.length)] as string);
    for (let i = 0; i < 20; i++) {
      const line = await upload(place);
      for (let at = 0; at < bytes.length && !line.over; at += 16_384) await line.chunk(bytes.subarray(at, at + 16_384));
      await line.send('0\r\n\r\n');
      await line.until(/\r\n0\r\n\r\n$/);
      line.socket.destroy();
    }
  },

  async 'a camera with large fragments'(place) {
    const line = await upload(place);
    const answer = line.until(DONE);
    await line.chunk(documentHead());
    const frame = Buffer.alloc(64 * 1024, 7);
    for (let second = 0; second < 100 && !line.over && !line.last.includes('"ERROR"'); second++) {
      const frames = Array.from({ length: 16 }, (_, time) => simpleBlock({ key: time === 0, time, data: frame }));
      await line.chunk(cluster({ timecode: second * 1000 }, frames));
    }
    await line.send('0\r\n\r\n');
    await answer;
  },

  async 'a reader of everything'(place) {
    const line = await readMedia(place);
    await line.until(/^\b$/, 50 * MIB);
    line.socket.destroy();
  },

  async 'a player'(place) {
    const master = await openSession(place);
    if (master === undefined) return;
    const token = /SessionToken=[^&"]*/.exec(master)?.[0];
    for (let i = 0; i < 5; i++) {
      const list = await call(place, head('GET', `/hls/v1/getHLSMediaPlaylist.m3u8?${token}&TrackNumber=1`));
      for (const [path] of list.matchAll(/^getMP4MediaFragment.*$/gm))
        await call(place, head('GET', `/hls/v1/${path}`));
    }
  },

  async 'somebody who asks and asks'(place) {
    for (let i = 0; i < 200; i++) await call(place, jsonRequest('/describeStream', { StreamName: 'one' }));
  },

  async 'a maker of clips'(place) {
    const TimestampRange = { StartTimestamp: 1_700_000_000, EndTimestamp: 1_700_000_000 + 80_000 };
    const ClipFragmentSelector = { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange };
    await call(place, jsonRequest('/getClip', { StreamName: 'two', ClipFragmentSelector }));
  },
};

/** Clients as nobody would write them. */
export const absurd: Readonly<Record<string, Client>> = {
  'a producer of tiny Clusters': (place) => smallFragments(place, {}),
  'a producer of small fragments': (place) => smallFragments(place, { bytes: 200 + place.random(8000) }),
  'producers that do not read': several(4, (place) => smallFragments(place, { fragments: 20_000, reads: false })),

  'producers that never come to a Cluster': several(10, async (place) => {
    const line = await upload(place);
    await line.chunk(documentHead());
    const void64k = element(ID.Void, new Uint8Array(65_000));
    for (let i = 0; i < 100; i++) await line.chunk(void64k);
  }),

  'producers of one element that has no end': several(10, async (place) => {
    const line = await upload(place);
    await line.chunk(concat(ebmlHeader(), segment([]), element(ID.Info, new Uint8Array(900_000)).subarray(0, 800_000)));
  }),

  async 'a producer of huge tags'(place) {
    const line = await upload(place);
    await line.chunk(documentHead());
    for (let i = 0; i < 20; i++) await line.chunk(tags([['x'.repeat(100_000), 'y'.repeat(100_000)]]));
  },

  async 'a producer of many tags'(place) {
    const line = await upload(place);
    const one = tags(Array.from({ length: 1000 }, () => ['', ''] as const));
    await line.chunk(documentHead());
    for (let i = 0; i < 50; i++) await line.chunk(one);
  },

  async 'a producer of many headers'(place) {
    const line = await upload(place);
    const answer = line.until(DONE);
    const codecPrivate = new Uint8Array(100 + place.random(100_000));
    const one = segment([info(), tracks([{ number: 1, codecPrivate }]), tinyClusters(1, 1, 1)]);
    for (let i = 0; i < 3000 && !line.over && !line.last.includes('"ERROR"'); i++) {
      await line.chunk(concat(ebmlHeader(), one));
    }
    await line.send('0\r\n\r\n');
    await answer;
  },

  'senders of JSON byte by byte': several(20, async (place) => {
    const line = new Line(place);
    await line.send(head('POST', '/describeStream', JSON_TYPE, 'Transfer-Encoding: chunked'));
    for (let i = 0; i < 20; i++) await line.send('1\r\n \r\n'.repeat(5000));
  }),

  'senders of large JSON that is never whole': several(100, async (place) => {
    const line = new Line(place);
    await line.send(head('POST', '/createStream', JSON_TYPE, 'Content-Length: 1048576'));
    await line.send('['.repeat(1_000_000));
  }),

  'senders of large JSON': several(20, async (place) => {
    await call(
      place,
      jsonRequest('/tagStream', { StreamName: 'one', Tags: Array.from({ length: 80_000 }, () => ({})) }),
    );
  }),

  'senders of large heads': several(100, async (place) => {
    const line = new Line(place);
    await line.send(
      `GET / HTTP/1.1\r\n${Array.from({ length: 150 }, (_, i) => `x-${i}: ${'y'.repeat(90)}\r\n`).join('')}`,
    );
  }),

  'connections that say nothing': several(300, async (place) => void new Line(place)),
  'readers that do not read': several(30, async (place) => void (await readMedia(place))),

  'askers that do not read': several(10, async (place) => {
    const line = new Line(place);
    for (let i = 0; i < 200; i++) void line.send(jsonRequest('/listStreams', {}));
  }),

  'players that do not read': several(20, async (place) => {
    const master = await openSession(place);
    const token = /SessionToken=[^&"]*/.exec(master ?? '')?.[0];
    const list = await call(place, head('GET', `/hls/v1/getHLSMediaPlaylist.m3u8?${token}&TrackNumber=1`));
    for (const [path] of list.matchAll(/^getMP4MediaFragment.*$/gm)) {
      await new Line(place).send(head('GET', `/hls/v1/${path}`));
    }
  }),

  async 'an opener of sessions'(place) {
    for (let i = 0; i < 500; i++) await openSession(place);
  },

  async 'a maker of streams'(place) {
    const Tags = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`tag ${i}`, 'v'.repeat(200)]));
    for (let i = 0; i < 500; i++) {
      await call(
        place,
        jsonRequest('/createStream', { StreamName: `s${place.random(1e9)}`, Tags, DataRetentionInHours: 1 }),
      );
    }
  },

  async 'a page that asks for paths nobody knows'(place) {
    for (let i = 0; i < 300; i++) await call(place, head('GET', `/${'p'.repeat(8000)}${i}`, `x: ${'y'.repeat(4000)}`));
  },
};

/** The streams that all of them use. */
export async function createStreams(place: Place): Promise<void> {
  for (const [at, StreamName] of STREAMS.entries()) {
    await call(place, jsonRequest('/createStream', { StreamName, DataRetentionInHours: at === 2 ? 0 : 24 }));
  }
}
