import { type Call, LONGEST_JSON_BODY } from '../operations/road/call.ts';
import { serviceError } from '../protocol/errors.ts';
import { discarded } from '../runtime/garbage.ts';
import { type Addresses, addressFor, clientAddress } from './address.ts';
import type { Exchange } from './exchange.ts';
import { collectBody, type NoBody } from './requestBody.ts';

/** What of a JSON body becomes of V8's heap for a moment, for each of its bytes. Of `{},` it is some 20. */
const PARSED_COST = 20;

function wholeOf(bytes: Uint8Array | NoBody): Uint8Array {
  if (bytes === 'tooLong') throw serviceError('requestTooLarge', LONGEST_JSON_BODY);
  if (bytes === 'tooLate') throw serviceError('requestTimeout');
  if (bytes === 'noRoom') throw serviceError('serviceUnavailable');
  discarded(bytes.length * PARSED_COST);
  return bytes;
}

/** A call that came over a connection. */
export class HttpCall implements Call {
  readonly #exchange: Exchange;
  readonly #addresses: Addresses;

  constructor(exchange: Exchange, addresses: Addresses) {
    this.#exchange = exchange;
    this.#addresses = addresses;
  }

  get method(): string {
    return this.#exchange.request.method ?? '';
  }

  get target(): Call['target'] {
    return this.#exchange.target;
  }

  get headers(): Call['headers'] {
    return this.#exchange.request.headers;
  }

  get sender(): Call['sender'] {
    return this.#exchange.sender;
  }

  get requestId(): string {
    return this.#exchange.requestId;
  }

  get baseUrl(): string {
    return addressFor(this.#exchange.request, this.#exchange.target, this.#addresses);
  }

  get address(): string | undefined {
    return clientAddress(this.#exchange.request, this.#addresses);
  }

  get signal(): AbortSignal {
    return this.#exchange.signal;
  }

  timeIsOver(): void {
    this.#exchange.timeIsOver();
  }

  hangUp(how: 'close' | 'reset'): Promise<void> {
    return this.#exchange.hangUp(how);
  }

  whole(): Promise<Uint8Array> {
    const exchange = this.#exchange;
    if (exchange.expectsContinue) exchange.response.writeContinue();
    return collectBody(exchange, LONGEST_JSON_BODY).then((bytes) => {
      const whole = wholeOf(bytes);
      exchange.bytesIn = whole.length;
      return whole;
    });
  }

  get body(): AsyncIterable<Uint8Array> {
    const { body } = this.#exchange;
    if (body === undefined) throw new TypeError('Only a duplex operation reads its body piece by piece.');
    return body;
  }
}
