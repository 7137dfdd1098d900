// One connection to an emulator, and answers read off it as they were sent: every byte of their heads, every chunk.
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

const HEAD_END = '\r\n\r\n';
/** An answer that says nothing for so long is taken for unfinished. Milliseconds. */
const PATIENCE_MS = 5000;

/** The answer ends before its end, which is part of what it is. */
class Unfinished extends Error {}

/** An answer, as far as it has come. */
export class Answer {
  /** Each head that says to go on. */
  interim = [];
  /** Status line and headers, with their case and order. */
  head = '';
  pieces = [];
  chunked = false;
  /** How it ended: `whole`, or what was missing; undefined while it comes. */
  end;
  #watchers = new Set();

  get status() {
    return Number(this.head.slice(9, 12));
  }
  get body() {
    return Buffer.concat(this.pieces);
  }
  get text() {
    return this.body.latin1Slice();
  }

  /** Resolves once `test` holds, or there will be no more. */
  until(test) {
    return new Promise((resolve) => {
      const look = () => {
        if (this.end === undefined && !test(this)) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  changed() {
    for (const look of [...this.#watchers]) look();
  }
}

export class Connection {
  #socket;
  #held = Buffer.alloc(0);
  #closed = false;
  #wake = () => undefined;

  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#held = Buffer.concat([this.#held, bytes]);
      this.#wake();
    });
    const close = () => {
      this.#closed = true;
      this.#wake();
    };
    // A connection that is cut reads like one that is closed: which of them it is depends on what was still under way.
    socket.on('end', close).on('close', close).on('error', close);
  }

  static async open(port, { secure = false } = {}) {
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false };
    const socket = secure ? connectSecurely(options) : connect(options);
    await once(socket, secure ? 'secureConnect' : 'connect');
    socket.setNoDelay(true);
    return new Connection(socket);
  }

  /** Resolves when the bytes are with the operating system. */
  send(bytes) {
    return new Promise((resolve) => {
      if (this.#socket.writable) this.#socket.write(bytes, () => resolve());
      else resolve();
    });
  }

  sendChunk(bytes) {
    return this.send(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]));
  }

  close() {
    this.#socket.destroy();
  }

  /** Reads one answer; `answer` can be looked into meanwhile. Resolves in any case. */
  async read(method, answer = new Answer()) {
    try {
      await this.#readAnswer(method, answer);
      answer.end = 'whole';
    } catch (error) {
      if (!(error instanceof Unfinished)) throw error;
      if (this.#held.length > 0) answer.pieces.push(this.#held);
      answer.end = error.message;
    }
    answer.changed();
    return answer;
  }

  async #readAnswer(method, answer) {
    let head = await this.#upTo(HEAD_END);
    while (/^HTTP\/1\.1 1\d\d/.test(head)) {
      answer.interim.push(head);
      answer.changed();
      head = await this.#upTo(HEAD_END);
    }
    answer.head = head;
    answer.changed();
    if (method === 'HEAD') return;
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    answer.chunked = /^transfer-encoding: *chunked/im.test(head);
    if (answer.chunked) {
      for (let size = await this.#chunkSize(); size > 0; size = await this.#chunkSize()) {
        answer.pieces.push(await this.#take(size));
        await this.#take(2);
        answer.changed();
      }
      await this.#take(2);
    } else if (length === undefined) {
      while (await this.#more());
      answer.pieces.push(await this.#take(this.#held.length));
    } else answer.pieces.push(await this.#take(Number(length)));
  }

  async #chunkSize() {
    return Number.parseInt(await this.#upTo('\r\n'), 16);
  }

  async #upTo(mark) {
    let at = this.#held.indexOf(mark);
    while (at < 0) {
      if (!(await this.#more())) throw new Unfinished(this.#closed ? 'closed' : 'silent');
      at = this.#held.indexOf(mark);
    }
    return (await this.#take(at + mark.length)).latin1Slice();
  }

  async #take(count) {
    while (this.#held.length < count) {
      if (!(await this.#more())) throw new Unfinished(this.#closed ? 'closed' : 'silent');
    }
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }

  /** Waits for more bytes; false if none come. */
  async #more() {
    if (this.#closed) return false;
    const before = this.#held.length;
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return this.#held.length > before;
  }
}
