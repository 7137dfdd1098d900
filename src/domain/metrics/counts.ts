// What is counted of a stream, in plain numbers where it happens. Whoever wants to see it as metrics reads them.

/** So often, and so long altogether. */
export class Latency {
  count = 0;
  /** Milliseconds. */
  sum = 0;

  add(ms: number): void {
    this.count += 1;
    this.sum += ms;
  }
}

/** Of what producers send to one stream. Times are those of the emulator's clock. */
export class MediaCounts {
  bytes = 0;
  /** Whole ones. */
  fragments = 0;
  frames = 0;
  /** From a fragment's first byte to its last. */
  readonly ingestion = new Latency();
  /** From its last byte until it is in the archive. */
  readonly persist = new Latency();
  readonly bufferingAck = new Latency();
  readonly receivedAck = new Latency();
  readonly persistedAck = new Latency();
  errorAcks = 0;
  /** Fragments that were kept as they should, and those that were not. */
  succeeded = 0;
  failed = 0;

  /** One has come whole. */
  received({ begunAt, frames }: { readonly begunAt: number; readonly frames: number }, now: number): void {
    this.fragments += 1;
    this.frames += frames;
    this.ingestion.add(now - begunAt);
  }
}

/** Of the requests to one API about one stream. */
export class ApiCounts {
  requests = 0;
  /** Those that were not refused. */
  succeeded = 0;
  /** From the request to the answer, real time. */
  readonly latency = new Latency();
  /** Of media that were sent. */
  bytes = 0;
  fragments = 0;
  frames = 0;
  /** How far the fragment that was sent last was behind the clock. */
  millisBehindNow = 0;
}

/** The APIs that CloudWatch has metrics of. */
export const COUNTED_APIS = [
  'PutMedia',
  'GetMedia',
  'GetMediaForFragmentList',
  'ListFragments',
  'GetHLSStreamingSessionURL',
  'GetHLSMasterPlaylist',
  'GetHLSMediaPlaylist',
  'GetDASHStreamingSessionURL',
  'GetDASHManifest',
  'GetMP4InitFragment',
  'GetMP4MediaFragment',
  'GetTSFragment',
  'GetClip',
] as const;
export type CountedApi = (typeof COUNTED_APIS)[number];

const counted: ReadonlySet<string> = new Set(COUNTED_APIS);
export const isCounted = (operation: string): operation is CountedApi => counted.has(operation);

/** All of one stream. They begin with the stream and go with it. */
export class StreamCounts {
  readonly #apis = new Map<CountedApi, ApiCounts>();
  /** Archived fragments that reads have looked at, and those whose media they have had. */
  metadataRead = 0;
  mediaRead = 0;

  of(api: CountedApi): ApiCounts {
    const known = this.#apis.get(api);
    if (known !== undefined) return known;
    const made = new ApiCounts();
    this.#apis.set(api, made);
    return made;
  }

  /** Undefined as long as nobody has asked. */
  peek(api: CountedApi): ApiCounts | undefined {
    return this.#apis.get(api);
  }
}
