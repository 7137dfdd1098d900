// What the rules need from outside. store/ implements it; compose.ts joins the two.

/** The bytes of one stored fragment, wherever they are. */
export interface Payload {
  readonly size: number;
  /** The bytes in order, in pieces of any size. Valid until `remove`; pieces already handed out stay valid. */
  read(): Promise<readonly Uint8Array[]>;
  /** Gives the room back. */
  remove(): void;
}

/** Keeps fragments' bytes. Room for them is taken before they are kept, so that it can be refused in time. */
export interface PayloadStore {
  /** A place for the fragments of one stream. */
  shelf(): PayloadShelf;
}

export interface PayloadShelf {
  /** A place for a fragment whose bytes are still to come. */
  draft(): PayloadDraft;
}

/** The bytes of a fragment that is being received. Room for them has been reserved by whoever appends them. */
export interface PayloadDraft {
  /** Adds bytes at the end. The piece is the caller's again afterwards. */
  append(piece: Uint8Array): void;
  /**
   * Returns a function that tells the bytes so far, in pieces of any size: as long as bytes come, the last piece may be
   * a longer one the next time, and others may follow. Pieces handed out stay valid.
   */
  follow(): () => readonly Uint8Array[];
  /** The bytes so far, for whoever is done with them at once: they do not stay valid. */
  look(): readonly Uint8Array[];
  /** Nothing more will come, for the time being at least. */
  end(): void;
  /** Resolves when the bytes, all of which have come, are safe; rejects if they cannot be kept. */
  keep(): Promise<Payload>;
  /** Forgets the bytes. Their room is the caller's to release. */
  discard(): void;
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

/** Turns video into pictures. */
export interface FrameDecoder {
  /**
   * A file for each of the times, undefined for those that cannot be had. Never rejects, and comes to an end within a
   * bounded real time whatever the video is.
   */
  decode(job: DecodeJob, signal: AbortSignal): Promise<(Uint8Array | undefined)[]>;
}
