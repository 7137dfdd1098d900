import { createHash } from 'node:crypto';

/** Two hosts of a network that is kept for documentation (RFC 5737): they lead nowhere, and no client minds. */
export const RELAY_HOSTS = ['203-0-113-7', '203-0-113-42'] as const;

/** The ways to a relay of a channel, as the service writes them. */
export function relayUris(host: string, { arn, region }: { readonly arn: string; readonly region: string }): string[] {
  const label = createHash('sha1').update(`relay ${arn}`).digest('hex').slice(0, 8);
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const address = `${host}.t-${label}.kinesisvideo.${region}.${domain}:443`;
  return [`turn:${address}?transport=udp`, `turns:${address}?transport=udp`, `turns:${address}?transport=tcp`];
}

/** The name that a relay knows a channel's clients by: until when, and which channel. */
export const relayUsername = (arn: string, expiresAt: number): string =>
  `${Math.floor(expiresAt / 1000)}:${Buffer.from(`v1:${arn}`).toString('base64')}`;

/** 44 characters: 32 bytes in base64. */
export const relayPassword = (chance: string): string => createHash('sha256').update(chance).digest('base64');
