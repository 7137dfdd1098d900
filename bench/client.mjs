// Clients on bare sockets, with requests framed beforehand: what is measured is the server, not they.
import { once } from 'node:events';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { LAST_CHUNK, LoopedBody } from './producer.mjs';
import { ResponseReader } from './response.mjs';

export const post = (path, headers = {}) =>
  Buffer.from(
    [`POST ${path} HTTP/1.1`, 'Host: localhost', ...Object.entries(headers).map(([k, v]) => `${k}: ${v}`), '', ''].join(
      '\r\n',
    ),
  );

/** What signers add. Nobody checks the signature, but every real request carries one and it has to be read. */
function signature() {
  const date = new Date().toISOString().replace(/-|:|\.\d+/g, '');
  const scope = `AKIDEXAMPLE/${date.slice(0, 8)}/us-east-1/kinesisvideo/aws4_request`;
  const algorithm = 'AWS4-HMAC-SHA256';
  return {
    'X-Amz-Date': date,
    Authorization: `${algorithm} Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
  };
}

export function jsonRequest(path, input) {
  const body = JSON.stringify(input);
  const head = post(path, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...signature(),
  });
  return Buffer.concat([head, Buffer.from(body)]);
}

export const putMediaHead = (stream, headers = {}) =>
  post('/putMedia', {
    'x-amzn-stream-name': stream,
    'x-amzn-fragment-timecode-type': 'RELATIVE',
    'x-amzn-producer-start-timestamp': (Date.now() / 1000 - 86_400).toFixed(3),
    'Transfer-Encoding': 'chunked',
    ...signature(),
    ...headers,
  });

export async function open(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Calls an operation once and resolves to its answer. */
export async function call(server, path, input = {}) {
  const response = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(input) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Sends a LoopedBody and resolves when the answer is whole. Milliseconds from the first byte out to the last one in. */
export async function upload(server, head, body) {
  const socket = await open(server.port);
  const answer = [];
  const reader = new ResponseReader((piece) => answer.push(Buffer.from(piece)));
  const answered = new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`the server closed: ${Buffer.concat(answer)}`)));
    socket.on('data', (bytes) => {
      reader.push(bytes);
      if (reader.done) resolve();
    });
  });
  const began = performance.now();
  socket.write(head);
  if (head.includes('chunked')) socket.write(LoopedBody.opening());
  const waiting = [];
  for (let block = body.next(); block !== undefined; block = body.next()) {
    waiting.push(new Promise((resolve) => socket.write(block, resolve)));
    if (waiting.length >= body.inFlight) await Promise.race([waiting.shift(), answered]);
  }
  socket.write(LAST_CHUNK);
  await answered;
  const ms = performance.now() - began;
  socket.destroy();
  if (reader.status !== 200) throw new Error(`${reader.head}\n${Buffer.concat(answer)}`);
  return { ms, answer: Buffer.concat(answer).toString() };
}

/**
 * Sends one request and reads its answer until `isLast`, asked after each piece, says that all is there.
 * @param isLast (bodyBytes, piece) => boolean
 */
export async function download(server, request, isLast) {
  const socket = await open(server.port);
  let last = false;
  const reader = new ResponseReader((piece) => {
    last ||= isLast(reader.bodyBytes, piece);
  });
  const began = performance.now();
  socket.write(request);
  await new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`the server closed after ${reader.bodyBytes} bytes\n${reader.head}`)));
    socket.on('data', (bytes) => {
      reader.push(bytes);
      if (last || (reader.done && reader.status !== 200)) resolve();
    });
  });
  const ms = performance.now() - began;
  socket.destroy();
  if (reader.status !== 200) throw new Error(reader.head);
  return { ms, bytes: reader.bodyBytes };
}

/** A connection that is kept, for one request after the other. */
export class Caller {
  #socket;
  #settle;
  #reader;

  static async open(server) {
    const caller = new Caller();
    caller.#socket = await open(server.port);
    caller.#socket.on('data', (bytes) => {
      caller.#reader.push(bytes);
      if (caller.#reader.done) caller.#settle();
    });
    return caller;
  }

  /** Milliseconds from the request's last byte out to the answer's last byte in, and the answer. */
  async call(request) {
    const pieces = [];
    this.#reader = new ResponseReader((piece) => pieces.push(Buffer.from(piece)));
    const answered = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const began = performance.now();
    this.#socket.write(request);
    await answered;
    const ms = performance.now() - began;
    if (this.#reader.status !== 200) throw new Error(`${this.#reader.head}\n${Buffer.concat(pieces)}`);
    return { ms, answer: JSON.parse(Buffer.concat(pieces).toString()) };
  }

  close() {
    this.#socket.destroy();
  }
}

/**
 * Requests per second over `connections` kept ones, each sending its next request when its answer is whole. All answers
 * must be as long as the first, which is looked into.
 */
export async function requestRate(server, request, { connections, ms }) {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(server.port)));
  const first = await new Promise((resolve) => {
    const reader = new ResponseReader();
    let bytes = 0;
    const read = (piece) => {
      bytes += piece.length;
      reader.push(piece);
      if (!reader.done) return;
      sockets[0].off('data', read);
      resolve({ status: reader.status, bytes });
    };
    sockets[0].on('data', read).write(request);
  });
  if (first.status !== 200) throw new Error(`status ${first.status}`);
  let answers = 0;
  let over = false;
  const loops = sockets.map(
    (socket) =>
      new Promise((resolve, reject) => {
        let left = first.bytes;
        socket.on('error', reject);
        socket.on('data', (piece) => {
          left -= piece.length;
          if (left > 0) return;
          if (left < 0) return reject(new Error('an answer of another length'));
          answers += 1;
          left = first.bytes;
          if (over) resolve();
          else socket.write(request);
        });
        socket.write(request);
      }),
  );
  const began = performance.now();
  setTimeout(() => {
    over = true;
  }, ms);
  await Promise.all(loops);
  const rate = (answers / (performance.now() - began)) * 1000;
  for (const socket of sockets) socket.destroy();
  return rate;
}
