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

/** Takes a moment, which nobody waits for who does not want it. The package is CommonJS, which bundlers leave alone so. */
export const loadKmsSdk = (path: string): KmsSdk => createRequire(path)(path) as KmsSdk;
