// One stream of an emulator on a frozen clock, with producers and readers that speak to it byte by byte.
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { startEmulator, type TestEmulator } from './emulator.ts';
import { type Bytes, concat, text } from './mkv.ts';
import { LAST_CHUNK, post, type RawSocket, rawSocket } from './rawSocket.ts';

export interface Producer {
  readonly socket: RawSocket;
  /** Sends `bytes` as one HTTP chunk. */
  send(...bytes: Bytes[]): void;
  /** Ends the body as it should be ended. */
  endBody(): void;
  /** What has been acknowledged so far: `BUFFERING 0`, `ERROR 4004`, `IDLE`. */
  acks(): string[];
  /** Resolves to the fragment's number once that has been acknowledged. */
  acked(what: string): Promise<string>;
  received(): string;
  /** Resolves when the answer has come to its end and the connection has been closed, or is ready for another request. */
  over(): Promise<void>;
  /** The service has closed its side. */
  closed(): boolean;
}

export interface Reader {
  received(): string;
  until(pattern: RegExp | string): Promise<string>;
  /** Resolves when the answer has come to its end. */
  ended(): Promise<unknown>;
}

export interface Service {
  readonly emulator: TestEmulator;
  put(options?: { headers?: readonly string[]; ca?: string }): Promise<Producer>;
  /** A GetMedia, of everything or from now on. */
  read(from?: 'EARLIEST' | 'NOW'): Promise<Reader>;
  /** Another operation on the stream. */
  call(operation: string, input: object): Promise<Response>;
  /** Numbers of all archived fragments, ascending. */
  list(): Promise<string[]>;
  /** What GetMediaForFragmentList gives for a number, as Latin-1. */
  fragment(number: string): Promise<string>;
  log(): readonly string[];
  /** What has been sent has arrived. */
  settled(): Promise<void>;
}

export interface SessionOptions {
  readonly maxMemory?: number;
  readonly retentionHours?: number;
}

interface AckLine {
  readonly EventType: string;
  readonly FragmentTimecode?: number;
  readonly FragmentNumber?: string;
  readonly ErrorId?: number;
}
const nameOf = ({ EventType, FragmentTimecode, ErrorId }: AckLine): string =>
  `${EventType} ${ErrorId ?? FragmentTimecode ?? ''}`.trimEnd();

export async function startService(options: SessionOptions = {}): Promise<Service> {
  const { maxMemory, retentionHours = 24 } = options;
  const log: string[] = [];
  const emulator = await startEmulator({
    clock: 'frozen',
    logLevel: 'warn',
    log: (line) => log.push(line),
    ...(maxMemory === undefined ? {} : { maxMemory }),
  });
  const call = (operation: string, input: object): Promise<Response> =>
    fetch(`${emulator.url}/${operation}`, { method: 'POST', body: JSON.stringify(input) });
  await call('createStream', { StreamName: 'cam', DataRetentionInHours: retentionHours });
  const { StreamInfo } = (await (await call('describeStream', { StreamName: 'cam' })).json()) as {
    StreamInfo: { StreamARN: string };
  };
  const stream = (operation: string): object =>
    operation === 'deleteStream' ? { StreamARN: StreamInfo.StreamARN } : { StreamName: 'cam' };
  const callStream = (operation: string, input: object) => call(operation, { ...stream(operation), ...input });

  return {
    emulator,
    call: callStream,
    log: () => log,
    put: ({ headers = [], ca } = {}) => openProducer(emulator.port, headers, ca),
    read: (from = 'EARLIEST') => openReader(emulator.port, from),
    async list() {
      const TimestampRange = { StartTimestamp: 0, EndTimestamp: 4e9 };
      const FragmentSelector = { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange };
      const answer = await callStream('listFragments', { MaxResults: 1000, FragmentSelector });
      const { Fragments } = (await answer.json()) as { Fragments: { FragmentNumber: string }[] };
      return Fragments.map(({ FragmentNumber }) => FragmentNumber).sort();
    },
    async fragment(number) {
      const answer = await callStream('getMediaForFragmentList', { Fragments: [number] });
      return Buffer.from(await answer.arrayBuffer()).toString('latin1');
    },
    async settled() {
      // A request behind it has gone the same way.
      await callStream('describeStream', {});
      await eventLoopTurn();
    },
  };
}

async function openProducer(port: number, headers: readonly string[], ca?: string): Promise<Producer> {
  const socket = await rawSocket(port, ca);
  socket.send(
    post(
      '/putMedia',
      'x-amzn-stream-name: cam',
      'x-amzn-fragment-timecode-type: RELATIVE',
      'x-amzn-producer-start-timestamp: 1700000000.000',
      'Transfer-Encoding: chunked',
      ...headers,
    ),
  );
  await socket.until(/ 200 OK.*\r\n\r\n/s);
  let ended = false;
  void socket.ended.then(() => {
    ended = true;
  });
  const lines = (): AckLine[] =>
    [...socket.received().matchAll(/\{"EventType".*\}/g)].map(([line]) => JSON.parse(line) as AckLine);
  return {
    socket,
    send(...bytes) {
      const whole = concat(...bytes);
      socket.send(concat(text(`${whole.length.toString(16)}\r\n`), whole, text('\r\n')));
    },
    endBody: () => socket.send(LAST_CHUNK),
    acks: () => lines().map(nameOf),
    async acked(what) {
      const [event, timecode] = what.split(' ');
      await socket.until(`{"EventType":"${event}","FragmentTimecode":${timecode},`);
      return lines().findLast((line) => nameOf(line) === what)?.FragmentNumber as string;
    },
    received: socket.received,
    async over() {
      await socket.until(/\r\n0\r\n\r\n$/);
    },
    closed: () => ended,
  };
}

async function openReader(port: number, from: string): Promise<Reader> {
  const socket = await rawSocket(port);
  const body = JSON.stringify({ StreamName: 'cam', StartSelector: { StartSelectorType: from } });
  socket.send(`${post('/getMedia', `Content-Length: ${body.length}`)}${body}`);
  await socket.until('\r\n\r\n');
  return {
    received: socket.received,
    until: socket.until,
    ended: () => socket.until(/\r\n0\r\n\r\n$/),
  };
}
