/** What a request says about who signed it. Nothing here is checked; parts that are missing are undefined. */
export interface Signature {
  readonly form: 'header' | 'query';
  readonly algorithm: string;
  /** As received: `AKID/20260101/us-west-2/kinesisvideo/aws4_request`. */
  readonly credential: string | undefined;
  readonly scope: CredentialScope | undefined;
  /** Lower-case names in the order given. */
  readonly signedHeaders: readonly string[] | undefined;
  readonly signature: string | undefined;
}

/** The five parts of a credential. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
}

/** Who signed for what. */
export type Caller = Pick<CredentialScope, 'accessKeyId' | 'region' | 'service'>;

/** Only who signed for what: all that a request needs as long as signatures are not verified. */
export function parseCaller(authorization: string | undefined, query: string): Caller | undefined {
  if (authorization === undefined) return parseSignature(undefined, query)?.scope;
  const [, accessKeyId, region, service] = CALLER.exec(authorization) ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}

const CALLER = /^AWS4-[^ ]* (?:.*[ ,])?Credential=([^/, ]+)\/[^/, ]*\/([^/, ]*)\/([^/, ]*)\/[^/, ]*(?:[, ]|$)/;

/** The signature of an Authorization header or else of a presigned query; undefined if the request has neither. */
export function parseSignature(authorization: string | undefined, query: string): Signature | undefined {
  if (authorization !== undefined) return parseAuthorization(authorization);
  if (!query.includes('X-Amz-')) return undefined;
  const parameters = new URLSearchParams(query);
  const algorithm = parameters.get('X-Amz-Algorithm');
  if (algorithm === null) return undefined;
  return describe('query', algorithm, (name) => parameters.get(`X-Amz-${name}`) ?? undefined);
}

/** `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`, in any order, with or without a space after commas. */
function parseAuthorization(value: string): Signature | undefined {
  if (!value.startsWith('AWS4-')) return undefined;
  const space = value.indexOf(' ');
  if (space < 0) return describe('header', value, () => undefined);
  const parts = new Map<string, string>();
  for (const part of value.slice(space + 1).split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return describe('header', value.slice(0, space), (name) => parts.get(name));
}

function describe(
  form: Signature['form'],
  algorithm: string,
  part: (name: 'Credential' | 'SignedHeaders' | 'Signature') => string | undefined,
): Signature {
  const credential = part('Credential');
  return {
    form,
    algorithm,
    credential,
    scope: credential === undefined ? undefined : parseScope(credential),
    signedHeaders: part('SignedHeaders')?.toLowerCase().split(';'),
    signature: part('Signature'),
  };
}

function parseScope(credential: string): CredentialScope | undefined {
  const parts = credential.split('/');
  if (parts.length !== 5) return undefined;
  const [accessKeyId, date, region, service, terminator] = parts as [string, string, string, string, string];
  return { accessKeyId, date, region, service, terminator };
}
