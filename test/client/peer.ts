// A server that does what a test tells it to, byte by byte: the other end of one connection.
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';

export class Peer {
  readonly socket: Socket;
  readonly #incoming: AsyncIterator<Buffer>;
  #raw: Buffer = Buffer.alloc(0);
  /** Body bytes read so far. */
  body: Buffer = Buffer.alloc(0);
  #bodyEnded = false;
  readonly #plain: Socket | undefined;

  constructor(socket: Socket, plain?: Socket) {
    this.socket = socket;
    this.#plain = plain;
    // What breaks off on purpose is no failure of the test.
    socket.on('error', () => undefined);
    this.#incoming = socket.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  }

  /** Request line and headers by lower-case name. Nothing of the body is asked for. */
  async head(): Promise<{ line: string; headers: Record<string, string>; raw: string }> {
    while (!this.#raw.includes('\r\n\r\n')) await this.#more();
    const end = this.#raw.indexOf('\r\n\r\n');
    const raw = this.#raw.subarray(0, end).toString('latin1');
    this.#raw = this.#raw.subarray(end + 4);
    const [line = '', ...rest] = raw.split('\r\n');
    const pairs = rest.map((text) => [text.slice(0, text.indexOf(':')).toLowerCase(), text.replace(/^[^:]*: */, '')]);
    return { line, headers: Object.fromEntries(pairs), raw };
  }

  /** Reads chunks until the body has `length` bytes, or to its end. */
  async read(length = Number.POSITIVE_INFINITY): Promise<Buffer> {
    while (!this.#bodyEnded && this.body.length < length) {
      const line = this.#raw.indexOf('\r\n');
      const size = line < 0 ? 0 : Number.parseInt(this.#raw.subarray(0, line).toString(), 16);
      if (line < 0 || this.#raw.length < line + size + 4) {
        await this.#more();
        continue;
      }
      this.body = Buffer.concat([this.body, this.#raw.subarray(line + 2, line + 2 + size)]);
      this.#raw = this.#raw.subarray(line + size + 4);
      this.#bodyEnded = size === 0;
    }
    return this.body;
  }

  /** The next `length` bytes of a body that is not chunked. */
  async plain(length: number): Promise<Buffer> {
    while (this.#raw.length < length) await this.#more();
    const bytes = this.#raw.subarray(0, length);
    this.#raw = this.#raw.subarray(length);
    return bytes;
  }

  /** Resolves when the client has closed or cut the connection. */
  gone(): Promise<void> {
    this.socket.resume();
    return new Promise((resolve) => {
      if (this.socket.destroyed) resolve();
      this.socket.once('close', () => resolve());
      this.socket.once('end', () => resolve());
    });
  }

  send(text: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => void this.socket.write(text, () => resolve()));
  }

  /** 100 Continue and the head of a chunked 200. */
  accept(headers = 'x-amzn-RequestId: req-1\r\n'): Promise<void> {
    return this.send(
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n${headers}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
  }

  chunk(text: string): Promise<void> {
    return this.send(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
  }

  ack(type: string, timecode: number | string, more = ''): Promise<void> {
    return this.chunk(ackText(type, timecode, more));
  }

  /** The last chunk. */
  end(): Promise<void> {
    return this.send('0\r\n\r\n');
  }

  answer(status: string, headers: string, body: string): Promise<void> {
    return this.send(`HTTP/1.1 ${status}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  /** Cuts the connection so that whatever the client writes fails. */
  reset(): void {
    if (this.socket instanceof TLSSocket) this.#plain?.resetAndDestroy();
    else this.socket.resetAndDestroy();
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#incoming.next();
    if (done) throw new Error('the client has closed the connection');
    this.#raw = Buffer.concat([this.#raw, value]);
  }
}

export const ackText = (type: string, timecode: number | string, more = ''): string =>
  `{"EventType":"${type}","FragmentTimecode":${timecode},"FragmentNumber":"${FRAGMENT}"${more}}\n`;
export const FRAGMENT = '91343852333181432392682062607743920146159169392';

/** Serves every connection with `script` and returns the address. What the script throws fails the test. */
export async function serve(
  script: (peer: Peer) => Promise<void>,
  tls?: { key: string; cert: string },
): Promise<{ url: string; port: number }> {
  const failures: unknown[] = [];
  const sockets = new Set<Socket>();
  const connected = (plain: Socket): void => {
    sockets.add(plain);
    plain.on('error', () => undefined);
    plain.setNoDelay();
    const socket = tls === undefined ? plain : new TLSSocket(plain, { ...tls, isServer: true });
    script(new Peer(socket, plain)).catch((error) => {
      failures.push(error);
      socket.destroy();
    });
  };
  const server = createServer(connected);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    if (failures.length > 0) throw failures[0];
  });
  const { port } = server.address() as { port: number };
  return { url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, port };
}
