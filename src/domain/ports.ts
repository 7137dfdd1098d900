// What the rules need from outside. store/ implements it; assemble.ts joins the two.
import type { ChannelRecord } from './channels/channelRecord.ts';
import type { FragmentRecord, HeaderRecord } from './fragments/fragmentRecord.ts';
import type { Era, PastName } from './resources/record.ts';
import type { StreamRecord } from './streams/streamRecord.ts';

/**
 * What is wrong when a store cannot do what it was asked:
 * - full: there is no room; there may be later
 * - unreadable: what was kept is not there any more, or is not what was kept
 * - sealed: it is kept, and cannot be opened: the key may not be used
 * - broken: what it keeps things on does not work
 */
export type StoreErrorKind = 'full' | 'unreadable' | 'sealed' | 'broken';

/** What stores throw, and nothing else does. */
export class StoreError extends Error {
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.kind = kind;
  }
}

/** Entries by their keys. They are plain data, and never written to: an entry is as safe in a Map as on a disk. */
export interface RecordTable<Entry> {
  /** What is kept, in any order. Throws a StoreError, unreadable or broken. */
  entries(): Iterable<readonly [key: string, entry: Entry]>;
  /** Once it returns the entry is kept. Otherwise it throws a StoreError, and what was there before stays. */
  put(key: string, entry: Entry): void;
  /** The same of its removal. */
  remove(key: string): void;
}

/** Keeps what there is besides media. Whoever is made from a store that holds something goes on from that. */
export interface RecordStore {
  readonly streams: RecordTable<StreamRecord>;
  readonly channels: RecordTable<ChannelRecord>;
  readonly names: RecordTable<PastName>;
  readonly eras: RecordTable<Era>;
}

/** The bytes of one stored fragment, wherever they are. */
export interface Payload {
  readonly size: number;
  /**
   * The bytes in order, in pieces of any size. Valid until `remove`; pieces already handed out stay valid. Rejects with a
   * StoreError.
   */
  read(): Promise<readonly Uint8Array[]>;
  /** Forgets the fragment, and gives its room back. */
  remove(): void;
}

/** Keeps fragments. What room their bytes take is its own affair: it refuses in time, and says nothing when it has some. */
export interface PayloadStore {
  /** The place for the fragments of one stream, with those that it holds already. */
  shelf(owner: ShelfOwner): PayloadShelf;
}

/** Whose fragments they are. */
export interface ShelfOwner {
  readonly arn: string;
  /** The key that its fragments are kept under, as the stream's record has it. */
  keyId(): string;
}

export interface PayloadShelf {
  /** A place for a fragment whose bytes are still to come. */
  draft(): PayloadDraft;
  /** What stands in front of fragments. It is there before the first of them is kept, and until the last has gone. */
  readonly headers: RecordTable<HeaderRecord>;
  /** All fragments that are kept, in any order. Throws a StoreError, unreadable or broken. */
  entries(): Iterable<KeptFragment>;
  /**
   * The stream is gone, and so is all that is on it, also after a restart: one that has its ARN later begins with nothing.
   * Room comes back payload by payload, as they are removed.
   */
  leave(): void;
}

export interface KeptFragment {
  readonly record: FragmentRecord;
  readonly payload: Payload;
}

/** The bytes of a fragment that is being received, and their room. */
export interface PayloadDraft {
  /**
   * Takes room and adds bytes at the end; false, and as it was, if there is no room. The piece is the caller's again
   * afterwards. Throws a StoreError, other than full.
   */
  append(piece: Uint8Array): boolean;
  /**
   * Returns a function that tells the bytes so far, in pieces of any size: as long as bytes come, the last piece may be
   * a longer one the next time, and others may follow. Pieces handed out stay valid.
   */
  follow(): () => readonly Uint8Array[];
  /** The bytes so far, for whoever is done with them at once: they do not stay valid. */
  look(): readonly Uint8Array[];
  /** Nothing more will come, for the time being at least. */
  end(): void;
  /**
   * Resolves when the fragment, all of which has come, is safe: the payload has its bytes and their room from then on.
   * Rejects with a StoreError if it cannot be kept; the draft is then as it was, and still to be discarded.
   * @param record makes what is to be kept with the bytes, the same each time: at once, or when somebody asks for entries
   */
  keep(record: () => FragmentRecord): Promise<Payload>;
  /** Forgets the bytes, and gives their room back once it is free. */
  discard(): void;
}

/** Where things are kept. What is there already goes on. */
export interface Stores {
  readonly records: RecordStore;
  readonly payloads: PayloadStore;
}

/** Pictures of a piece of video, out of the decoder as files. */
export interface DecodeJob {
  /** Jobs of one stream are done one at a time: its key. */
  readonly stream: string;
  /** A fragmented MP4 of one video track. */
  readonly video: readonly Uint8Array[];
  /** Presentation times of the pictures wanted, ms, ascending, each that of a frame. */
  readonly times: readonly number[];
  readonly format: 'JPEG' | 'PNG';
  /** 1 to 100, for JPEG. */
  readonly quality: number;
  /** To stretch to; absent for the size they have. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
}

/** A relay for those who cannot reach each other (TURN). */
export interface IceRelay {
  /** Where it is reached by those who reach the emulator by that host name. */
  uri(host: string): string;
  /** Lets a user in until then, on the emulator's clock, by the password that it returns: one name has one password. */
  grant(username: string, expiresAt: number): string;
}

/** Turns video into pictures. */
export interface FrameDecoder {
  /**
   * A file for each of the times, undefined for those that cannot be had. Never rejects, and comes to an end within a
   * bounded real time whatever the video is.
   */
  decode(job: DecodeJob, signal: AbortSignal): Promise<(Uint8Array | undefined)[]>;
}
