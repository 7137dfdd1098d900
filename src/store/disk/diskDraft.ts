import type { FragmentRecord } from '../../domain/fragments/fragmentRecord.ts';
import type { BareDraft, Payload, Reading } from '../../domain/ports.ts';
import type { DiskPayload } from './diskPayload.ts';
import type { FileReading } from './fileReading.ts';
import type { SetArrival } from './segmentSet.ts';

/** In memory until it is safe on the disk. */
export class DiskDraft implements BareDraft {
  readonly #memory: BareDraft;
  readonly #write: (arrival: Omit<SetArrival, 'header'>) => Promise<void>;
  #size = 0;
  #payload: DiskPayload | undefined;

  /** @param write resolves when it is safe, and has a payload */
  constructor(memory: BareDraft, write: (arrival: Omit<SetArrival, 'header'>) => Promise<void>) {
    this.#memory = memory;
    this.#write = write;
  }

  append(piece: Uint8Array): boolean {
    const fits = this.#memory.append(piece);
    if (fits) this.#size += piece.length;
    return fits;
  }

  secured(): undefined {
    return undefined;
  }

  async open(): Promise<Reading> {
    return this.follow();
  }

  follow(): Reading {
    return new FollowReading(this.#memory.follow(), () => this.#payload);
  }

  admit(): void {}

  look(): readonly Uint8Array[] {
    return this.#memory.look();
  }

  end(): undefined {
    return this.#memory.end();
  }

  seal(_what: string, bytes: Uint8Array): Uint8Array {
    return bytes;
  }

  async keep(record: () => FragmentRecord): Promise<Payload> {
    const arrival: Omit<SetArrival, 'header'> = { record: record(), pieces: this.#memory.look(), size: this.#size };
    try {
      await this.#write(arrival);
    } catch (error) {
      arrival.payload?.remove();
      throw error;
    }
    this.#payload = arrival.payload as DiskPayload;
    this.#memory.discard();
    return this.#payload;
  }

  discard(): void {
    this.#memory.discard();
  }
}

/** Reads what is in memory, and goes on with the file once it is there. */
class FollowReading implements Reading {
  readonly #memory: Reading;
  readonly #payload: () => DiskPayload | undefined;
  #taken = 0;
  #file: FileReading | undefined;

  constructor(memory: Reading, payload: () => DiskPayload | undefined) {
    this.#memory = memory;
    this.#payload = payload;
  }

  take(): Uint8Array | undefined {
    this.#file ??= this.#payload()?.reading(this.#taken);
    const piece = (this.#file ?? this.#memory).take();
    if (this.#file === undefined) this.#taken += piece?.length ?? 0;
    return piece;
  }

  comes(): Promise<void> | undefined {
    return this.#file?.comes();
  }
}
