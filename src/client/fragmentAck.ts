/** One acknowledgment of PutMedia, with the service's own names. */
export interface FragmentAck {
  readonly EventType: 'BUFFERING' | 'RECEIVED' | 'PERSISTED' | 'ERROR' | 'IDLE';
  /** The Cluster's timecode as it was sent, in the producer's timecode scale; a bigint beyond 2^53. */
  readonly FragmentTimecode?: number | bigint;
  /** 47 decimal digits. */
  readonly FragmentNumber?: string;
  /** `STREAM_READ_ERROR`, `INVALID_MKV_DATA`, ...: with ERROR only, like its number `ErrorId`. */
  readonly ErrorCode?: string;
  readonly ErrorId?: number;
}
