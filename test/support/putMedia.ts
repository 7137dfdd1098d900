// PutMedia over node:http, byte by byte under the test's control, and its acks in the order in which they arrive.
import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Bytes } from './mkv.ts';
import { concat } from './mkv.ts';

export interface Ack {
  readonly EventType: 'BUFFERING' | 'RECEIVED' | 'PERSISTED' | 'ERROR' | 'IDLE';
  readonly FragmentTimecode?: number;
  readonly FragmentNumber?: string;
  readonly ErrorCode?: string;
  readonly ErrorId?: number;
}
export interface PutOptions {
  /** Address of the emulator, or the data endpoint it handed out. */
  readonly url: string;
  readonly streamName?: string;
  readonly timecodeType?: 'ABSOLUTE' | 'RELATIVE';
  /** As it goes into the header. */
  readonly producerStart?: string;
  /** More headers, or others; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly ca?: string;
}
export interface PutSession {
  readonly request: ClientRequest;
  /** The head of the answer, as soon as it is there. */
  readonly response: Promise<IncomingMessage>;
  /** Resolves when the bytes are with the operating system. */
  send(bytes: Bytes): Promise<void>;
  /** Ends the body as it should be ended. */
  end(): void;
  /** The next line of the answer, or undefined when the answer is over. Throws when the connection breaks instead. */
  next(): Promise<Ack | undefined>;
  /** All lines that are still to come. */
  rest(): Promise<Ack[]>;
  /** Everything received, as text. */
  received(): string;
}

export function openPut(options: PutOptions): PutSession {
  const target = new URL(options.url.replace(/\/$/, ''));
  const headers = {
    'x-amzn-stream-name': options.streamName ?? 'cam',
    'x-amzn-fragment-timecode-type': options.timecodeType ?? 'RELATIVE',
    'x-amzn-producer-start-timestamp': options.producerStart ?? '1700000000.000',
    'transfer-encoding': 'chunked',
    ...options.headers,
  };
  const made = Object.entries(headers).filter(([, value]) => value !== undefined) as [string, string][];
  const connect = target.protocol === 'https:' ? tlsRequest : plainRequest;
  const request = connect({
    hostname: target.hostname,
    port: target.port,
    path: `${target.pathname.replace(/\/$/, '')}/putMedia`,
    method: 'POST',
    headers: Object.fromEntries(made),
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  request.flushHeaders();
  // A refusal may break the pipe under a body that is still being sent; what counts is the answer.
  request.on('error', () => undefined);
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  response.catch(() => undefined);
  let text = '';
  const lines = readLines(response, (piece) => {
    text += piece;
  });
  const next = async (): Promise<Ack | undefined> => {
    const { value, done } = await lines.next();
    return done ? undefined : (JSON.parse(value) as Ack);
  };
  return {
    request,
    response,
    send: (bytes) => new Promise((resolve) => request.write(bytes, () => resolve())),
    end: () => void request.end(),
    next,
    rest: async () => {
      const acks: Ack[] = [];
      for (let ack = await next(); ack !== undefined; ack = await next()) acks.push(ack);
      return acks;
    },
    received: () => text,
  };
}

async function* readLines(
  response: Promise<IncomingMessage>,
  onText: (piece: string) => void,
): AsyncGenerator<string, void> {
  let rest = '';
  for await (const piece of (await response).setEncoding('utf8')) {
    onText(piece);
    rest += piece;
    const parts = rest.split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') throw new Error(`the answer ends in the middle of a line: ${rest}`);
}

/** Sends a whole body and reads the whole answer. Acks are empty unless the status is 200. */
export async function putMedia(
  options: PutOptions,
  ...pieces: readonly Bytes[]
): Promise<{ status: number; acks: Ack[]; body: string }> {
  const session = openPut(options);
  session.request.end(concat(...pieces));
  const { statusCode = 0 } = await session.response;
  if (statusCode === 200) return { status: statusCode, acks: await session.rest(), body: session.received() };
  let body = '';
  for await (const piece of (await session.response).setEncoding('utf8')) body += piece;
  return { status: statusCode, acks: [], body };
}

/** `BUFFERING 0`, `RECEIVED 0`, `ERROR 4004`: what a test compares. */
export const brief = (acks: readonly Ack[]): string[] =>
  acks.map(({ EventType, FragmentTimecode, ErrorId }) => `${EventType} ${ErrorId ?? FragmentTimecode ?? ''}`.trimEnd());
