// Program specific information (ISO/IEC 13818-1, 2.4.4): what the segment holds, in one packet each.

import { PACKET, SYNC_BYTE } from './packet.ts';

export const PID = { PAT: 0, PMT: 0x1000, VIDEO: 0x100, AUDIO: 0x101 } as const;
export const STREAM_TYPE = { AVC: 0x1b, ADTS: 0x0f } as const;
const TABLE = { PAT: 0, PMT: 2 } as const;
const PROGRAM = 1;
const RESERVED_PID = 0xe000;

export interface ElementaryStream {
  readonly type: number;
  readonly pid: number;
}

const pair = (value: number): number[] => [value >> 8, value & 0xff];

/** The packet with the program association table; its continuity counter is 0. */
export const programAssociation = (): Uint8Array =>
  tablePacket(PID.PAT, TABLE.PAT, [...pair(PROGRAM), ...pair(RESERVED_PID | PID.PMT)]);

/** The packet with the program map table; its continuity counter is 0. */
export const programMap = (pcrPid: number, streams: readonly ElementaryStream[]): Uint8Array =>
  tablePacket(PID.PMT, TABLE.PMT, [
    ...pair(RESERVED_PID | pcrPid),
    ...pair(0xf000), // no descriptors of the program
    ...streams.flatMap(({ type, pid }) => [type, ...pair(RESERVED_PID | pid), ...pair(0xf000)]),
  ]);

function tablePacket(pid: number, table: number, content: readonly number[]): Uint8Array {
  // Program number, version 0 and current, section 0 of 0; then the content and its CRC.
  const body = [...pair(PROGRAM), 0xc1, 0, 0, ...content];
  const section = Uint8Array.from([table, ...pair(0xb000 | (body.length + 4)), ...body]);
  const crc = crc32(section);
  const packet = new Uint8Array(PACKET).fill(0xff);
  packet.set([SYNC_BYTE, ...pair(0x4000 | pid), 0x10, 0]);
  packet.set(section, 5);
  packet.set([...pair(crc >>> 16), ...pair(crc & 0xffff)], 5 + section.length);
  return packet;
}

/** CRC-32 of annex A: no reflection, begun with ones. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  }
  return crc >>> 0;
}
