import {
  type Bytes,
  cluster,
  concat,
  ebmlHeader,
  info,
  segment,
  simpleBlock,
  type TagValues,
  tags,
  tracks,
} from './mkv.ts';

/** A recording of fragments of so many milliseconds with two frames each, the first with the given metadata. */
export function recording(count: number, options: { lengthMs?: number; metadata?: TagValues } = {}): Bytes {
  const { lengthMs = 1000, metadata } = options;
  const clusters = Array.from({ length: count }, (_, i) =>
    concat(
      cluster({ timecode: i * lengthMs }, [simpleBlock({ key: true }), simpleBlock({ time: lengthMs / 2 })]),
      ...(metadata !== undefined && i === 0 ? [tags(metadata)] : []),
    ),
  );
  return concat(ebmlHeader(), segment([info(), tracks(), ...clusters]));
}
