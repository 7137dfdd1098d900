import type { LimitOf } from '../limits/limits.ts';
import { IngestError } from './ingestError.ts';

const SERVICE_TAG_PREFIX = 'AWS_KINESISVIDEO_';
/** Words to the service that a fragment may carry, see announcements. */
export const NOTIFICATION_TAG = 'AWS_KINESISVIDEO_NOTIFICATION';
export const IMAGE_TAG = 'AWS_KINESISVIDEO_IMAGE_GENERATION';
export const IMAGE_PREFIX_TAG = 'AWS_KINESISVIDEO_IMAGE_PREFIX';
const WORDS: ReadonlySet<string> = new Set([NOTIFICATION_TAG, IMAGE_TAG, IMAGE_PREFIX_TAG]);

/** A metadata item between two Clusters. */
export interface Tag {
  readonly name: string;
  readonly value: string;
  readonly nameSize: number;
  readonly valueSize: number;
  /** True if it describes a track rather than the stream: such tags are no fragment metadata. */
  readonly targeted: boolean;
}

/** The producer's own metadata, or words to the service, by their names. */
export type Metadata = ReadonlyMap<string, string>;

/** The metadata of one session's fragments: held against the limits, and handed over with the fragment they are of. */
export class FragmentTags {
  readonly #limit: LimitOf;
  #count = 0;
  /** Of the open fragment; and of the next one, which they stand in front of. Undefined without any: nearly always. */
  #own: Map<string, string> | undefined;
  #next: Map<string, string> | undefined;
  #open = false;

  constructor(limit: LimitOf) {
    this.#limit = limit;
  }

  /** From here on they are counted anew. */
  countAnew(): void {
    this.#count = 0;
  }

  /** A fragment begins; what stood in front of it is its own. */
  begin(): void {
    this.#own = this.#next;
    this.#next = undefined;
    this.#open = true;
  }

  /** The open fragment is over, whole or not. */
  end(): Metadata | undefined {
    const own = this.#own;
    this.#own = undefined;
    this.#open = false;
    return own;
  }

  /** What stood in front of a fragment that will not come. */
  forgetNext(): void {
    this.#next = undefined;
  }

  /** @throws IngestError if they are too many or too long */
  add(tags: readonly Tag[]): void {
    const [mostName, mostValue] = [this.#limit('fragment.tagNameBytes'), this.#limit('fragment.tagValueBytes')];
    for (const tag of tags) {
      if (tag.targeted) continue;
      const toService = tag.name.startsWith(SERVICE_TAG_PREFIX);
      if (!toService) {
        this.#count += 1;
        if (tag.nameSize > mostName || tag.valueSize > mostValue) {
          const limit = `${mostName} and ${mostValue} bytes are allowed`;
          const text = `metadata '${tag.name.slice(0, 40)}' of ${tag.nameSize} and ${tag.valueSize} bytes; ${limit}`;
          throw new IngestError('FRAGMENT_METADATA_LIMIT_REACHED', text);
        }
      }
      const mostTags = this.#limit('fragment.tags');
      if (this.#count > mostTags) {
        const text = `more than ${mostTags} metadata items for one fragment`;
        throw new IngestError('FRAGMENT_METADATA_LIMIT_REACHED', text);
      }
      if (!toService || WORDS.has(tag.name)) this.#keep(tag);
    }
  }

  #keep({ name, value }: Tag): void {
    if (this.#open) {
      this.#own ??= new Map();
      this.#own.set(name, value);
    } else {
      this.#next ??= new Map();
      this.#next.set(name, value);
    }
  }
}
