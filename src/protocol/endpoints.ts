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
