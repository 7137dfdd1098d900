import { KinesisVideoError, refuseUnknownOperation } from './errors.ts';
import type { FragmentAck } from './fragmentAck.ts';

/** Characters; a hundred times what an acknowledgment takes. */
const LONGEST = 16_384;

/**
 * Cuts a response into acknowledgments, wherever its chunks begin and end and whatever white space stands between them.
 * Throws KinesisVideoError for anything else.
 */
export class AckParser {
  readonly #decoder = new TextDecoder();
  readonly #requestId: string | undefined;
  /** The acknowledgment that is not over yet, how far it was looked at, and what is open there. */
  #text = '';
  #at = 0;
  #depth = 0;
  #inString = false;

  constructor(requestId?: string) {
    this.#requestId = requestId;
  }

  *push(chunk: Uint8Array): Generator<FragmentAck, void, undefined> {
    this.#text += this.#decoder.decode(chunk, { stream: true });
    let start = 0;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] as string;
      if (this.#inString) {
        if (char === '\\') this.#at++;
        else if (char === '"') this.#inString = false;
      } else if (char === '{') {
        if (this.#depth++ === 0) start = this.#at;
      } else if (this.#depth === 0) {
        if (!/\s/.test(char)) this.#refuse(this.#text.slice(this.#at));
      } else if (char === '"') this.#inString = true;
      else if (char === '}' && --this.#depth === 0) yield this.#parse(this.#text.slice(start, this.#at + 1));
    }
    if (this.#depth === 0) start = this.#text.length;
    this.#text = this.#text.slice(start);
    this.#at -= start;
    if (this.#text.length > LONGEST) this.#refuse(this.#text);
  }

  /** The response is over: throws if it broke off within an acknowledgment. */
  end(): void {
    if (this.#depth > 0) this.#refuse(this.#text);
  }

  #parse(text: string): FragmentAck {
    let ack: FragmentAck;
    try {
      ack = JSON.parse(text);
    } catch {
      return this.#refuse(text);
    }
    refuseUnknownOperation(ack, this.#requestId);
    if (typeof ack.EventType !== 'string') return this.#refuse(text);
    if (Number.isSafeInteger(ack.FragmentTimecode ?? 0)) return ack;
    const digits = /"FragmentTimecode"\s*:\s*(\d+)\s*[,}]/.exec(text)?.[1];
    return digits === undefined ? this.#refuse(text) : { ...ack, FragmentTimecode: BigInt(digits) };
  }

  #refuse(text: string): never {
    const shown = JSON.stringify(text.slice(0, 200));
    throw new KinesisVideoError('InvalidResponse', `Expected acknowledgments, got ${shown}`, 200, this.#requestId);
  }
}
