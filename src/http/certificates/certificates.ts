import { readFileSync } from 'node:fs';
import { OptionError } from '../../config/option.ts';
import type { Options } from '../../config/options.ts';
import { inTurn } from '../../runtime/inTurn.ts';
import type { Log } from '../../runtime/log.ts';
import { ownNames } from '../ownNames.ts';
import type { Certificates, KeyPair } from '../tlsAcceptor.ts';
import type { KeptTexts } from './issuer.ts';

type Wanted = Pick<Options, 'tlsCert' | 'tlsKey' | 'publicUrl' | 'allowedHosts' | 'tlsNames' | 'region'>;

/** The user's own certificate, or those of a CA of the emulator's. */
export async function makeCertificates(options: Wanted, log: Log, kept?: KeptTexts): Promise<Certificates> {
  const { tlsCert, tlsKey, publicUrl, allowedHosts: listed, tlsNames, region } = options;
  if (tlsCert !== undefined && tlsKey !== undefined) {
    return givenCertificate({ cert: readPem(tlsCert), key: readPem(tlsKey) });
  }
  return whenAsked(async () => {
    const { ownAuthority } = await inTurn(() => import('./authority.ts'));
    return ownAuthority({ names: ownNames(publicUrl), listed, tlsNames, region, log, kept });
  });
}

/** The certificate and key the user gave, for every name. Clients have to trust what the file holds. */
export const givenCertificate = (pair: KeyPair): Certificates => ({
  leafFor: async () => pair,
  trusted: async () => pair.cert,
});

/** Who never speaks TLS must not wait for what makes certificates. */
function whenAsked(make: () => Promise<Certificates>): Certificates {
  let made: Promise<Certificates> | undefined;
  const get = (): Promise<Certificates> => {
    made ??= make();
    return made;
  };
  return {
    leafFor: async (name) => (await get()).leafFor(name),
    trusted: async () => (await get()).trusted(),
  };
}

function readPem(path: string): string {
  const text = readText(path);
  if (!text.includes('-----BEGIN ')) throw new OptionError(`${path} is no PEM file.`);
  return text;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new OptionError(`The certificate or key cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
