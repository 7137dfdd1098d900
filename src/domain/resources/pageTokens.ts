import { createHmac, timingSafeEqual } from 'node:crypto';
import { serviceError } from '../../protocol/errors.ts';
import type { Ids } from '../../runtime/ids.ts';

/** What a token continues: the operation, whose list it is, its filter. A token goes on with exactly that. */
export type Query = readonly (string | undefined)[];

const SEAL_BYTES = 16;

/**
 * Makes and reads NextToken: standard base64 of where the page ended and a seal over that and the query. A position is
 * a name, not a count, so a list stays right while its members come and go between pages.
 */
export class PageTokens {
  readonly #keyNow: () => string;

  /** @param ids those that there are by now: the key is theirs each time */
  constructor(ids: () => Ids) {
    this.#keyNow = () => {
      const own = ids();
      return own.version() + own.version();
    };
  }

  seal(query: Query, position: string): string {
    return Buffer.concat([this.#sealOf(query, position), Buffer.from(position)]).toString('base64');
  }

  /** The position in a token. Throws InvalidArgumentException unless the token came from `seal` with the same query. */
  open(query: Query, token: string): string {
    const bytes = Buffer.from(token, 'base64');
    const position = bytes.toString('utf8', SEAL_BYTES);
    const genuine =
      bytes.length > SEAL_BYTES &&
      // Base64 has several spellings of the same bytes; only ours is ours.
      bytes.toString('base64') === token &&
      timingSafeEqual(bytes.subarray(0, SEAL_BYTES), this.#sealOf(query, position));
    if (!genuine) throw serviceError('invalidArgument', INVALID_TOKEN);
    return position;
  }

  /** Where a list goes on; an absent or empty token asks for its first page. */
  after(query: Query, token: string | undefined): string | undefined {
    return token === undefined || token === '' ? undefined : this.open(query, token);
  }

  /** The token of the page after `last`; none if there is no such page. */
  next(query: Query, last: string | undefined): string | undefined {
    return last === undefined ? undefined : this.seal(query, last);
  }

  #sealOf(query: Query, position: string): Buffer {
    const sealed = JSON.stringify([...query.map((part) => part ?? null), position]);
    return createHmac('sha256', this.#keyNow()).update(sealed).digest().subarray(0, SEAL_BYTES);
  }
}

const INVALID_TOKEN = 'The NextToken is not one that this request returned.';

/** For lists that always fit into one answer and so never give out a token. */
export function refuseToken(token: string | undefined): void {
  if (token !== undefined && token !== '') throw serviceError('invalidArgument', INVALID_TOKEN);
}
