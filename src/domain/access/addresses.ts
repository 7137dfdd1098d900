/** Addresses as bytes: 4 or 16 of them. */
type Address = readonly number[];

function ipv4(text: string): Address | undefined {
  const parts = text.split('.', 5);
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** Groups of an IPv6 address as bytes; the last may be an IPv4 address. */
function groups(text: string): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const parts = text.split(':', 9);
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1 ? ipv4(part) : undefined;
    if (last !== undefined) for (const byte of last) bytes.push(byte);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      const group = Number.parseInt(part, 16);
      bytes.push(group >> 8, group & 255);
    } else return undefined;
  }
  return bytes;
}

function ipv6(text: string): Address | undefined {
  const halves = text.split('::', 3);
  const [before, after] = halves.map(groups);
  if (halves.length > 2 || before === undefined) return undefined;
  if (halves.length === 1) return before.length === 16 ? before : undefined;
  if (after === undefined || before.length + after.length > 14) return undefined;
  return [...before, ...new Array<number>(16 - before.length - after.length).fill(0), ...after];
}

const isMapped = (bytes: Address): boolean =>
  bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;

/** Longer than any address. */
const LONGEST = 64;

/** An IPv4 address that is written as an IPv6 one is that IPv4 address. A link-local one may name its interface. */
function addressOf(text: string): Address | undefined {
  if (text.length > LONGEST) return undefined;
  const bytes = ipv4(text) ?? ipv6(text.split('%', 1)[0] ?? '');
  return bytes !== undefined && isMapped(bytes) ? bytes.slice(12) : bytes;
}

/** Whether an address lies in a network such as `203.0.113.0/24` or `2001:db8::/32`; undefined if that is no network. */
export function networkOf(text: string): ((address: string) => boolean) | undefined {
  const [, start = '', bits] = /^([^/]{1,64})(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const network = ipv4(start) ?? ipv6(start);
  if (network === undefined) return undefined;
  const prefix = bits === undefined ? network.length * 8 : Number(bits);
  if (prefix > network.length * 8) return undefined;
  return (address) => {
    const bytes = addressOf(address);
    return (
      bytes?.length === network.length && network.every((byte, i) => sameBits(byte, bytes[i] ?? 0, prefix - i * 8))
    );
  };
}

function sameBits(a: number, b: number, bits: number): boolean {
  if (bits <= 0) return true;
  const unused = Math.max(0, 8 - bits);
  return a >> unused === b >> unused;
}
