import type { Limited } from './limits.ts';
import type { LimitName } from './limitTable.ts';
import type { Pacer } from './pacer.ts';
import { Shards } from './shards.ts';
import type { Throttle, Throttled } from './throttle.ts';

/** Of what is counted after the fact so much goes through at once, at most. Bytes. */
const PART = 65_536;

/** What one reader is sent, held against what a connection is sent and what the stream's shards give. */
export class Reading {
  readonly #throttle: Throttle;
  readonly #operation: 'GetMedia' | 'GetMediaForFragmentList';
  readonly stream: Limited;
  readonly #pacer: Pacer;
  readonly #shards: Shards;
  #number = '';

  constructor(throttle: Throttle, operation: 'GetMedia' | 'GetMediaForFragmentList', stream: Limited, pacer: Pacer) {
    this.#throttle = throttle;
    this.#operation = operation;
    this.stream = stream;
    this.#pacer = pacer;
    this.#shards = new Shards(throttle, stream);
  }

  get on(): boolean {
    return this.#throttle.on && !this.#pacer.over;
  }

  /** To be waited for before the fragment of that number is sent. */
  async begin(number: string): Promise<void> {
    this.#number = number;
    const name = 'GetMedia.fragmentsPerSecond';
    if (this.#operation !== 'GetMedia') return;
    await this.#until(() => this.#throttle.pay([{ owner: this, name, limit: this.#limit(name), cost: 1 }]));
  }

  /** Bytes of that fragment, as they may go. */
  async *pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    const name: LimitName = `${this.#operation}.bytesPerSecond`;
    for (let at = 0; at < bytes.length; ) {
      const limit = this.#limit(name);
      const part = bytes.subarray(at, at + Math.max(1, Math.min(PART, Math.floor(limit))));
      await this.#until(
        () =>
          this.#throttle.look(this.#shards.price('shard.readBytes', this.#number, part.length)) ??
          this.#throttle.pay([{ owner: this, name, limit: this.#limit(name), cost: part.length }]),
      );
      if (this.on) this.#throttle.charge(this.#shards.price('shard.readBytes', this.#number, part.length));
      yield part;
      at += part.length;
    }
  }

  end(): void {
    this.#pacer.end();
  }

  async #until(passes: () => Throttled | undefined): Promise<void> {
    while (this.on) {
      const throttled = passes();
      if (throttled === undefined) return;
      await this.#pacer.wait(throttled);
    }
  }

  #limit(name: LimitName): number {
    return this.#throttle.limits.of(name, this.stream);
  }
}
