import { readFile } from 'node:fs/promises';
import { OptionError } from '../../config/option.ts';
import type { Options } from '../../config/options.ts';
import type { Log } from '../../runtime/log.ts';
import { ownNames } from '../ownNames.ts';
import type { Certificates } from '../tlsAcceptor.ts';
import { givenCertificate, ownAuthority } from './authority.ts';
import type { KeptTexts } from './issuer.ts';

type Wanted = Pick<Options, 'tlsCert' | 'tlsKey' | 'publicUrl' | 'allowedHosts' | 'tlsNames' | 'region'>;

/** The user's own certificate, or those of a CA of the emulator's. */
export async function makeCertificates(options: Wanted, log: Log, kept?: KeptTexts): Promise<Certificates> {
  const { tlsCert, tlsKey, publicUrl, allowedHosts: listed, tlsNames, region } = options;
  if (tlsCert !== undefined && tlsKey !== undefined) {
    const [cert, key] = await Promise.all([readPem(tlsCert), readPem(tlsKey)]);
    return givenCertificate({ cert, key });
  }
  return ownAuthority({ names: ownNames(publicUrl), listed, tlsNames, region, log, kept });
}

async function readPem(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new OptionError(`The certificate or key cannot be read: ${error.message}`);
  });
  if (!text.includes('-----BEGIN ')) throw new OptionError(`${path} is no PEM file.`);
  return text;
}
