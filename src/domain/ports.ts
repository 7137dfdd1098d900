// What the rules need from outside. store/ implements it; assemble.ts joins the two.
import type { KeyObject } from 'node:crypto';
import type { ChannelRecord } from './channels/channelRecord.ts';
import type { FragmentRecord, HeaderRecord } from './fragments/fragmentRecord.ts';
import type { RunRecord } from './fragments/runRecord.ts';
import type { KeyRecord } from './keys/keyRecord.ts';
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
  /** The log has been told already, by whoever keeps things. */
  told = false;

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
  /** Those of the built-in KMS. */
  readonly keys: RecordTable<KeyRecord>;
  /** Which recordings streams show. Their media are on shelves of their own, see `recordings/`. */
  readonly runs: RecordTable<RunRecord>;
  /**
   * What to wait for until all that was put and removed outlasts the process and its machine, as far as it ever does;
   * undefined if it does. Rejects with a StoreError. Whoever has asked for a change is told of it behind that.
   */
  safe(): Promise<void> | undefined;
}

/** Bytes for one reader, who comes as far as they do. */
export interface Reading {
  /**
   * The next bytes, or undefined if there are none at the moment. They are few enough for a reader who does not read to
   * hold them, and stay valid. Throws a StoreError.
   */
  take(): Uint8Array | undefined;
  /**
   * Of bytes that lie where it takes its time to read them: what to wait for if there were none, before they are taken.
   * Undefined if that would be of no use. Never rejects.
   */
  comes?(): Promise<void> | undefined;
}

/** Who reads, as keys know them: the ARN of a principal. */
export type Reader = string;

