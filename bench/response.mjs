const HEAD_END = Buffer.from('\r\n\r\n');

/** Reads one HTTP/1.1 response off a socket as it comes, looking at framing alone: nothing of the body is copied. */
export class ResponseReader {
  status = 0;
  head = '';
  bodyBytes = 0;
  done = false;
  #onBody;
  #held = Buffer.alloc(0);
  #chunked = false;
  /** Body bytes still to come of the body or the chunk; the line break behind a chunk is not counted. */
  #left = 0;
  #chunkBreak = 0;

  /** @param onBody gets each piece of the body */
  constructor(onBody = () => undefined) {
    this.#onBody = onBody;
  }

  push(bytes) {
    let rest = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes;
    this.#held = Buffer.alloc(0);
    while (rest.length > 0 && !this.done) {
      const took = this.status === 0 ? this.#readHead(rest) : this.#readBody(rest);
      if (took === 0) {
        this.#held = rest;
        return;
      }
      rest = rest.subarray(took);
    }
  }

  #readHead(bytes) {
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return 0;
    const head = bytes.latin1Slice(0, end);
    if (head.startsWith('HTTP/1.1 100')) return end + 4;
    this.head = head;
    this.status = Number(head.slice(9, 12));
    this.#chunked = /^transfer-encoding: *chunked/im.test(head);
    this.#left = this.#chunked ? 0 : Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? Number.POSITIVE_INFINITY);
    this.done = !this.#chunked && this.#left === 0;
    return end + 4;
  }

  #readBody(bytes) {
    if (this.#left === 0) return this.#readChunkSize(bytes);
    const took = Math.min(this.#left, bytes.length);
    this.#left -= took;
    this.bodyBytes += took;
    this.#onBody(bytes.subarray(0, took));
    if (this.#left === 0) {
      if (this.#chunked) this.#chunkBreak = 2;
      else this.done = true;
    }
    return took;
  }

  #readChunkSize(bytes) {
    const end = bytes.indexOf('\r\n', this.#chunkBreak);
    if (end < 0) return 0;
    this.#left = Number.parseInt(bytes.latin1Slice(this.#chunkBreak, end), 16);
    if (this.#left > 0) return end + 2;
    if (bytes.length < end + 4) {
      this.#left = 0;
      return 0;
    }
    this.done = true;
    return end + 4;
  }
}
