import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Ids } from '../../runtime/ids.ts';

/**
 * Session tokens as the service's look: 113 bytes in four length-prefixed fields of 32, 16, 25 and 32, in URL-safe
 * base64 with `~` for padding: 152 characters that begin with `Ci`. The last field is a seal over the others, so that
 * a token whose session is over can be told from one that never was.
 */
export class SessionTokens {
  readonly #ids: Ids;

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  /** @param ids of whatever the session is of */
  make(ids: Ids): string {
    const chance = createHash('sha512')
      .update(ids.version() + ids.version())
      .digest();
    const more = createHash('sha512').update(chance).update('rest').digest();
    const fields = [chance.subarray(0, 32), chance.subarray(32, 48), more.subarray(0, 25)];
    const body = Buffer.concat(fields.map((field, at) => Buffer.concat([head(at + 1, field.length), field])));
    return this.#sealed(body);
  }

  /** True for every token that was made here, whatever became of its session. */
  genuine(token: string): boolean {
    const body = Buffer.from(token, 'base64url').subarray(0, -SEAL_BYTES - 2);
    const sealed = Buffer.from(this.#sealed(body));
    const given = Buffer.from(token);
    return given.length === sealed.length && timingSafeEqual(given, sealed);
  }

  #sealed(body: Buffer): string {
    const ids = this.#ids.of('seal of session tokens');
    const seal = createHmac('sha256', ids.version() + ids.version())
      .update(body)
      .digest();
    return `${Buffer.concat([body, head(4, SEAL_BYTES), seal]).toString('base64url')}~`;
  }
}

const SEAL_BYTES = 32;
/** A field's number and wire type 2, then its length, as protocol buffers have them. */
const head = (field: number, length: number): Buffer => Buffer.from([(field << 3) | 2, length]);
