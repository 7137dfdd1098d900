// Words and addresses for those who are to reach the emulator.

/** Nothing asks for a token or for keys: whoever gets here may do everything. */
export function openToAll({ address, port }: { address: string; port: number }): string {
  const at = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return (
    `Everybody who reaches this machine over the network (${at}) may read and delete all streams and use /_kvs; only ` +
    'browser pages from elsewhere may not. Listen on 127.0.0.1 with --host, or publish a container’s port there: ' +
    `docker run -p 127.0.0.1:${port}:${port}.`
  );
}

/** An address that a client on this machine can call: nobody can call "all addresses". */
export function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
