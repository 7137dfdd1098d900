// Reads MPEG-TS, for tests; it knows nothing of src/media.

export interface TsPacket {
  readonly pid: number;
  readonly start: boolean;
  readonly counter: number;
  readonly pcr?: number;
  readonly randomAccess: boolean;
  readonly payload: Uint8Array;
}

/** Throws if a packet is not one, or an adaptation field leaves it. */
export function tsPackets(bytes: Uint8Array): TsPacket[] {
  if (bytes.length % 188 !== 0) throw new Error(`${bytes.length} bytes are no whole packets`);
  return Array.from({ length: bytes.length / 188 }, (_, i) => {
    const packet = bytes.subarray(i * 188, i * 188 + 188);
    if (packet[0] !== 0x47) throw new Error(`no sync byte in packet ${i}`);
    const control = packet[3]! >> 4;
    if (control !== 1 && control !== 3) throw new Error(`packet ${i} has no payload or is scrambled`);
    const adaptation = control === 3 ? packet[4]! + 1 : 0;
    if (adaptation > 183) throw new Error(`an adaptation field of ${adaptation} bytes in packet ${i}`);
    const flags = adaptation > 1 ? packet[5]! : 0;
    const view = new DataView(packet.buffer, packet.byteOffset, 188);
    const pcr = flags & 0x10 ? { pcr: view.getUint32(6) * 2 + (packet[10]! >> 7) } : {};
    return {
      pid: ((packet[1]! & 0x1f) << 8) | packet[2]!,
      start: (packet[1]! & 0x40) !== 0,
      counter: packet[3]! & 0xf,
      randomAccess: (flags & 0x40) !== 0,
      payload: packet.subarray(4 + adaptation),
      ...pcr,
    };
  });
}

export interface Pes {
  readonly pts: number;
  readonly dts: number;
  readonly pcr?: number;
  readonly randomAccess: boolean;
  readonly payload: Uint8Array;
}

const time = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! >> 1) & 7) * 2 ** 30 +
  ((bytes[at + 1]! << 7) | (bytes[at + 2]! >> 1)) * 2 ** 15 +
  ((bytes[at + 3]! << 7) | (bytes[at + 4]! >> 1));

/** The PES packets of one PID. */
export function pesOf(packets: readonly TsPacket[], pid: number): Pes[] {
  const units: TsPacket[][] = [];
  for (const packet of packets.filter((one) => one.pid === pid)) {
    if (packet.start) units.push([packet]);
    else units.at(-1)!.push(packet);
  }
  return units.map((unit) => {
    const bytes = new Uint8Array(Buffer.concat(unit.map(({ payload }) => payload)));
    const length = (bytes[4]! << 8) | bytes[5]!;
    if (length !== 0 && length !== bytes.length - 6) throw new Error(`PES of ${length}, not ${bytes.length - 6}`);
    const pts = time(bytes, 9);
    const [first] = unit;
    return {
      pts,
      dts: bytes[7]! >> 6 === 3 ? time(bytes, 14) : pts,
      ...(first!.pcr === undefined ? {} : { pcr: first!.pcr }),
      randomAccess: first!.randomAccess,
      payload: bytes.subarray(9 + bytes[8]!),
    };
  });
}
