// Masters and viewers over connections, as an application's.
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { EmulatorOptions } from '../../src/index.ts';
import { startEmulator } from './emulator.ts';
import { asJavaScript, type Wish } from './presign.ts';

/** An emulator with a channel, and what the control plane says of it. */
export async function startSignaling(options: EmulatorOptions = {}, ttl = 60) {
  const emulator = await startEmulator(options);
  const call = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const signed = { authorization: signedBy('test'), ...headers };
    const response = await fetch(emulator.url + path, { method: 'POST', headers: signed, body: JSON.stringify(body) });
    return { status: response.status, body: JSON.parse((await response.text()) || '{}'), headers: response.headers };
  };
  const SingleMasterConfiguration = { MessageTtlSeconds: ttl };
  const arn: string = (await call('/createSignalingChannel', { ChannelName: 'front', SingleMasterConfiguration })).body
    .ChannelARN;
  const endpoint = async (Role: 'MASTER' | 'VIEWER', Protocol = 'WSS'): Promise<string> => {
    const configuration = { Protocols: [Protocol], Role };
    const input = { ChannelARN: arn, SingleMasterChannelEndpointConfiguration: configuration };
    return (await call('/getSignalingChannelEndpoint', input)).body.ResourceEndpointList[0].ResourceEndpoint;
  };
  // As an application would; what they say is asked for where it matters.
  await endpoint('MASTER');
  const ws = `ws://127.0.0.1:${emulator.port}`;
  return {
    emulator,
    arn,
    call,
    endpoint,
    ws,
    /** A URL of the channel, signed as the library for JavaScript does. */
    url: (clientId?: string, wish: Partial<Wish> = {}) => asJavaScript({ endpoint: ws, arn, clientId, ...wish }),
    connect: (clientId?: string) => connect(asJavaScript({ endpoint: ws, arn, clientId })),
  };
}

const signedBy = (accessKeyId: string): string =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20300101/us-east-1/kinesisvideo/aws4_request, SignedHeaders=host, Signature=0`;

export interface Peer {
  readonly socket: WebSocket;
  /** Frames that have come. */
  readonly got: string[];
  /** Resolves to all frames when there are so many. */
  frames(count: number): Promise<readonly string[]>;
  send(frame: object | string): void;
  /** Resolves when the other end has seen all that was sent. */
  settled(): Promise<void>;
  /** Resolves when it is over, to why. */
  readonly closed: Promise<string>;
  close(): Promise<string>;
}

export async function connect(url: string, options: ClientOptions = {}): Promise<Peer> {
  const socket = new WebSocket(url, options);
  onTestFinished(() => socket.terminate());
  const got: string[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    got.push(String(data));
    for (const look of waiting) look();
  });
  const closed = once(socket, 'close').then(([code, reason]) => `${code} ${reason}`.trim());
  await once(socket, 'open');
  return {
    socket,
    got,
    frames: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (got.length < count) return;
          waiting.delete(look);
          resolve(got);
        };
        waiting.add(look);
        look();
      }),
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    async settled() {
      socket.ping();
      await once(socket, 'pong');
    },
    closed,
    close() {
      socket.close();
      return closed;
    },
  };
}

/** What a handshake is refused with: status, headers as they came, body. */
export async function refusedWith(url: string, options: ClientOptions = {}) {
  const socket = new WebSocket(url, options);
  socket.on('error', () => undefined);
  socket.on('open', () => socket.terminate());
  const [, response] = await once(socket, 'unexpected-response');
  let body = '';
  for await (const piece of response) body += piece;
  return { status: response.statusCode as number, headers: response.rawHeaders as string[], body };
}
