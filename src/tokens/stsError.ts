import { ServiceError } from '../protocol/errors.ts';

/** What STS refuses, with its own names. */
export class StsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** What other services call otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  ExpiredTokenException: 'ExpiredToken',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  IncompleteSignatureException: 'IncompleteSignature',
  ValidationException: 'ValidationError',
  SerializationException: 'MalformedInput',
};

/** An error as STS tells it. */
export function asStsError(error: unknown): StsError | undefined {
  if (error instanceof StsError) return error;
  if (!(error instanceof ServiceError)) return undefined;
  const code = NAMES[error.code] ?? error.code;
  const text = code === 'MissingAuthenticationToken' ? 'Request is missing Authentication Token' : error.message;
  return new StsError(code, error.status, text);
}

export const accessDenied = (principal: string, action: string, resource: string): StsError =>
  new StsError(
    'AccessDenied',
    403,
    `User: ${principal} is not authorized to perform: ${action} on resource: ${resource}`,
  );
