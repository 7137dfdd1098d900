// Transport stream packets (ISO/IEC 13818-1, 2.4.3).

export const PACKET = 188;
export const SYNC_BYTE = 0x47;
const HEADER = 4;
const CAPACITY = PACKET - HEADER;
/** An adaptation field with a PCR: length, flags, PCR. */
const PCR_FIELD = 8;
const UNIT_START = 0x40;
const ADAPTATION = 0x20;
const PAYLOAD = 0x10;
const RANDOM_ACCESS = 0x40;
const HAS_PCR = 0x10;

/** PTS, DTS and PCR count at 90 kHz in 33 bits and start again at 0 every 26.5 hours. */
const CLOCK_WRAP = 2 ** 33;
export const wrap = (time: number): number => ((time % CLOCK_WRAP) + CLOCK_WRAP) % CLOCK_WRAP;

export interface Unit {
  readonly pid: number;
  /** Bytes of its PES packet. */
  readonly size: number;
  /** Program clock at 90 kHz to be sent with it, before wrapping. */
  readonly pcr?: number;
  /** A decoder may start with it. */
  readonly randomAccess: boolean;
}

const firstField = (unit: Unit): number => (unit.pcr !== undefined ? PCR_FIELD : unit.randomAccess ? 2 : 0);

/** The least number of packets that hold `unit`. */
export const packetsOf = (unit: Unit): number => Math.ceil((firstField(unit) + unit.size) / CAPACITY);

/**
 * Spreads a PES packet over `count` packets from `start` on, in place: its bytes stand at the end of that room. Every
 * packet gets at least one of them, so `count` may pass packetsOf by less than `unit.size`.
 * @param counter continuity counter of the first packet
 */
export function packetize(out: Uint8Array, start: number, count: number, unit: Unit, counter: number): void {
  const end = start + count * PACKET;
  let from = end - unit.size;
  for (let k = 0; k < count; k++) {
    const at = start + k * PACKET;
    const field = k === 0 ? firstField(unit) : 0;
    const size = Math.min(CAPACITY - field, end - from - (count - 1 - k));
    // The bytes first: room for the header is only there once they have moved up.
    out.copyWithin(at + PACKET - size, from, from + size);
    from += size;
    const adapted = size < CAPACITY;
    out[at] = SYNC_BYTE;
    out[at + 1] = (k === 0 ? UNIT_START : 0) | (unit.pid >> 8);
    out[at + 2] = unit.pid & 0xff;
    out[at + 3] = (adapted ? ADAPTATION : 0) | PAYLOAD | ((counter + k) & 0xf);
    if (adapted) adaptationField(out, at + HEADER, CAPACITY - size, k === 0 ? unit : undefined);
  }
}

/** `room` bytes with what the unit asks for, and stuffing. */
function adaptationField(out: Uint8Array, at: number, room: number, unit: Unit | undefined): void {
  out[at] = room - 1;
  if (room === 1) return;
  out[at + 1] = (unit?.randomAccess ? RANDOM_ACCESS : 0) | (unit?.pcr !== undefined ? HAS_PCR : 0);
  let used = 2;
  if (unit?.pcr !== undefined) {
    const base = wrap(unit.pcr);
    const high = Math.floor(base / 2);
    // 33 bits of the base, six reserved bits, no 27 MHz extension.
    out.set([high >>> 24, (high >>> 16) & 0xff, (high >>> 8) & 0xff, high & 0xff], at + 2);
    out.set([((base % 2) << 7) | 0x7e, 0], at + 6);
    used = PCR_FIELD;
  }
  out.fill(0xff, at + used, at + room);
}
