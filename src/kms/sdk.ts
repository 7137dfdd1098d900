import { createRequire } from 'node:module';

/** What of the package is used. It is optional, so nothing may need its types. */
export interface KmsSdk {
  readonly KMSClient: new (
    options: object,
  ) => {
    send(command: object): Promise<Readonly<Record<string, unknown>>>;
    destroy(): void;
  };
  readonly GenerateDataKeyCommand: new (input: object) => object;
  readonly DecryptCommand: new (input: object) => object;
  readonly DescribeKeyCommand: new (input: object) => object;
}

/** Path of the package, if it is installed beside the emulator or where it was started. */
export function findKmsPackage(): string | undefined {
  for (const from of [import.meta.url, `${process.cwd()}/`]) {
    try {
      return createRequire(from).resolve('@aws-sdk/client-kms');
    } catch {
      // Not there: it is optional.
    }
  }
  return undefined;
}

/** Takes a moment, which nobody waits for who does not want it. The package is CommonJS, which bundlers leave alone so. */
export const loadKmsSdk = (path: string): KmsSdk => createRequire(path)(path) as KmsSdk;
