/**
 * `missing`: no codec private data; `invalid`: it is not what the codec asks for; `unsupported`: no codec that can be
 * written here.
 */
export type CodecFault = 'missing' | 'invalid' | 'unsupported';

/** A track that cannot be carried over. */
export class CodecError extends Error {
  readonly fault: CodecFault;

  constructor(fault: CodecFault, message: string) {
    super(message);
    this.name = 'CodecError';
    this.fault = fault;
  }
}
