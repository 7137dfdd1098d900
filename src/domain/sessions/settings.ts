import type { TimeAxis } from '../fragments/fragmentIndex.ts';

export type PlaybackMode = 'LIVE' | 'LIVE_REPLAY' | 'ON_DEMAND';
export type Container = 'FRAGMENTED_MP4' | 'MPEG_TS';
export type DiscontinuityMode = 'ALWAYS' | 'NEVER' | 'ON_DISCONTINUITY';

/** What whoever asked for a session chose. Times in ms since the epoch. */
export interface SessionSettings {
  readonly protocol: 'HLS' | 'DASH';
  readonly mode: PlaybackMode;
  readonly axis: TimeAxis;
  /** Absent for LIVE. */
  readonly start?: number | undefined;
  /** Absent for LIVE, and for a LIVE_REPLAY that goes on. */
  readonly end?: number | undefined;
  /** The most fragments in one list. */
  readonly max: number;
  readonly container: Container;
  readonly discontinuity: DiscontinuityMode;
  readonly showTimestamps: boolean;
  readonly showNumbers: boolean;
  readonly expiresSeconds: number;
}
