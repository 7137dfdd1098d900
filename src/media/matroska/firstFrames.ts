import { PieceBytes } from '../bytes/pieceBytes.ts';
import type { FrameStart } from '../codec/keyFrame.ts';
import { type Element, MOST_CHILDREN, readElementOf } from '../ebml/elements.ts';
import { readVint, vintLength } from '../ebml/vint.ts';
import { ID, KEY_FLAG } from './ids.ts';
import { lacedFrameSizes } from './lacing.ts';

/** Parameter sets, messages and the head of a slice are in there, whatever the size of the picture. */
export const START_BYTES = 262_144;
/** A fragment's first picture is among these, or is not looked for. */
const MOST_ELEMENTS = 256;
/** Of a BlockGroup that is looked at on the way to it; usual are two or three. */
const MOST_PARTS = 32;
const NOTHING = new Uint8Array();

/** A SimpleBlock or BlockGroup, with the beginning of its first frame. */
export interface BlockStart extends FrameStart {
  readonly track: number;
  /** Ticks from its Cluster's timestamp: the two bytes at `timeAt`. */
  readonly time: number;
  readonly timeAt: number;
}

/**
 * Undefined if there is no frame in it.
 * @param most how many bytes of the frame are wanted
 * @param mostParts how many children a BlockGroup may have
 */
export function blockStart(
  bytes: PieceBytes,
  { id, contentAt, size }: Element,
  most = START_BYTES,
  mostParts = MOST_CHILDREN,
): BlockStart | undefined {
  if (id === ID.SimpleBlock) return start(bytes, contentAt, contentAt + size, most, undefined);
  const end = contentAt + size;
  let block: Element | undefined;
  let key = true;
  let count = 0;
  for (let at = contentAt; at < end; ) {
    const child = readElementOf(bytes, at, end);
    count += 1;
    if (child === undefined || child.size < 0 || count > mostParts) return undefined;
    at = child.contentAt + child.size;
    if (at > end) return undefined;
    if (child.id === ID.Block) block = child;
    else if (child.id === ID.ReferenceBlock) key = false;
  }
  return block && start(bytes, block.contentAt, block.contentAt + block.size, most, key);
}

function start(
  bytes: PieceBytes,
  from: number,
  end: number,
  most: number,
  key: boolean | undefined,
): BlockStart | undefined {
  // A track's number has up to eight bytes, time two, flags one.
  const head = bytes.slice(from, Math.min(from + 11, end));
  const trackLength = vintLength(head[0] ?? 0);
  if (trackLength > 8 || head.length < trackLength + 3) return undefined;
  const flags = head[trackLength + 2] as number;
  const payloadAt = from + trackLength + 3;
  const payload = bytes.slice(payloadAt, Math.min(payloadAt + most, end));
  return {
    track: readVint(head, 0, trackLength),
    // Signed, of 16 bits.
    time: (((head[trackLength] as number) << 24) | ((head[trackLength + 1] as number) << 16)) >> 16,
    timeAt: from + trackLength,
    key: key ?? (flags & KEY_FLAG) !== 0,
    ...firstOf(payload, end - payloadAt, (flags >> 1) & 3),
  };
}

/** No bytes if it cannot be told where in a lace they are. */
function firstOf(payload: Uint8Array, size: number, lacing: number): Pick<FrameStart, 'data' | 'size'> {
  if (lacing === 0) return { data: payload, size };
  const sizes = payload.length === size ? lacedFrameSizes(lacing, payload) : undefined;
  const [first] = sizes ?? [];
  if (sizes === undefined || first === undefined) return { data: NOTHING, size: 0 };
  const at = size - sizes.reduce((total, one) => total + one, 0);
  return { data: payload.subarray(at, at + first), size: first };
}

/**
 * The first frames of a track in a fragment: a Cluster and what follows it. What cannot be read ends them.
 * @param most how many bytes of them are wanted in all
 */
export function* firstFrames(
  pieces: readonly Uint8Array[],
  track: number,
  most = START_BYTES,
): Generator<BlockStart, void, void> {
  const bytes = new PieceBytes(pieces);
  let at = readElementOf(bytes, 0, bytes.length)?.contentAt ?? bytes.length;
  let left = most;
  for (let elements = 0; elements < MOST_ELEMENTS && left > 0; elements++) {
    const element = readElementOf(bytes, at, bytes.length);
    if (element === undefined || element.size < 0) return;
    at = element.contentAt + element.size;
    if (at > bytes.length) return;
    if (element.id !== ID.SimpleBlock && element.id !== ID.BlockGroup) continue;
    const block = blockStart(bytes, element, left, MOST_PARTS);
    if (block?.track !== track) continue;
    left -= block.data.length;
    yield block;
  }
}
