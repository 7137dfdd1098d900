import type { FragmentRecord } from '../../domain/fragments/fragmentRecord.ts';
import type { BarePayload, Reading } from '../../domain/ports.ts';
import { noSnapshots } from './failures.ts';
import { FileReading } from './fileReading.ts';
import type { InSegment, Segment } from './segment.ts';

/** Whose payloads they are. */
export interface PayloadHome {
  /** A block of its bytes. Rejects with a StoreError. */
  block(payload: DiskPayload, index: number): Promise<Uint8Array>;
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

  share(): never {
    throw noSnapshots();
  }

  remove(): void {
    this.#home.remove(this);
  }
}
