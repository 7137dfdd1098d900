import type { HeaderRecord } from '../domain/fragments/fragmentRecord.ts';
import type { BareStore, Stage } from '../domain/ports.ts';
import { ControlError } from '../emulator/controlError.ts';
import { fromText } from '../runtime/plain.ts';
import type { Holding, Room } from '../runtime/room.ts';
import { type CapturedFragment, type CapturedShelf, fragmentCost, letGo } from './captured.ts';
import { isFragment, isHeader } from './checks.ts';
import type { MediaFile } from './layout.ts';
import { linesOf } from './lines.ts';

interface Shelf extends CapturedShelf {
  readonly headers: (readonly [string, HeaderRecord])[];
  readonly fragments: CapturedFragment[];
  /** What has been announced, and comes with the bytes. */
  announced: { readonly record: CapturedFragment['record']; readonly size: number }[];
}

const full = (): ControlError =>
  new ControlError(
    'There is no room for the snapshot beside what there is.',
    'Reset first, or give the emulator more with --max-memory.',
    undefined,
    'busy',
  );

/** The media of an archive as they come, where nobody sees them yet. Their room is taken before they are. */
export class Staging {
  readonly shelves: Shelf[] = [];
  readonly #stage: Stage;
  readonly #holding: Holding;
  #cost = 0;

  constructor(bare: Pick<BareStore, 'stage'>, room: Room) {
    this.#stage = bare.stage();
    this.#holding = room.hold();
  }

  /** Takes room for so much more. Throws a ControlError if there is none. */
  take(bytes: number): void {
    this.#cost += bytes;
    if (!this.#holding.to(this.#cost)) throw full();
  }

  /** What it has is another's affair from now on. */
  done(): void {
    this.#stage.end();
    this.#holding.end();
  }

  /** Nothing will come of it. */
  discard(): void {
    letGo(this);
    this.done();
  }

  async read(index: number, file: MediaFile, body: AsyncIterable<Uint8Array>): Promise<void> {
    if (file === 'headers.jsonl') return this.#headers(index, body);
    const shelf = this.shelves[index];
    if (shelf === undefined || index !== this.shelves.length - 1) throw new TypeError('It is not where it belongs.');
    return file === 'bytes' ? this.#bytes(shelf, body) : this.#fragments(shelf, body);
  }

  async #headers(index: number, body: AsyncIterable<Uint8Array>): Promise<void> {
    if (index !== this.shelves.length) throw new TypeError('It is not where it belongs.');
    let shelf: Shelf | undefined;
    for await (const line of linesOf(body)) {
      this.take(2 * line.length);
      const value = fromText(line);
      if (shelf === undefined) {
        if (typeof value !== 'string') throw new TypeError('It does not begin with an ARN.');
        shelf = { arn: value, headers: [], fragments: [], announced: [] };
        this.shelves.push(shelf);
      } else {
        const [key, header] = value as [unknown, unknown];
        if (typeof key !== 'string' || !isHeader(header)) throw new TypeError('There is a header in it that is none.');
        shelf.headers.push([key, header]);
      }
    }
    if (shelf === undefined) throw new TypeError('There is nothing in it.');
  }

  async #fragments(shelf: Shelf, body: AsyncIterable<Uint8Array>): Promise<void> {
    const headers = new Set(shelf.headers.map(([key]) => key));
    let last = '';
    for await (const line of linesOf(body)) {
      const { record, size } = fromText(line) as { readonly record?: unknown; readonly size?: unknown };
      const fits = isFragment(record) && Number.isSafeInteger(size) && Number(size) >= 0;
      if (!fits || !headers.has(record.header) || record.number <= last) {
        throw new TypeError('There is a fragment in it that is none.');
      }
      last = record.number;
      this.take(fragmentCost(record));
      shelf.announced.push({ record, size: Number(size) });
    }
  }

  async #bytes(shelf: Shelf, body: AsyncIterable<Uint8Array>): Promise<void> {
    const pieces = new Pieces(body);
    const headers = new Map(shelf.headers);
    for (const { record, size } of shelf.announced) {
      const header = headers.get(record.header);
      if (header === undefined) throw new TypeError('There is a fragment in it without a header.');
      const staged = this.#stage.begin({ arn: shelf.arn, record, header });
      try {
        for (let left = size; left > 0; ) {
          const piece = await pieces.some(left);
          if (!staged.append(piece)) throw full();
          left -= piece.length;
        }
      } catch (error) {
        staged.discard();
        throw error;
      }
      shelf.fragments.push({ record, bytes: await staged.done() });
    }
    shelf.announced = [];
    await pieces.end();
  }
}

/** So many bytes at a time of what comes in pieces. */
class Pieces {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  async some(most: number): Promise<Uint8Array> {
    if (this.#rest.length === 0) {
      const { done, value } = await this.#pieces.next();
      if (done === true) throw new TypeError('There is less in it than there should be.');
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  async end(): Promise<void> {
    const more = this.#rest.length > 0 || (await this.#pieces.next()).done !== true;
    if (more) throw new TypeError('There is more in it than there should be.');
  }
}
