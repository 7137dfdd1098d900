import { createHash, createHmac } from 'node:crypto';
import { toIso } from '../../runtime/time.ts';
import { wallNow } from '../../runtime/wall.ts';

// AWS Signature Version 4, the signing half: in a header, or in the query of a URL.

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What a signature covers. Paths and queries are as on the wire; header names are in lower case. */
export interface SignableRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Hexadecimal SHA-256 of the body, or the literal that stands for it. */
  readonly payloadHash: string;
}

export interface SigningScope {
  /** `20261122T144244Z` */
  readonly amzDate: string;
  readonly region: string;
  readonly service: string;
}

export interface SigningOptions {
  readonly credentials: Credentials;
  readonly region: string;
  /** Default `kinesisvideo`, the name of all of the service's planes. */
  readonly service?: string;
  /** Milliseconds since the epoch, on this machine's clock: a signature is good for five minutes around it. */
  readonly now?: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
export const EMPTY_PAYLOAD = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The time that signatures carry: the machine's own, whatever the emulator's clock shows. */
export const signingNow = wallNow;

export const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

const hmac = (key: string | Uint8Array, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** `20261122T144244Z` */
export const toAmzDate = (ms: number): string => toIso(ms).replace(/[-:]|\.\d{3}/g, '');

const scopeText = ({ amzDate, region, service }: SigningScope): string =>
  `${amzDate.slice(0, 8)}/${region}/${service}/aws4_request`;

/** Everything but letters, digits and `-_.~`, as RFC 3986 has it; encodeURIComponent leaves five more alone. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  }) as [string, string][];
  return pairs
    .map(([name, value]) => [encode(decode(name)), encode(decode(value))] as const)
    .sort((a, b) => byCodeUnit(a[0], b[0]) || byCodeUnit(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** The text that is hashed. Every header given is signed; the path is encoded once more, as all services but S3 do. */
export function canonicalRequest(request: SignableRequest): string {
  const names = Object.keys(request.headers).sort(byCodeUnit);
  const headers = names.map((name) => `${name}:${(request.headers[name] as string).trim().replace(/ +/g, ' ')}\n`);
  return [
    request.method,
    request.path.split('/').map(encode).join('/') || '/',
    canonicalQuery(request.query ?? ''),
    headers.join(''),
    names.join(';'),
    request.payloadHash,
  ].join('\n');
}

/** 64 hexadecimal digits. */
export function signature(request: SignableRequest, scope: SigningScope, secretAccessKey: string): string {
  const text = [ALGORITHM, scope.amzDate, scopeText(scope), sha256Hex(canonicalRequest(request))].join('\n');
  let key = hmac(`AWS4${secretAccessKey}`, scope.amzDate.slice(0, 8));
  for (const part of [scope.region, scope.service, 'aws4_request']) key = hmac(key, part);
  return hmac(key, text).toString('hex');
}

const scopeOf = ({ region, service = 'kinesisvideo', now = signingNow() }: SigningOptions): SigningScope => ({
  amzDate: toAmzDate(now),
  region,
  service,
});

/**
 * The headers of `request` with `x-amz-date`, `x-amz-security-token` (where there is a session token) and
 * `authorization` added. All that come in are signed; whoever calls adds unsigned ones afterwards.
 */
export function signHeaders(request: SignableRequest, options: SigningOptions): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = options.credentials;
  const scope = scopeOf(options);
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': scope.amzDate };
  if (sessionToken !== undefined) headers['x-amz-security-token'] = sessionToken;
  const value = signature({ ...request, headers }, scope, secretAccessKey);
  const signed = Object.keys(headers).sort(byCodeUnit).join(';');
  headers.authorization = `${ALGORITHM} Credential=${accessKeyId}/${scopeText(scope)}, SignedHeaders=${signed}, Signature=${value}`;
  return headers;
}

/**
 * The query (without the question mark) that makes a URL carry its own signature for `expiresIn` seconds, 1 to 604800.
 * All of the request's headers are signed and have to be sent as they are; usually that is `host` alone.
 */
export function presignQuery(request: SignableRequest, options: SigningOptions & { expiresIn: number }): string {
  const { accessKeyId, secretAccessKey, sessionToken } = options.credentials;
  const scope = scopeOf(options);
  const parameters = [
    ['X-Amz-Algorithm', ALGORITHM],
    ['X-Amz-Credential', `${accessKeyId}/${scopeText(scope)}`],
    ['X-Amz-Date', scope.amzDate],
    ['X-Amz-Expires', String(options.expiresIn)],
    ['X-Amz-SignedHeaders', Object.keys(request.headers).sort(byCodeUnit).join(';')],
    ...(sessionToken === undefined ? [] : [['X-Amz-Security-Token', sessionToken]]),
  ].map(([name, value]) => `${name}=${encode(value as string)}`);
  const query = canonicalQuery([request.query ?? '', ...parameters].filter(Boolean).join('&'));
  return `${query}&X-Amz-Signature=${signature({ ...request, query }, scope, secretAccessKey)}`;
}
