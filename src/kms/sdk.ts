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
