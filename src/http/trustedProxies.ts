import { BlockList } from 'node:net';
import { familyOf, type Network, unmapped } from '../runtime/networks.ts';

/** Tells whether what a peer says of others is believed: one on this machine, or one of those that are listed. */
export function trustedProxies(listed: readonly Network[]): (address: string | undefined) => boolean {
  const trusted = new BlockList();
  trusted.addSubnet('127.0.0.0', 8, 'ipv4');
  trusted.addAddress('::1', 'ipv6');
  for (const { address, prefix, family } of listed) trusted.addSubnet(address, prefix, family);
  return (peer) => {
    // A link-local address comes with the interface it is of.
    const address = unmapped((peer ?? '').replace(/%.*$/, ''));
    const family = familyOf(address);
    return family !== undefined && trusted.check(address, family);
  };
}
