import type { Credentials } from '../../domain/credentials/credentials.ts';
import { verify } from '../../protocol/sigv4/verify.ts';
import { wallNow } from '../../runtime/wall.ts';
import type { Passage } from './passage.ts';

const NO_BODY = new Uint8Array();

/** Asks of each call whether its signature is that of somebody who is known, and notes who that is. */
export const signatureStep =
  (credentials: Credentials) =>
  (passage: Passage): void => {
    const { call, operation, bytes } = passage;
    // A session's token is all that its resources ask for.
    if (operation.kind === 'resource') return;
    const { method, target, headers } = call;
    const body = operation.kind === 'duplex' ? undefined : (bytes ?? NO_BODY);
    const { identity } = verify(
      { method, path: target.received, query: target.query, headers, body },
      {
        service: 'kinesisvideo',
        now: wallNow(),
        find: (accessKeyId) => credentials.find(accessKeyId),
        isExpired: (key) => credentials.isExpired(key),
      },
    );
    passage.signer = identity;
    passage.identity = identity.principal;
    passage.entry.principal = identity.principal;
  };
