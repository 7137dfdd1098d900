export interface Timeline {
  /** Where the fragment's Cluster timestamp (Frame.timeNs 0) lies, in ms: since the epoch, or since a session's start. */
  readonly startMs: number;
  /** Where the next fragment's first picture is shown, in ms, if it is known to follow on: the last sample ends there. */
  readonly endMs?: number;
  /**
   * Decode times lie at least so far before presentation times, so that they stay in step over fragments with and
   * without B-frames; see reorderDelayMs. Unless told: what the track's parameter sets say.
   */
  readonly delayMs?: number;
  /** Length of a lone frame of a track without a default duration; 1 ms unless told. */
  readonly fallbackDurationMs?: number;
}
