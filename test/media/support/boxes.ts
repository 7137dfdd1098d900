// Reads MP4 boxes, for tests; it knows nothing of src/media.

export interface Box {
  readonly type: string;
  /** Where the box begins in the file. */
  readonly start: number;
  readonly body: Uint8Array;
  readonly view: DataView;
}

/** The boxes that fill `bytes`; throws if they do not fill it exactly. */
export function boxesIn(bytes: Uint8Array, base = 0): Box[] {
  const found: Box[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = new DataView(bytes.buffer, bytes.byteOffset + at, 8).getUint32(0);
    if (size < 8 || at + size > bytes.length) throw new Error(`a box of ${size} bytes at ${base + at}`);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + size);
    found.push({ type, start: base + at, body, view: new DataView(body.buffer, body.byteOffset, body.length) });
    at += size;
  }
  return found;
}

/** The first box at a path such as `moov/trak/mdia`; `skip` bytes of the last one's parent are no boxes (stsd: 8). */
export function boxAt(bytes: Uint8Array, path: string): Box {
  let found: Box | undefined;
  let inside = bytes;
  let base = 0;
  for (const type of path.split('/')) {
    found = boxesIn(inside, base).find((box) => box.type === type);
    if (found === undefined) throw new Error(`no ${type} of ${path}`);
    inside = found.body;
    base = found.start + 8;
  }
  return found!;
}

export interface Run {
  readonly track: number;
  readonly sequenceNumber: number;
  readonly baseDecodeTime: bigint;
  readonly signed: boolean;
  readonly samples: { duration: number; size: number; flags: number; offset: number }[];
  /** Where the samples' bytes begin, from the begin of the moof. */
  readonly dataOffset: number;
}

/** What the moof of a segment says. */
export function runOf(segment: Uint8Array): Run {
  const trun = boxAt(segment, 'moof/traf/trun');
  const flags = trun.view.getUint32(0);
  const signed = flags >>> 24 === 1;
  const withOffset = (flags & 0x800) !== 0;
  const samples = Array.from({ length: trun.view.getUint32(4) }, (_, i) => {
    const at = 12 + i * (withOffset ? 16 : 12);
    const offset = withOffset ? (signed ? trun.view.getInt32(at + 12) : trun.view.getUint32(at + 12)) : 0;
    return {
      duration: trun.view.getUint32(at),
      size: trun.view.getUint32(at + 4),
      flags: trun.view.getUint32(at + 8),
      offset,
    };
  });
  return {
    track: boxAt(segment, 'moof/traf/tfhd').view.getUint32(4),
    sequenceNumber: boxAt(segment, 'moof/mfhd').view.getUint32(4),
    baseDecodeTime: boxAt(segment, 'moof/traf/tfdt').view.getBigUint64(4),
    signed,
    samples,
    dataOffset: trun.view.getUint32(8),
  };
}
