/** A range of addresses: `10.0.0.0/8`, or one alone. */
export interface Network {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  /** How many leading bits count. */
  readonly prefix: number;
}

/** Addresses and networks, separated by commas or spaces; undefined if one of them is neither. */
export function parseNetworks(text: string): Network[] | undefined {
  const networks: Network[] = [];
  for (const part of text.split(/[\s,]+/)) {
    if (part === '') continue;
    const network = parseNetwork(part);
    if (network === undefined) return undefined;
    networks.push(network);
  }
  return networks;
}

function parseNetwork(text: string): Network | undefined {
  const [, given = '', bits] = /^([\d.]+|[\da-f:.]+|\[[\da-f:.]+\])(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const bare = given.replace(/^\[|\]$/g, '');
  const address = unmapped(bare);
  const family = familyOf(address);
  if (family === undefined) return undefined;
  const longest = family === 'ipv4' ? 32 : 128;
  // An IPv4 address written as an IPv6 one has 96 bits in front of its own.
  const prefix = bits === undefined ? longest : Number(bits) - (address === bare ? 0 : 96);
  return prefix >= 0 && prefix <= longest ? { family, address, prefix } : undefined;
}

/** `10.0.0.1` of `::ffff:10.0.0.1`: how a listener for both families sees who comes by IPv4. */
export const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

export function familyOf(address: string): Network['family'] | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return address.split('.').every(isByte) ? 'ipv4' : undefined;
  return address.includes(':') && URL.canParse(`http://[${address}]`) ? 'ipv6' : undefined;
}

const isByte = (text: string): boolean => Number(text) <= 255;
