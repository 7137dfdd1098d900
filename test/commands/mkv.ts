// Just enough Matroska for tests of the walk over it.

export function element(id: number, payload: Uint8Array | number[] | string, sizeLength = 1): Buffer {
  const hex = id.toString(16);
  const data = Buffer.from(payload as Uint8Array);
  const size = Buffer.alloc(sizeLength);
  let value = data.length;
  for (let i = sizeLength - 1; i >= 0; i--, value = Math.floor(value / 256)) size[i] = value & 0xff;
  size[0] = (size[0] ?? 0) | (0x80 >> (sizeLength - 1));
  return Buffer.concat([Buffer.from(hex, 'hex'), size, data]);
}

/** Begins an element of unknown size, in one byte or in eight. */
export const unknown = (id: number, length: 1 | 8 = 1): Buffer =>
  Buffer.concat([
    Buffer.from(id.toString(16), 'hex'),
    Buffer.from(length === 1 ? [0xff] : [1, ...Array(7).fill(0xff)]),
  ]);

export const unsigned = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};

export const block = (relative: number, track = 1, payload = 'frame'): Buffer =>
  element(
    0xa3,
    Buffer.concat([Buffer.from([0x80 | track, (relative >> 8) & 0xff, relative & 0xff, 0x80]), Buffer.from(payload)]),
  );

export const cluster = (timecode: number, ...relative: number[]): Buffer =>
  element(0x1f43b675, Buffer.concat([element(0xe7, unsigned(timecode)), ...relative.map((time) => block(time))]), 4);

export const ebml = (): Buffer => element(0x1a45dfa3, element(0x4282, 'matroska'));

export const head = (scale?: number): Buffer =>
  Buffer.concat([
    ebml(),
    unknown(0x18538067, 8),
    element(0xec, Buffer.alloc(87), 8),
    element(0x1549a966, scale === undefined ? element(0x4d80, 'test') : element(0x2ad7b1, unsigned(scale)), 8),
    element(0x1654ae6b, element(0xae, [...element(0xd7, [1]), ...element(0x83, [1])]), 4),
  ]);

export const tags = (values: Record<string, string>): Buffer => {
  const simple = Object.entries(values).map(([name, value]) =>
    element(0x67c8, Buffer.concat([element(0x45a3, name, 4), element(0x4487, value, 4)]), 4),
  );
  return element(0x1254c367, element(0x7373, Buffer.concat(simple), 4), 4);
};

/** A file of fragments of two seconds, with a frame each half second. */
export const recording = (fragments: number): Buffer =>
  Buffer.concat([head(), ...Array.from({ length: fragments }, (_, i) => cluster(i * 2000, 0, 500, 1000, 1500))]);

/** What GetMedia sends for one fragment. */
export const fragmentDocument = (number: string, timecode: number): Buffer =>
  Buffer.concat([
    head(),
    tags({ AWS_KINESISVIDEO_FRAGMENT_NUMBER: number }),
    cluster(timecode, 0, 500),
    tags({ AWS_KINESISVIDEO_MILLIS_BEHIND_NOW: '910', AWS_KINESISVIDEO_CONTINUATION_TOKEN: number }),
  ]);
