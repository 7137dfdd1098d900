// Plays calls to an emulator and records every answer. What a chapter of the script may do is what this offers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../load.mjs';
import { Answer, Connection } from './connection.mjs';

/** 2030-01-01T00:00:00Z, where the emulator's clock begins, in seconds. */
export const NOW = 1_893_456_000;
const LONGEST_ASKED = 160;

export const fixture = (name) => readFileSync(join(root, 'fixtures/media', name));

/** No date is said, so that the emulator has nothing to hold against the machine's clock. */
export const authorization = ({ account = 'test', region = 'us-east-1', service = 'kinesisvideo' } = {}) =>
  `AWS4-HMAC-SHA256 Credential=${account}/20300101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

const lowerFirst = (name) => name.charAt(0).toLowerCase() + name.slice(1);
/** Three have paths that begin with a capital. */
export const pathOf = (name) => `/${name.endsWith('Resource') ? name : lowerFirst(name)}`;

/** The date of an answer is real time. */
const DATE = /^(date: ).*$/gim;

function recordOf(answer, asked, masks) {
  let body = answer.text;
  let { head } = answer;
  const length = /^(content-length: )(\d+)/im.exec(head);
  for (const mask of masks) body = body.replace(mask, '(masked)');
  // What is masked may be of another length each time; a length that is not that of its body still shows.
  if (masks.length > 0 && Number(length?.[2]) === answer.body.length) {
    head = head.replace(length[0], `${length[1]}(that of the body)`);
  }
  return {
    asked,
    interim: answer.interim.join(''),
    head: head.replace(DATE, '$1(masked)'),
    body,
    chunks: answer.keepsChunks ? answer.pieces.map((piece) => piece.length).join(' ') : '',
    end: String(answer.end),
  };
}

export class Player {
  /** What each call was answered, by its name. */
  records = new Map();
  /** Paths of the calls that were answered with 200. */
  answered = new Set();
  #chapter = '';
  #count = 0;

  /** @param have what the script may lean on: `matroska` to write media with, `operations` of the registry */
  constructor(port, have) {
    this.port = port;
    Object.assign(this, have);
  }

  begin(chapter) {
    this.#chapter = chapter;
    this.#count = 0;
  }

  record(label, answer, asked, masks = []) {
    this.#count += 1;
    const name = `${this.#chapter} ${this.#count} ${label}`;
    this.records.set(name, recordOf(answer, asked.slice(0, LONGEST_ASKED), masks));
  }

  head({ method = 'POST', path, host, version = '1.1', signed = true, headers = {} }) {
    const lines = [`${method} ${path} HTTP/${version}`];
    if (host !== null) lines.push(`Host: ${host ?? `127.0.0.1:${this.port}`}`);
    if (signed === true) lines.push(`Authorization: ${authorization()}`);
    else if (typeof signed === 'object') lines.push(`Authorization: ${authorization(signed)}`);
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  }

  /** One request on a connection of its own. */
  async http(label, request) {
    const { method = 'POST', path, body, headers = {}, secure, masks } = request;
    const bytes = Buffer.from(body ?? '');
    const framed =
      body === undefined ? headers : { 'Content-Type': 'application/json', 'Content-Length': bytes.length, ...headers };
    const connection = await Connection.open(this.port, { secure });
    await connection.send(Buffer.concat([this.head({ ...request, headers: framed }), bytes]));
    const answer = await connection.read(method);
    connection.close();
    this.record(label, answer, `${method} ${path} ${bytes.toString('latin1', 0, LONGEST_ASKED)}`, masks);
    if (answer.status === 200) this.answered.add(path.replace(/\?.*|^\/[sb]-[0-9a-f]{8}(?=\/)/gs, ''));
    return answer;
  }

  /** Bytes as they are; so many answers to them. */
  async raw(label, bytes, { answers = 1, method = 'POST' } = {}) {
    const connection = await Connection.open(this.port);
    await connection.send(bytes);
    for (let at = 0; at < answers; at++) {
      const asked = Buffer.from(bytes).toString('latin1', 0, LONGEST_ASKED);
      this.record(label, await connection.read(method), JSON.stringify(asked));
    }
    connection.close();
  }

  /** Calls an operation; gives back what it answered, an object in any case. */
  async ask(name, input, { at = '', why = '', ...options } = {}) {
    const body = typeof input === 'string' ? input : JSON.stringify(input);
    const answer = await this.http(`${name}${why && ` (${why})`}`, { path: at + pathOf(name), body, ...options });
    return jsonOf(answer);
  }

  /** The emulator's own API. */
  async own(method, path, input, options = {}) {
    const body = input === undefined || typeof input === 'string' ? input : JSON.stringify(input);
    return this.http(`${method} /_kvs${path}`, { method, path: `/_kvs${path}`, body, signed: false, ...options });
  }

  /** How far the emulator is from real time is another each time. */
  clock = (input) => this.own('POST', '/clock', input, { masks: [/(?<="offsetMs":)-?[\d.]+/] });
  advance = (duration) => this.clock({ advance: duration });

  /** What the paths of an operation on a stream begin with. */
  async endpoint(StreamName, APIName, options) {
    const { DataEndpoint } = await this.ask('GetDataEndpoint', { StreamName, APIName }, options);
    return new URL(DataEndpoint).pathname.replace(/\/$/, '');
  }

  /** A call whose request or answer goes on; the head of the answer need not be there yet. */
  async open(label, request, body = '', { keepsChunks = false } = {}) {
    const connection = await Connection.open(this.port, request);
    await connection.send(Buffer.concat([this.head(request), Buffer.from(body)]));
    const answer = Object.assign(new Answer(), { keepsChunks });
    const whole = connection.read('POST', answer);
    const finish = async () => {
      await whole;
      connection.close();
      this.record(label, answer, `POST ${request.path} ${body}`);
      if (answer.status === 200) this.answered.add(request.path.replace(/^\/[sb]-[0-9a-f]{8}(?=\/)/, ''));
      return answer;
    };
    return { answer, connection, finish };
  }

  /** Begins a PutMedia. */
  async openPut(label, stream, { at, start = String(NOW - 3600), headers = {}, type = 'RELATIVE', ...more } = {}) {
    const all = {
      'x-amzn-stream-name': stream,
      'x-amzn-fragment-timecode-type': type,
      ...(start === null ? {} : { 'x-amzn-producer-start-timestamp': start }),
      'Transfer-Encoding': 'chunked',
      ...headers,
    };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const path = `${at ?? (await this.endpoint(stream, 'PUT_MEDIA'))}/putMedia`;
    return this.open(`PutMedia ${label}`, { path, headers: given, ...more }, '', { keepsChunks: true });
  }

  /**
   * Sends a file through PutMedia, a Cluster at a time, each when what the one before is owed has been said: then the order
   * of acknowledgements is the emulator's, and not the network's. Gives back the numbers of the fragments.
   * @param last the event of a fragment that none follows: a stream without retention has no PERSISTED
   */
  async put(label, stream, media, { acks = true, last = 'PERSISTED', ...options } = {}) {
    const { answer, connection, finish } = await this.openPut(label, stream, options);
    const count = (event) => answer.text.split(`"${event}"`).length - 1;
    for (const [at, piece] of clustersOf(media).entries()) {
      if (answer.end !== undefined) break;
      await connection.sendChunk(piece);
      if (!acks || !piece.includes(CLUSTER)) continue;
      await answer.until(() => count('BUFFERING') > at && count(last) >= at);
    }
    await connection.send('0\r\n\r\n');
    const { text } = await finish();
    const numbers = text.matchAll(/"PERSISTED".*?"FragmentNumber":"(\d+)"/g);
    return [...numbers].map(([, number]) => number);
  }

  /** Reads GetMedia until it has sent the end of so many fragments, then lets `enough` bring it to an end. */
  async getMedia(label, stream, StartSelector, { at, fragments = 0, enough = async () => undefined } = {}) {
    const path = `${at ?? (await this.endpoint(stream, 'GET_MEDIA'))}/getMedia`;
    const body = JSON.stringify({ StreamName: stream, StartSelector });
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const { answer, finish } = await this.open(`GetMedia ${label}`, { path, headers }, body);
    await answer.until(() => answer.head !== '');
    await answer.until(() => answer.text.split('AWS_KINESISVIDEO_CONTINUATION_TOKEN').length > fragments);
    await enough(answer);
    return finish();
  }
}

export function jsonOf({ body }) {
  try {
    return JSON.parse(body.toString()) ?? {};
  } catch {
    return {};
  }
}

const CLUSTER = Buffer.from('1f43b675', 'hex');

/** The first piece ends with the first Cluster. */
function clustersOf(media) {
  const bytes = Buffer.from(media);
  const starts = [];
  for (let at = bytes.indexOf(CLUSTER); at >= 0; at = bytes.indexOf(CLUSTER, at + 4)) starts.push(at);
  const ends = [...starts.slice(1), bytes.length];
  return ends.map((end, at) => bytes.subarray(at === 0 ? 0 : starts[at], end));
}
