// What stands between the readers and the writers of containers.

export type CodecName = 'avc' | 'hevc' | 'aac' | 'alaw' | 'ulaw' | 'unknown';

/** What a document's header says of one track. */
export interface Track {
  readonly number: number;
  readonly kind: 'video' | 'audio' | 'other';
  /** `unknown` also if its frames are compressed or encrypted by the container. */
  readonly codec: CodecName;
  /** As it stands there, without the NULs that producers pad it with. */
  readonly codecId: string;
  /** Absent if there is none, or an empty one. */
  readonly codecPrivate?: Uint8Array;
  readonly width?: number;
  readonly height?: number;
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly defaultDurationNs?: number;
}

/** One frame as read: in the order in which it is decoded, with the time at which it is shown. */
export interface Frame {
  /** A view of the bytes it was read from, where they were in one piece. */
  readonly data: Uint8Array;
  readonly key: boolean;
  /** Nanoseconds from the Cluster's timestamp; may be negative. */
  readonly timeNs: number;
  /** Where the container says so; only for the last frame is it not better told by the next one. */
  readonly durationNs?: number;
  /** Why the container does not lead to its bytes; then there are none in `data`. */
  readonly fault?: string;
}

/** One frame as written: all times are integers in the track's timescale (units in a second). */
export interface Sample {
  readonly data: Uint8Array;
  readonly key: boolean;
  readonly dts: number;
  readonly pts: number;
  /** To the next sample's dts, at least 1. */
  readonly duration: number;
}

interface ConfigBase {
  readonly track: Track;
  /** Units in a second of the track's times: 1000 for video, the sampling rate for audio. */
  readonly timescale: number;
  /** As in RFC 6381: `avc1.42c01e`, `mp4a.40.2`. */
  readonly codecString: string;
}

export interface VideoConfig extends ConfigBase {
  readonly kind: 'video';
  readonly codec: 'avc' | 'hevc';
  /** The decoder configuration record: verbatim, unless the frames must complete it. */
  readonly record: Uint8Array;
  /** Bytes of the length in front of each NAL unit: 1, 2 or 4. */
  readonly lengthSize: number;
  /** VPS, SPS, PPS and what else the record holds, in its order. */
  readonly parameterSets: readonly Uint8Array[];
  /** As shown, after cropping; 0 if neither parameter sets nor container tell. */
  readonly width: number;
  readonly height: number;
  /** How many pictures may come before one that is shown earlier, as the parameter sets say; 0 if they do not. */
  readonly reorderFrames: number;
}

export interface AudioConfig extends ConfigBase {
  readonly kind: 'audio';
  readonly codec: 'aac' | 'alaw' | 'ulaw';
  readonly channels: number;
  /** In Hz, of what is heard: twice the timescale if AAC says that spectral band replication makes it so. */
  readonly sampleRate: number;
  /** PCM samples of one frame at the timescale's rate; for G.711 it follows from the frame's size, and this is 0. */
  readonly frameLength: number;
  /** For AAC: what an ADTS header and an `esds` box need. */
  readonly aac?: {
    readonly specificConfig: Uint8Array;
    readonly objectType: number;
    readonly rateIndex: number;
    readonly channelConfiguration: number;
    /** Where the configuration is 0: the program_config_element as frames of ADTS carry it, whole bytes. */
    readonly channelElements?: Uint8Array;
  };
}

/** A track that can be written, as its codec private data tells; made by `configure` of codec/configure.ts. */
export type TrackConfig = VideoConfig | AudioConfig;
