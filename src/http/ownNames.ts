import { hostname, networkInterfaces } from 'node:os';

/** Every name and address by which this machine's clients, and containers on it, reach the emulator. */
export function ownNames(publicUrl: string | undefined): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((of) => (of ?? []).map(({ address }) => address));
  const publicName = publicUrl === undefined ? [] : [new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')];
  const names = ['localhost', '*.localhost', '127.0.0.1', '::1', 'host.docker.internal', 'host.containers.internal'];
  // Java reads no certificate that has a name with other characters.
  const machine = hostname().toLowerCase();
  if (/^[a-z0-9.-]+$/.test(machine)) names.push(machine);
  return [...new Set([...names, ...publicName, ...addresses.map((address) => address.replace(/%.*$/, ''))])];
}