/** The bytes of one stored fragment, wherever they are. */
export interface Payload {
  readonly size: number;
  /** Whether that reader may have the bytes at all: throws, or rejects with, a StoreError if not. Costs little each time. */
  admit(reader: Reader): void | Promise<void>;
  /** The bytes in order. To be taken before `remove`. Rejects with a StoreError. */
  open(reader: Reader): Promise<Reading>;
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

/** A fragment that begins, and who sends it. */
export interface DraftOf {
  readonly number: string;
  /** The ARN of a principal. */
  readonly writer: string;
}

/** Makes bytes what they are to be kept as; `what` says which ones of a fragment they are. */
export type Sealer = (what: string, bytes: Uint8Array) => Uint8Array;

export interface PayloadShelf {
  /** A place for a fragment whose bytes are still to come. */
  draft(of: DraftOf): PayloadDraft;
  /**
   * Seals bytes that belong to that fragment, of which the shelf itself has nothing. Throws, or rejects with, a StoreError if
   * there is no key.
   */
  sealer(of: DraftOf): Sealer | Promise<Sealer>;
  /** What `seal` of a draft, or such a sealer, made of bytes that belong to the fragment of that number, in the clear again. */
  unseal(number: string, what: string, sealed: Uint8Array, reader: Reader): Uint8Array | Promise<Uint8Array>;
  /** What stands in front of fragments. It is there before the first of them is kept, and until the last has gone. */
  readonly headers: RecordTable<HeaderRecord>;
  /** All fragments that are kept, in any order. Throws a StoreError, unreadable or broken. */
  entries(): Iterable<KeptFragment>;
  /**
   * What to wait for until all that was removed stays away, though the process is killed; undefined if it does. Rejects
   * with a StoreError.
   */
  cleared(): Promise<void> | undefined;
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
   * Whether there is a key to keep the fragment under: undefined if there is, or a promise if that is still to be found
   * out. Throws, or rejects with, a StoreError if there is none.
   */
  secured(): Promise<void> | undefined;
  /**
   * Takes room and copies bytes to the end; false, and as it was, if there is no room. Throws a StoreError, other than
   * full.
   */
  append(piece: Uint8Array): boolean;
  /** As of a Payload. The bytes go on to come until `end`. */
  open(reader: Reader): Promise<Reading>;
  admit(reader: Reader): void | Promise<void>;
  /** The bytes so far, for whoever is done with them at once: they do not stay valid. There are none behind `end`. */
  look(): readonly Uint8Array[];
  /**
   * Nothing more will come, for the time being at least; from now on the bytes lie there as they are to be kept. A
   * promise if that takes its time. Throws, or rejects with, a StoreError if that cannot be.
   */
  end(): Promise<void> | undefined;
  /** Other bytes that belong to the fragment, as they are to be kept. Behind `end`. */
  seal: Sealer;
  /**
   * Resolves when the fragment, all of which has come, is safe: the payload has its bytes and their room from then on.
   * Rejects with a StoreError if it cannot be kept; the draft is then as it was, and still to be discarded.
   * @param record makes what is to be kept with the bytes, the same each time: at once, or when somebody asks for entries
   */
  keep(record: () => FragmentRecord): Promise<Payload>;
  /** Forgets the bytes, and gives their room back once it is free. */
  discard(): void;
}

/** What a store can do besides if what it keeps is to be sealed. */
export interface BareDraft extends PayloadDraft {
  /** The bytes as they lie there, at once: so far and to come, until they are discarded or removed. */
  follow(): Reading;
  /** Nothing is left to be done then. */
  end(): undefined;
}
export interface BareShelf extends PayloadShelf {
  /** A fragment has begun, for which a draft will be wanted when all of it has come. */
  expect(): void;
  draft(of: DraftOf): BareDraft;
  entries(): Iterable<KeptFragment & { readonly payload: BarePayload }>;
  /**
   * Keeps a fragment with bytes that the store has already, of a snapshot; the caller's hold on them is the fragment's
   * from now on. Throws a StoreError if it cannot be kept. It outlasts the process, as far as it ever does, once the
   * records are safe that are put behind it.
   */
  adopt(record: FragmentRecord, bytes: KeptBytes): void;
}
export interface BarePayload extends Payload {
  /** Its bytes as they lie there, for one who holds them until `release`, whatever becomes of the fragment. Throws a StoreError. */
  share(): KeptBytes;
}
/** Keeps what others have sealed. */
export interface BareStore extends PayloadStore {
  shelf(owner: ShelfOwner): BareShelf;
  /** A place for fragments that come from elsewhere, and are no stream's yet. */
  stage(): Stage;
}

/** Sealed bytes that change no more. They are there, and take their room, as long as anybody holds them. */
export interface KeptBytes {
  readonly size: number;
  /** Whether more than one holds them. */
  readonly shared: boolean;
  /** The bytes in order. Rejects with a StoreError. */
  open(): Promise<Reading>;
  /** For another, who is to release them too. */
  hold(): KeptBytes;
  release(): void;
}

/** A fragment that comes from elsewhere, and the shelf that it may be put on. */
export interface StagedFragment {
  readonly arn: string;
  readonly record: FragmentRecord;
  readonly header: HeaderRecord;
}

/** Takes one fragment after the other. */
export interface Stage {
  begin(of: StagedFragment): StagedBytes;
  /** No more come. */
  end(): void;
}

export interface StagedBytes {
  /** As of a PayloadDraft. */
  append(piece: Uint8Array): boolean;
  /** All have come: the caller holds them. Throws, or rejects with, a StoreError; they are forgotten then. */
  done(): KeptBytes | Promise<KeptBytes>;
  /** Forgets them instead. */
  discard(): void;
}

/** A data key as its KMS has wrapped it. It is plain data, and kept with what is sealed under it. */
export interface WrappedKey {
  /** The ARN of the key that it was wrapped with. */
  readonly keyArn: string;
  readonly bytes: Uint8Array;
}

/** A data key to seal with. */
export interface DataKey {
  readonly key: KeyObject;
  readonly wrapped: WrappedKey;
  /** A number that no other use of the key has had. */
  count(): number;
}

/** The data keys of streams. What is refused is a StoreError, sealed, thrown or rejected with. */
export interface DataKeys {
  /** That to seal with what is written to a stream. */
  toSeal(owner: ShelfOwner, writer: string): DataKey | Promise<DataKey>;
  /** One that something of the stream was sealed with, for a reader. */
  toOpen(owner: ShelfOwner, wrapped: WrappedKey, reader: Reader): KeyObject | Promise<KeyObject>;
  /** The stream is gone. */
  forget(arn: string): void;
}

/** Where things are kept. What is there already goes on. */
export interface Stores {
  readonly records: RecordStore;
  /** Media comes to it sealed. */
  readonly payloads: BareStore;
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

/** A message to a topic of SNS. */
export interface NotificationMessage {
  readonly id: string;
  /** Its ARN, or what the configuration has in its place. */
  readonly topic: string;
  readonly region: string;
  readonly subject: string;
  readonly message: string;
}

/** A picture for a bucket of S3. */
export interface ImageObject {
  readonly bucket: string;
  readonly region: string;
  readonly key: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Brings things out of the service. Nobody waits for it, and what cannot be delivered is lost. */
export interface Delivery {
  /** Whether anybody gets pictures: they cost a decoder. */
  readonly takesImages: boolean;
  notification(message: NotificationMessage): void;
  image(image: ImageObject): void;
}
