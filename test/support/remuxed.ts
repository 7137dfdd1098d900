// A recording as another producer would have sent it: the same frames under other codec private data, with other flags, in
// other clothes. It knows nothing of src/media.
import { ID } from './ids.ts';
import {
  type Bytes,
  cluster,
  concat,
  ebmlHeader,
  element,
  float,
  info,
  segment,
  simpleBlock,
  uint,
  utf8,
} from './mkv.ts';
import { type Frame, walk } from './walk.ts';

/** What is changed of a track; what is not told stays. */
export interface Change {
  readonly codecId?: string;
  readonly codecPrivate?: (own: Bytes) => Bytes;
  /** What stands in Video or Audio; nothing if empty. */
  readonly details?: readonly Bytes[];
  readonly key?: (own: boolean) => boolean;
  readonly data?: (frame: Frame) => Bytes;
}

export function remuxed(source: Bytes, changes: Readonly<Record<number, Change>>): Bytes {
  const documents = walk(source);
  return concat(
    ...documents.map(({ tracks, clusters }) => {
      const entries = tracks.map(({ number, codecId, codecPrivate = new Uint8Array() }) => {
        const video = codecId.startsWith('V_');
        const change = changes[number] ?? {};
        const usual = video
          ? [uint(ID.PixelWidth, 320), uint(ID.PixelHeight, 180)]
          : [float(ID.SamplingFrequency, 48_000), uint(ID.Channels, 1)];
        const details = change.details ?? usual;
        return element(ID.TrackEntry, [
          uint(ID.TrackNumber, number),
          uint(ID.TrackUID, number),
          uint(ID.TrackType, video ? 1 : 2),
          utf8(ID.CodecID, change.codecId ?? codecId),
          element(ID.CodecPrivate, change.codecPrivate?.(codecPrivate) ?? codecPrivate),
          ...(details.length > 0 ? [element(video ? ID.Video : ID.Audio, details)] : []),
        ]);
      });
      const blocks = (frames: readonly Frame[], timecode: bigint) =>
        frames.map((frame) => {
          const change = changes[frame.track];
          return simpleBlock({
            track: frame.track,
            time: frame.time - Number(timecode),
            key: change?.key?.(frame.key) ?? frame.key,
            data: change?.data?.(frame) ?? frame.data,
          });
        });
      return concat(
        ebmlHeader(),
        segment([
          info(),
          element(ID.Tracks, entries),
          ...clusters.map(({ timecode, frames }) => cluster({ timecode, size: 'known' }, blocks(frames, timecode))),
        ]),
      );
    }),
  );
}
