import type { FragmentAck } from '../client/putMedia.ts';

/** What the service's ERROR acknowledgments mean, and what to do about them. */
const ADVICE: Readonly<Record<string, string>> = {
  STREAM_READ_ERROR: 'The service could not read all of the body: it is stopping, or the file is cut short. Try again.',
  MAX_FRAGMENT_SIZE_REACHED: 'A fragment is over 50 MB. Encode with fewer bits or with key frames closer together.',
  MAX_FRAGMENT_DURATION_REACHED:
    'A fragment lasts longer than 20 s. A Cluster is a fragment: put --recut cuts them at key frames; where those are ' +
    'further apart, encode with more of them (ffmpeg: -g with 2 s of frames).',
  MAX_CONNECTION_DURATION_REACHED: 'A session ends after 45 min. Start another one for the rest.',
  FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS:
    'A Cluster begins no later than the one before it ends. put --recut cuts them at key frames, without frames that ' +
    'reach into the next one (ffmpeg: -bf 0, or closed groups of pictures). One recording in a session.',
  MORE_THAN_ONE_TRACK_FOUND: 'There are more tracks than the stream takes. Send up to 3 tracks.',
  INVALID_MKV_DATA:
    'This is not the Matroska the service takes. Remux it: ffmpeg -i FILE -c copy OUT.mkv, and put that with --recut.',
  INVALID_PRODUCER_TIMESTAMP:
    'The time of the media is out of range. Look at --start, and use --absolute only if timecodes are dates.',
  STREAM_NOT_ACTIVE: 'The stream is being deleted or changed. Wait, or create it again.',
  FRAGMENT_METADATA_LIMIT_REACHED: 'A fragment has more than 10 tags. Send fewer.',
  TRACK_NUMBER_MISMATCH: 'A frame names a track that is not in the header. Remux the file.',
  FRAMES_MISSING_FOR_TRACK:
    'A fragment has no frame of one of the tracks: each fragment needs at least one of each. Drop the track, or let ' +
    'put --recut make longer ones.',
  MORE_THAN_ALLOWED_TRACKS_FOUND:
    'There are more than 3 tracks. Choose some: ffmpeg -i FILE -map 0:v:0 -map 0:a:0 -c copy OUT.mkv',
  STREAM_DELETED: 'The stream was deleted meanwhile.',
  INTERNAL_ERROR: 'Something went wrong in the service. Its log tells more; try again.',
  ARCHIVAL_ERROR: "The emulator's store is full. Give it more with --max-memory, or shorten the stream's retention.",
};

/** One sentence or two; never empty. */
export function ackAdvice({ ErrorCode: code = '' }: FragmentAck): string {
  if (code.startsWith('KMS_KEY_')) return "The stream's KMS key cannot be used. Look at its state and who may use it.";
  return ADVICE[code] ?? 'The service ended the session.';
}
