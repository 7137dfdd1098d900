import { IngestError } from '../fragments/ingestError.ts';
import type { Limited } from './limits.ts';
import type { LimitName } from './limitTable.ts';
import type { Pacer } from './pacer.ts';
import { Shards } from './shards.ts';
import type { Price, Throttle, Throttled } from './throttle.ts';

const NONE = Number.POSITIVE_INFINITY;
/** Of what is counted after the fact so much goes through at once, at most. Bytes. */
const PART = 8192;
/** A frame's element is never shorter; to look for the end of each would cost more than a part is worth. Bytes. */
const SHORTEST_FRAME = 6;
const LEAST = 32;
/** How a Cluster begins: in front of one a fragment may have to wait. */
const CLUSTER = Buffer.from([0x1f, 0x43, 0xb6, 0x75]);

/** What one producer sends, held against what its stream takes: bytes, fragments, and what its shards take. */
export class Writing {
  readonly #throttle: Throttle;
  readonly #stream: Limited;
  readonly #pacer: Pacer;
  readonly #shards: Shards;
  #number = '';
  #frames = 0;

  constructor(throttle: Throttle, stream: Limited, pacer: Pacer) {
    this.#throttle = throttle;
    this.#stream = stream;
    this.#pacer = pacer;
    this.#shards = new Shards(throttle, stream);
  }

  get on(): boolean {
    return this.#throttle.on && !this.#pacer.over;
  }

  /** It waits for the clock at the moment. */
  get held(): boolean {
    return this.#pacer.waits;
  }

  /** A fragment has begun. */
  fragment(number: string): void {
    this.#number = number;
    if (this.on) this.#throttle.charge(this.#fragments());
  }

  /** A frame has come. */
  frame(): void {
    this.#frames += 1;
  }

  /** A piece in parts, each to be let through by itself. */
  *parts(piece: Uint8Array): Generator<Uint8Array> {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    for (let at = 0; at < bytes.length; ) {
      const most = this.#most();
      const cluster = bytes.subarray(at + 1, at + most + CLUSTER.length).indexOf(CLUSTER);
      const end = Math.min(bytes.length, at + most, cluster < 0 ? NONE : at + 1 + cluster);
      yield piece.subarray(at, end);
      at = end;
    }
  }

  /** So much that no more can be in it than there is left to have. */
  #most(): number {
    const most = Math.max(1, Math.min(PART, Math.floor(this.#limit('PutMedia.bytesPerSecond'))));
    if (this.#limit('shard.writeRecords') === NONE) return most;
    const left = this.#throttle.level(this.#shards.price('shard.writeRecords', this.#number, 1));
    return Math.min(most, Math.max(LEAST, Math.floor(left) * SHORTEST_FRAME));
  }

  /**
   * Nothing once the part may go through, and is paid for; a promise to wait for before it is asked again.
   * @throws IngestError if producers are not held back but refused
   */
  pass(part: Uint8Array): Promise<void> | undefined {
    const throttled = this.#passes(part);
    if (throttled === undefined) {
      this.#frames = 0;
      return undefined;
    }
    if (this.#throttle.limits.mode(this.#stream) === 'pace') return this.#pacer.wait(throttled);
    this.#pacer.refused(throttled);
    throw new IngestError('INTERNAL_ERROR', `it sends more than ${throttled.limit} lets through`);
  }

  /** The part has been looked into: what came in it is paid for. */
  passed(part: Uint8Array): void {
    if (!this.on) return;
    this.#throttle.charge(this.#shards.price('shard.writeBytes', this.#number, part.length));
    if (this.#frames > 0) this.#throttle.charge(this.#shards.price('shard.writeRecords', this.#number, this.#frames));
    this.#frames = 0;
  }

  end(): void {
    this.#pacer.end();
  }

  #passes(part: Uint8Array): Throttled | undefined {
    if (!this.on) return undefined;
    const owner = this.#stream;
    const begins = Buffer.compare(part.subarray(0, CLUSTER.length), CLUSTER) === 0;
    const lacking =
      (begins ? this.#throttle.look(this.#fragments()) : undefined) ??
      this.#shardLacks('shard.writeBytes', begins) ??
      this.#shardLacks('shard.writeRecords', begins);
    if (lacking !== undefined) return lacking;
    const name = 'PutMedia.bytesPerSecond';
    return this.#throttle.pay([{ owner, name, limit: this.#limit(name), cost: part.length }]);
  }

  /** Of a fragment that is about to begin nobody knows its shard. */
  #shardLacks(name: LimitName, begins: boolean): Throttled | undefined {
    if (this.#limit(name) === NONE) return undefined;
    return begins || this.#number === ''
      ? this.#shards.lack(name)
      : this.#throttle.look(this.#shards.price(name, this.#number, 1));
  }

  #fragments(): Price {
    const name = 'PutMedia.fragmentsPerSecond';
    return { owner: this.#stream, name, limit: this.#limit(name), cost: 1 };
  }

  #limit(name: LimitName): number {
    return this.#throttle.limits.of(name, this.#stream);
  }
}
