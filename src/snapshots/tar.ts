// The ustar form of tar, as far as files go. Names are names here and never paths.

const BLOCK = 512;
const MAGIC = 'ustar\x0000';
/** Of what octal digits have room for. */
const MOST_OCTAL = 0o77777777777;
const SIZE_AT = 124;
const SIZE_BYTES = 12;
const SUM_AT = 148;
const SUM_BYTES = 8;

export const tarEnd = (): Uint8Array => new Uint8Array(2 * BLOCK);
export const tarPadding = (size: number): Uint8Array => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);

/** What stands in front of a file. There is nothing in it that is not always the same but for name and size. */
export function tarHead(name: string, size: number): Uint8Array {
  const head = Buffer.alloc(BLOCK);
  head.write(name, 0, 100, 'latin1');
  head.write('0000644\x000000000\x000000000\x00', 100, 'latin1');
  if (size <= MOST_OCTAL) head.write(size.toString(8).padStart(11, '0'), SIZE_AT, 'latin1');
  else {
    head[SIZE_AT] = 0x80;
    head.writeBigUInt64BE(BigInt(size), SIZE_AT + 4);
  }
  head.write('00000000000\x00', 136, 'latin1');
  head.write('0', 156, 'latin1');
  head.write(MAGIC, 257, 'latin1');
  head.write(`${checksum(head).toString(8).padStart(6, '0')}\x00 `, SUM_AT, 'latin1');
  return head;
}

/** Of all bytes of the head, its own as if they were spaces. */
function checksum(head: Uint8Array): number {
  let sum = SUM_BYTES * 0x20;
  for (let at = 0; at < BLOCK; at++) if (at < SUM_AT || at >= SUM_AT + SUM_BYTES) sum += head[at] ?? 0;
  return sum;
}

export class TarError extends Error {}

export interface TarFile {
  readonly name: string;
  readonly size: number;
  /** To be read to its end before the next file is asked for. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** The files of an archive, one after the other. Throws a TarError if it is none, or ends too soon. */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile> {
  const input = new Input(source);
  for (;;) {
    const head = await input.block();
    if (head.every((byte) => byte === 0)) break;
    const { name, size } = readHead(Buffer.from(head), input.at - BLOCK);
    let left = size;
    yield {
      name,
      size,
      body: (async function* () {
        for (; left > 0; ) {
          const piece = await input.some(left);
          left -= piece.length;
          yield piece;
        }
      })(),
    };
    if (left > 0) throw new TypeError(`${name} has not been read.`);
    for (let rest = (BLOCK - (size % BLOCK)) % BLOCK; rest > 0; ) rest -= (await input.some(rest)).length;
  }
  await input.onlyZeros();
}

function readHead(head: Buffer, at: number): { name: string; size: number } {
  const text = (from: number, length: number): string =>
    head.toString('latin1', from, from + length).replace(/\0.*$/s, '');
  const sum = text(SUM_AT, SUM_BYTES).trim();
  if (!/^[0-7]{1,7}$/.test(sum) || Number.parseInt(sum, 8) !== checksum(head)) {
    throw new TarError(`The archive is damaged, or is none: there is no head of a file at byte ${at}.`);
  }
  const name = text(0, 100);
  const size = head[SIZE_AT] === 0x80 ? Number(head.readBigUInt64BE(SIZE_AT + 4)) : octal(text(SIZE_AT, SIZE_BYTES));
  if (!['0', ''].includes(text(156, 1)) || text(345, 155) !== '' || !Number.isSafeInteger(size)) {
    throw new TarError(`"${name.slice(0, 64)}" is no file that a snapshot has.`);
  }
  return { name, size };
}

const octal = (digits: string): number => (/^[0-7]+ ?$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN);

/** What comes in, so much at a time. */
class Input {
  /** How much has been taken. */
  at = 0;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** At least one byte, and so many at most. */
  async some(most: number): Promise<Uint8Array> {
    if (!(await this.#more())) throw new TarError(`The archive ends at byte ${this.at}, before it is over.`);
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    this.at += piece.length;
    return piece;
  }

  async block(): Promise<Uint8Array> {
    const block = new Uint8Array(BLOCK);
    for (let filled = 0; filled < BLOCK; ) {
      const piece = await this.some(BLOCK - filled);
      block.set(piece, filled);
      filled += piece.length;
    }
    return block;
  }

  async onlyZeros(): Promise<void> {
    while (await this.#more()) {
      const piece = await this.some(this.#rest.length);
      if (piece.some((byte) => byte !== 0)) throw new TarError('Something follows behind the end of the archive.');
    }
  }

  async #more(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#pieces.next();
      if (done === true) return false;
      this.#rest = value;
    }
    return true;
  }
}
