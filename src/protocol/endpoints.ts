import { createHash } from 'node:crypto';

/** How a caller reached the emulator. */
export interface Arrival {
  readonly secure: boolean;
  /** The Host header as received. */
  readonly host: string | undefined;
  /** The port the emulator listens on. */
  readonly port: number;
}

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i;

/**
 * The address that leads this caller back to the emulator: the configured public one, else the scheme and host of the
 * call. The C and Java producers send `Host: localhost` whatever the port, so a host without a port gets ours.
 * Without a trailing slash: clients append `/putMedia` as text.
 */
export function baseUrl(arrival: Arrival, publicUrl?: string): string {
  if (publicUrl !== undefined) return publicUrl;
  const scheme = arrival.secure ? 'https' : 'http';
  const [, name, port = String(arrival.port)] = HOST.exec(arrival.host ?? '') ?? [undefined, 'localhost'];
  return port === (arrival.secure ? '443' : '80') ? `${scheme}://${name}` : `${scheme}://${name}:${port}`;
}

/**
 * The label of a stream's data endpoint, `s-1a2b3c4d` for PutMedia and GetMedia, `b-1a2b3c4d` for the archive. AWS has it
 * in the host name; here it is the first part of the path, because names under localhost do not resolve everywhere.
 */
export const dataEndpointLabel = (plane: 'media' | 'archived', streamArn: string): string =>
  `${plane === 'media' ? 's' : 'b'}-${createHash('sha1').update(streamArn).digest('hex').slice(0, 8)}`;
