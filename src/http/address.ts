import type { IncomingMessage } from 'node:http';
import type { Target } from '../operations/road/target.ts';
import { baseUrl } from '../protocol/endpoints.ts';
import { parseForwarded, parseForwardedFor } from '../protocol/forwarded.ts';
import { unmapped } from '../runtime/networks.ts';
import { ownNames } from './ownNames.ts';

/** What is known of the emulator's own addresses. */
export interface Addresses {
  readonly publicUrl: string | undefined;
  /** Names of the machine it runs on, in lower case. */
  readonly names: ReadonlySet<string>;
  /** Whether to believe what the peer at an address says of others. */
  trusts(address: string | undefined): boolean;
  /** The port listened on, once it is known. */
  port(): number;
}

/** Where the public URL is, which may be another while the emulator runs. */
export interface LivePublicUrl {
  readonly now: { readonly publicUrl: string | undefined };
  onChange(run: () => void): void;
}

export function ownAddresses(live: LivePublicUrl, rest: Pick<Addresses, 'trusts' | 'port'>): Addresses {
  const namesNow = (): ReadonlySet<string> => new Set(ownNames(live.now.publicUrl));
  let names = namesNow();
  live.onChange(() => {
    names = namesNow();
  });
  return {
    ...rest,
    get publicUrl() {
      return live.now.publicUrl;
    },
    get names() {
      return names;
    },
  };
}

/** Every address that is handed out begins with this one. */
export function addressFor(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  target: Pick<Target, 'authority'>,
  { publicUrl, names, trusts, port }: Addresses,
): string {
  return baseUrl(
    {
      secure: 'encrypted' in socket,
      host: target.authority ?? headers.host,
      userAgent: headers['user-agent'],
      forwarded: trusts(socket.remoteAddress) ? parseForwarded(headers) : undefined,
      port: port(),
      names,
    },
    publicUrl,
  );
}

/** Where a call comes from: the peer, or whom it speaks for if that may be believed. */
export function clientAddress(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  { trusts }: Pick<Addresses, 'trusts'>,
): string | undefined {
  const peer = socket.remoteAddress;
  const told = trusts(peer) ? parseForwardedFor(headers) : undefined;
  return told ?? (peer && unmapped(peer));
}
