import { isIPv4, isIPv6 } from 'node:net';

/**
 * 4 or 6, or 0 for what is no address. As `isIP` of node:net, whose pattern of IPv6 takes four milliseconds to be made: the
 * first answer must not wait for that, and what has one colon, before a port, or none is no IPv6.
 */
export function ipVersion(text: string): 0 | 4 | 6 {
  if (text.indexOf(':') === text.lastIndexOf(':')) return isIPv4(text) ? 4 : 0;
  return isIPv6(text) ? 6 : 0;
}
