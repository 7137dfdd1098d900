/** What media that are not Matroska come in, as far as ffmpeg can put that into Matroska. */
export interface FileFormat {
  readonly name: string;
  /** Sound is in a form that Matroska does not take (AAC in ADTS frames): it has to be encoded anew. */
  readonly encodeSound?: true;
  /** Frames alone, without times. */
  readonly timeless?: true;
}

/** Bytes that tell every kind apart. */
export const HEAD_LENGTH = 512;
const EBML = [0x1a, 0x45, 0xdf, 0xa3];
const TS_PACKET = 188;
const BOXES: ReadonlySet<string> = new Set(['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'styp', 'moof', 'sidx']);

const at = (head: Uint8Array, offset: number, bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => head[offset + index] === byte);
const text = (head: Uint8Array, from: number, to: number): string =>
  Buffer.from(head.subarray(from, to)).toString('latin1');

export const isMatroska = (head: Uint8Array): boolean => at(head, 0, EBML);

/** By its first bytes, whatever the file is called; undefined for what is no media known here. */
export function containerOf(head: Uint8Array): FileFormat | undefined {
  const four = text(head, 0, 4);
  const syncs = (from: number, packet: number): boolean =>
    head[from] === 0x47 && (head.length <= from + packet || head[from + packet] === 0x47);
  const sync = ((head[0] ?? 0) << 8) | (head[1] ?? 0);
  if (BOXES.has(text(head, 4, 8))) return { name: text(head, 8, 10) === 'qt' ? 'QuickTime' : 'MP4' };
  if (four === 'RIFF' && text(head, 8, 12) === 'AVI ') return { name: 'AVI' };
  if (four === 'RIFF' && text(head, 8, 12) === 'WAVE') return { name: 'WAV' };
  if (four.startsWith('FLV')) return { name: 'FLV' };
  if (four === 'OggS') return { name: 'Ogg' };
  if (four === 'fLaC') return { name: 'FLAC' };
  if (four === 'DKIF') return { name: 'IVF' };
  if (at(head, 0, [0x30, 0x26, 0xb2, 0x75])) return { name: 'ASF (WMV)' };
  if (at(head, 0, [0, 0, 1, 0xba])) return { name: 'MPEG-PS' };
  if (at(head, 0, [0, 0, 0, 1]) || at(head, 0, [0, 0, 1]))
    return { name: 'a bare video stream (H.264, H.265)', timeless: true };
  if (head.length > TS_PACKET && (syncs(0, TS_PACKET) || syncs(4, TS_PACKET + 4)))
    return { name: 'MPEG-TS', encodeSound: true };
  // Eleven bits of sync; the layer is 0 in AAC and not in MP3.
  if ((sync & 0xfff6) === 0xfff0) return { name: 'AAC (ADTS)', encodeSound: true };
  if (four.startsWith('ID3') || ((sync & 0xffe0) === 0xffe0 && (sync & 0x0006) !== 0)) return { name: 'MP3' };
  return undefined;
}
