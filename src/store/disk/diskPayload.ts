import type { FragmentRecord } from '../../domain/fragments/fragmentRecord.ts';
import type { BarePayload, Reading } from '../../domain/ports.ts';
import { FileReading } from './fileReading.ts';
import type { HeldBytes } from './heldBytes.ts';
import type { InSegment, Segment } from './segment.ts';

/** Whose payloads they are. */
export interface PayloadHome {
  /** A block of its bytes. Rejects with a StoreError. */
  block(payload: DiskPayload, index: number): Promise<Uint8Array>;
  /** Its bytes for a snapshot, which holds them from now on. Throws a StoreError. */
  share(payload: DiskPayload): HeldBytes;
  remove(payload: DiskPayload): void;
}

interface Place {
  readonly segment: Segment<DiskPayload>;
  /** Where its bytes begin. */
  readonly at: number;
  readonly size: number;
  readonly sums: readonly number[];
}

/** A fragment's bytes in a segment. A class and not closures: there may be millions of them. */
export class DiskPayload implements BarePayload, InSegment {
  readonly record: () => FragmentRecord;
  readonly segment: Segment<DiskPayload>;
  readonly at: number;
  readonly size: number;
  readonly sums: readonly number[];
  /** Its place in the segment. */
  index = -1;
  /** What it has in common with snapshots, if it ever was in one. */
  bytes: HeldBytes | undefined;
  readonly #home: PayloadHome;

  constructor(home: PayloadHome, record: () => FragmentRecord, { segment, at, size, sums }: Place) {
    this.#home = home;
    this.record = record;
    this.segment = segment;
    this.at = at;
    this.size = size;
    this.sums = sums;
  }

  admit(): void {}

  async open(): Promise<Reading> {
    return this.readFrom(0);
  }

  /** From a byte on. */
  async readFrom(from: number): Promise<Reading> {
    const reading = this.reading(from);
    await reading.comes();
    reading.check();
    return reading;
  }

  reading(from: number): FileReading {
    return new FileReading((index) => this.#home.block(this, index), this.size, from);
  }

  share(): HeldBytes {
    return this.#home.share(this);
  }

  remove(): void {
    this.#home.remove(this);
  }
}
