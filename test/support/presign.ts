// URLs for signaling as its clients make them, each with its parameters in its own order.
import { createHash, createHmac } from 'node:crypto';
import { ServiceError } from '../../src/protocol/errors.ts';
import { EMPTY_PAYLOAD, presignQuery, signature, toAmzDate } from '../../src/protocol/sigv4/sign.ts';
import { verify } from '../../src/protocol/sigv4/verify.ts';

export interface Wish {
  /** `wss://localhost:4580`, with or without a path. */
  readonly endpoint: string;
  readonly arn: string;
  readonly clientId?: string | undefined;
  readonly secret?: string;
  readonly accessKeyId?: string;
  readonly sessionToken?: string;
  readonly now?: number;
  readonly expires?: number;
  readonly region?: string;
}

const encode = (text: string): string => encodeURIComponent(text);

/** Sorted by name, the signature in its place before SignedHeaders: the library for JavaScript. */
export function asJavaScript(wish: Wish): string {
  const { endpoint, arn, clientId, secret = 'test', accessKeyId = 'test', sessionToken, now = Date.now() } = wish;
  const { expires = 299, region = 'us-east-1' } = wish;
  const amzDate = toAmzDate(now);
  const scope = `${amzDate.slice(0, 8)}/${region}/kinesisvideo/aws4_request`;
  const parameters: Record<string, string> = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-ChannelARN': arn,
    'X-Amz-Credential': `${accessKeyId}/${scope}`,
    'X-Amz-Date': amzDate,
    'X-Amz-Expires': String(expires),
    'X-Amz-SignedHeaders': 'host',
    ...(clientId === undefined ? {} : { 'X-Amz-ClientId': clientId }),
    ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }),
  };
  const sorted = (all: Record<string, string>): string =>
    Object.keys(all)
      .sort()
      .map((name) => `${name}=${encode(all[name] as string)}`)
      .join('&');
  const { host, pathname } = new URL(endpoint.replace(/^ws/, 'http'));
  const canonical = ['GET', pathname, sorted(parameters), `host:${host}\n`, 'host', EMPTY_PAYLOAD].join('\n');
  const hashed = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', amzDate, scope, hashed].join('\n');
  let key: string | Buffer = `AWS4${secret}`;
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  parameters['X-Amz-Signature'] = createHmac('sha256', key).update(text).digest('hex');
  return `${endpoint}${pathname === '/' && !endpoint.endsWith('/') ? '/' : ''}?${sorted(parameters)}`;
}

/** The signature behind all others: SDK v3, Android and iOS. */
export function asSdk({ endpoint, arn, clientId, secret = 'test', now = Date.now(), ...wish }: Wish): string {
  const { host, pathname } = new URL(endpoint.replace(/^ws/, 'http'));
  const query = [`X-Amz-ChannelARN=${encode(arn)}`, ...(clientId === undefined ? [] : [`X-Amz-ClientId=${clientId}`])];
  const request = {
    method: 'GET',
    path: pathname,
    query: query.join('&'),
    headers: { host },
    payloadHash: EMPTY_PAYLOAD,
  };
  const { accessKeyId = 'test', sessionToken, expires: expiresIn = 299, region = 'us-east-1' } = wish;
  const credentials = {
    accessKeyId,
    secretAccessKey: secret,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  return `${endpoint}${pathname === '/' ? '/' : ''}?${presignQuery(request, { credentials, region, now, expiresIn })}`;
}

/** The ARN first, the rest as it comes, the host signed without its port, for all the life of the credentials: C. */
export function asC({
  endpoint,
  arn,
  clientId,
  secret = 'test',
  now = Date.now(),
  region = 'us-east-1',
}: Wish): string {
  const { hostname } = new URL(endpoint.replace(/^ws/, 'http'));
  const amzDate = toAmzDate(now);
  const parameters = [
    `X-Amz-ChannelARN=${encode(arn)}`,
    ...(clientId === undefined ? [] : [`X-Amz-ClientId=${clientId}`]),
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=${encode(`test/${amzDate.slice(0, 8)}/${region}/kinesisvideo/aws4_request`)}`,
    `X-Amz-Date=${amzDate}`,
    'X-Amz-Expires=604800',
    'X-Amz-SignedHeaders=host',
  ].join('&');
  const request = {
    method: 'GET',
    path: '/',
    query: parameters,
    headers: { host: hostname },
    payloadHash: EMPTY_PAYLOAD,
  };
  const made = signature(request, { amzDate, region, service: 'kinesisvideo' }, secret);
  return `${endpoint}?${parameters}&X-Amz-Signature=${made}`;
}

/** Whether a URL is good at that time, signed with that secret. `host` is the Host header, with its port if it has one. */
export function isSignedWith(
  secretAccessKey: string,
  { path, query, host }: { readonly path: string; readonly query: string; readonly host: string },
  now = Date.now(),
): boolean {
  const request = { method: 'GET', path, query, headers: { host }, body: new Uint8Array() };
  const find = () => ({ secretAccessKey, sessionToken: undefined });
  try {
    verify(request, { service: 'kinesisvideo', now, find, isExpired: () => false });
    return true;
  } catch (error) {
    if (error instanceof ServiceError) return false;
    throw error;
  }
}
