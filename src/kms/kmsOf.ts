import { BUILTIN_KMS } from '../config/kms.ts';
import { OptionError } from '../config/option.ts';
import type { Log } from '../runtime/log.ts';
import { findPackage, loadPackage } from '../runtime/optionalPackage.ts';
import { type RemoteCall, RemoteKms } from './remoteKms.ts';
import type { KmsSdk } from './sdk.ts';

/**
 * The KMS that `--kms URL` asks for; undefined if it is the built-in one.
 * @throws OptionError if the package is not installed
 */
export function kmsOf(
  { kms: url }: { readonly kms: string },
  { log, onCall }: { log: Log; onCall: (call: RemoteCall) => void },
): RemoteKms | undefined {
  if (url === BUILTIN_KMS) return undefined;
  const path = findPackage('@aws-sdk/client-kms');
  if (path === undefined) {
    throw new OptionError('--kms needs a package that is not installed: npm install @aws-sdk/client-kms');
  }
  const { username, password, origin, pathname } = new URL(url);
  const credentials =
    username === ''
      ? undefined
      : { accessKeyId: decodeURIComponent(username), secretAccessKey: decodeURIComponent(password) };
  return new RemoteKms({
    endpoint: origin + pathname,
    credentials,
    load: async () => loadPackage(path) as KmsSdk,
    log,
    onCall,
  });
}
