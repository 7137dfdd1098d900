import type { AckError } from './acks.ts';

/** Something about a producer's media that works here and on AWS fails, or fails later and silently. */
export interface Check {
  /** What is so, and what comes of it. */
  readonly text: string;
  /** What whoever sends the media can do. */
  readonly remedy: string;
  /** How the session ends under `--strict`; `warn` if it goes on all the same. */
  readonly strict: AckError | 'warn';
}

const CUT_AT_KEY_FRAMES = '-cluster_time_limit 10000 -cluster_size_limit 10M';

/** Every check of PutMedia that goes beyond AWS's known rules; docs/operations.md is made from it. */
export const checks = {
  fragmentsOverlap: {
    text:
      'A fragment does not begin later than every frame, of any track, of the fragment before it. AWS ends the session ' +
      'there with ERROR 4004, FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS.',
    remedy:
      'Encode without B-frames and cut Clusters at key frames only ' +
      `(ffmpeg: -bf 0 -g 50 ${CUT_AT_KEY_FRAMES}), or have a file cut anew (mkvmerge -o OUT.mkv IN.mkv).`,
    strict: 'FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS',
  },
  aheadOfClock: {
    text:
      'Producer timestamps are ahead of the clock. AWS is said to refuse media from the future with ERROR 4007, ' +
      'INVALID_PRODUCER_TIMESTAMP; who asks for media up to now does not find it.',
    remedy:
      "Compare the producer's clock with the emulator's (kvs-emulator clock). Date a recording in the past (put --start) " +
      'or send it no faster than it plays (put --realtime). A producer whose RELATIVE timecodes count on after a ' +
      'reconnect needs ABSOLUTE ones.',
    strict: 'warn',
  },
  datesOf1970: {
    text: 'ABSOLUTE timecodes are taken for dates and these are of 1970, so nobody who asks by producer time finds them.',
    remedy:
      'Send media whose timecodes count from 0 as RELATIVE, with the time of its start (put without --absolute does so).',
    strict: 'warn',
  },
  noKeyFrame: {
    text:
      'A fragment begins with a video frame that is no key frame, by its bitstream (H.264, H.265) or, where that cannot ' +
      'be read, by the mark of the container. No player can begin there, and what comes before the next key frame is ' +
      'shown broken or not at all.',
    remedy: `Cut Clusters at key frames only (ffmpeg: -g 50 ${CUT_AT_KEY_FRAMES}), or have put --recut do it.`,
    strict: 'warn',
  },
  shortFragment: {
    text: 'A fragment is shorter than 1 s, the least that AWS allows (MIN_FRAGMENT_DURATION_REACHED).',
    remedy: `Place key frames about 2 s apart and cut Clusters there only (ffmpeg: -g 50 ${CUT_AT_KEY_FRAMES}).`,
    strict: 'warn',
  },
  unplayable: {
    text:
      'Nothing plays these tracks: HLS, DASH and GetClip answer UnsupportedStreamMediaTypeException, and only GetMedia ' +
      'and GetMediaForFragmentList give the media back.',
    remedy:
      'Send H.264 or H.265 as track 1 and with it, if there is sound, AAC as track 2 (beside H.264 also G.711); or AAC ' +
      'alone as track 1.',
    strict: 'warn',
  },
  noCodecPrivateData: {
    text:
      'A track has no codec private data: HLS, DASH and GetClip answer MissingCodecPrivateDataException, and GetImages ' +
      'gives no pictures.',
    remedy:
      "Fill in the track's CodecPrivate: avcC for H.264, hvcC for H.265, AudioSpecificConfig for AAC, WAVEFORMATEX for " +
      'G.711. In the C and C++ SDKs that is codecPrivateData of the track, or the NAL adaptation that makes it.',
    strict: 'warn',
  },
  badCodecPrivateData: {
    text:
      "A track's codec private data cannot be read: HLS, DASH and GetClip answer InvalidCodecPrivateDataException, and " +
      'GetImages gives no pictures.',
    remedy:
      'Write avcC for H.264 and hvcC for H.265, not parameter sets with start codes; AudioSpecificConfig for AAC and ' +
      'WAVEFORMATEX for G.711.',
    strict: 'warn',
  },
  tracksChange: {
    text:
      "The tracks are not those of the stream's media so far. A playback session, or a clip, that comes upon both fails " +
      'with UnsupportedStreamMediaTypeException.',
    remedy:
      'Send the same tracks with the same codecs to a stream for as long as it retains the old ones, or use another stream.',
    strict: 'warn',
  },
  codecPrivateDataChanges: {
    text:
      "The codec private data are not those of the stream's media so far, as after a change of size, rate or quality. HLS " +
      'goes on behind a discontinuity; a DASH session, or a clip, that comes upon both fails.',
    remedy: 'Keep the settings of the encoder, or ask DASH and GetClip for times before or after the change only.',
    strict: 'warn',
  },
  severalDocuments: {
    text: 'Another EBML header follows in the same PutMedia call. AWS ends the session there with ERROR 4006, INVALID_MKV_DATA.',
    remedy: 'Start a new PutMedia call for each Matroska document.',
    strict: 'warn',
  },
} as const satisfies Readonly<Record<string, Check>>;

export type CheckName = keyof typeof checks;
