import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { parseBasicIso } from '../../runtime/time.ts';
import { excerpt, type ServiceError, serviceError } from '../errors.ts';
import { type CredentialScope, parseSignature, type Signature } from './parse.ts';
import { oddity, presignedUntil } from './presigned.ts';
import { canonicalRequest, EMPTY_PAYLOAD, sha256Hex, toAmzDate, UNSIGNED_PAYLOAD } from './sign.ts';

// AWS Signature Version 4, the half that holds a request against what its sender should have signed. What is wrong is
// looked for in AWS's order, and the first that is found is told.

/** A request as it came: nothing decoded, nothing put right. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined where it is not read as a whole: PutMedia's. */
  readonly body: Uint8Array | undefined;
}

/** What somebody has who may sign. */
export interface SigningKey {
  readonly secretAccessKey: string;
  /** What has to come with it; null: nothing may, undefined: whatever comes will do. */
  readonly sessionToken: string | null | undefined;
}

export interface Verification<Key extends SigningKey> {
  readonly service: string;
  /** The machine's time, by which clients sign. Milliseconds. */
  readonly now: number;
  find(accessKeyId: string): Key | undefined;
  isExpired(key: Key): boolean;
}

/** AWS takes signatures so far off its clock. Milliseconds. */
const WINDOW_MS = 5 * 60_000;

/** The key that a request is signed with. Throws what AWS answers if it is not. */
export function verify<Key extends SigningKey>(request: SignedRequest, against: Verification<Key>): Key {
  const signed = signatureOf(request);
  const date = dateOf(request, signed);
  const late =
    offTime(date, against.now) ?? (signed.form === 'query' ? outlived(request.query, against.now) : undefined);
  if (late !== undefined) throw late;
  const scope = checkScope(signed, date, against.service);
  const odd = signed.form === 'query' ? oddity(request.query) : undefined;
  if (odd !== undefined) throw incomplete(`The presigned URL is odd: ${odd}. Re-examine the query-string parameters.`);
  const key = against.find(scope.accessKeyId);
  if (key === undefined) throw serviceError('unrecognizedClient');
  if (!isSignedWith(key.secretAccessKey, request, signed, { ...scope, amzDate: date })) {
    throw serviceError('invalidSignature');
  }
  if (key.sessionToken !== undefined && (tokenOf(request, signed) ?? null) !== key.sessionToken) {
    throw serviceError('invalidToken');
  }
  if (against.isExpired(key)) throw serviceError('expiredToken');
  return key;
}

const incomplete = (text: string): ServiceError => serviceError('incompleteSignature', text);

const header = ({ headers }: SignedRequest, name: string): string | undefined => {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return Array.isArray(value) ? value.join(',') : value;
};

/** The signature with all its parts. */
function signatureOf(request: SignedRequest): Signature {
  const authorization = header(request, 'authorization');
  const inQuery = parseSignature(undefined, request.query);
  if (authorization !== undefined && inQuery !== undefined) throw serviceError('signedTwice');
  const signed = authorization === undefined ? inQuery : parseSignature(authorization.trim(), '');
  if (signed === undefined) throw serviceError('missingAuthenticationToken');
  const date = rawDate(request, signed);
  const has = [
    ['Credential', signed.credential],
    ['Signature', signed.signature],
    ['SignedHeaders', signed.signedHeaders?.join('')],
  ] as const;
  const lacks = has.filter(([, value]) => value === undefined || value === '').map(([name]) => name);
  if (signed.form === 'query') {
    const missing = [...lacks, ...(date === undefined ? ['Date'] : [])];
    if (missing.length === 0) return signed;
    const each = missing.map((name) => `AWS query-string parameters must include 'X-Amz-${name}'. `);
    throw incomplete(`${each.join('')}Re-examine the query-string parameters.`);
  }
  if (lacks.length === 0 && date !== undefined) return signed;
  const each = lacks.map((name) => `Authorization header requires '${name}' parameter. `);
  if (date === undefined) {
    each.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
  }
  throw incomplete(`${each.join('')}Authorization=${excerpt(authorization ?? '')}`);
}

function rawDate(request: SignedRequest, { form }: Signature): string | undefined {
  const text =
    form === 'query'
      ? new URLSearchParams(request.query).get('X-Amz-Date')
      : (header(request, 'x-amz-date') ?? header(request, 'date'));
  return text === null || text === '' ? undefined : text;
}

/** As `20231107T044734Z`. */
function dateOf(request: SignedRequest, signed: Signature): string {
  const date = rawDate(request, signed) ?? '';
  if (parseBasicIso(date) !== undefined) return date;
  const wanted = "Date must be in ISO-8601 'basic format'.";
  throw incomplete(`${wanted} Got '${excerpt(date)}'. See http://en.wikipedia.org/wiki/ISO_8601`);
}

/** What AWS answers to a signature of another time. */
export function offTime(date: string, now: number): ServiceError | undefined {
  const ms = parseBasicIso(date) ?? now;
  if (Math.abs(ms - now) <= WINDOW_MS) return undefined;
  const [name, limit] =
    ms < now
      ? (['signatureExpired', now - WINDOW_MS] as const)
      : (['signatureNotYetCurrent', now + WINDOW_MS] as const);
  return serviceError(name, date, toAmzDate(limit), toAmzDate(now));
}

/** The same, to a URL that has outlived itself. */
export function outlived(query: string, now: number): ServiceError | undefined {
  const until = presignedUntil(query);
  if (until === undefined || until >= now) return undefined;
  return serviceError('signatureExpired', toAmzDate(until), toAmzDate(now), toAmzDate(now));
}

export const wrongService = (service: string): string =>
  `Credential should be scoped to correct service: '${service}'. `;

const REGION = /^[a-z0-9-]{1,64}$/;

/** All that can be said of a signature without knowing the secret. */
function checkScope(signed: Signature, amzDate: string, service: string): CredentialScope {
  if (signed.signedHeaders?.includes('host') !== true) throw serviceError('hostNotSigned');
  if (signed.algorithm !== 'AWS4-HMAC-SHA256') {
    const shown = excerpt(signed.algorithm);
    throw incomplete(`Unsupported AWS 'algorithm': '${shown}' (only AWS4-HMAC-SHA256 for now). `);
  }
  const { scope } = signed;
  if (scope === undefined) {
    const wanted = 'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term';
    throw incomplete(`${wanted}, got '${excerpt(signed.credential ?? '')}'`);
  }
  const { date, region, terminator } = scope;
  let wrong = '';
  if (!REGION.test(region)) wrong += `Credential should be scoped to a valid region, not '${excerpt(region)}'. `;
  if (scope.service !== service) wrong += wrongService(service);
  if (terminator !== 'aws4_request') {
    wrong += `Credential should be scoped with a valid terminator: 'aws4_request', not '${excerpt(terminator)}'. `;
  }
  if (!amzDate.startsWith(`${date}T`)) {
    wrong +=
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
      `'${excerpt(date)}' != '${amzDate.slice(0, 8)}', from '${amzDate}'.`;
  }
  if (wrong !== '') throw serviceError('wrongScope', wrong);
  return scope;
}

function tokenOf(request: SignedRequest, { form }: Signature): string | undefined {
  const given = header(request, 'x-amz-security-token');
  if (given !== undefined || form === 'header') return given;
  return new URLSearchParams(request.query).get('X-Amz-Security-Token') ?? undefined;
}

type Scope = CredentialScope & { readonly amzDate: string };

function isSignedWith(secret: string, request: SignedRequest, signed: Signature, scope: Scope): boolean {
  const query = signed.form === 'query' ? withoutSignature(request.query) : request.query;
  const given = Buffer.from(signed.signature ?? '');
  const headers: Record<string, string> = {};
  for (const name of signed.signedHeaders ?? []) headers[name] = header(request, name) ?? '';
  const key = signingKey(secret, scope);
  for (const path of pathsOf(request.path)) {
    for (const payloadHash of payloadsOf(request)) {
      const canonical = canonicalRequest({ method: request.method, path, query, headers, payloadHash });
      const expected = Buffer.from(signatureFor(canonical, key, scope));
      if (expected.length === given.length && timingSafeEqual(expected, given)) return true;
    }
  }
  return false;
}

const withoutSignature = (query: string): string =>
  query
    .split('&')
    .filter((pair) => !pair.startsWith('X-Amz-Signature='))
    .join('&');

function signatureFor(canonical: string, key: Uint8Array, { amzDate, date, region, service }: Scope): string {
  // Node reads bytes of a head as latin1: written so, they are what the client has hashed.
  const hashed = createHash('sha256').update(canonical, 'latin1').digest('hex');
  const text = `AWS4-HMAC-SHA256\n${amzDate}\n${date}/${region}/${service}/aws4_request\n${hashed}`;
  return createHmac('sha256', key).update(text).digest('hex');
}

/** As received, and as the SDKs write it down to sign it if it has empty parts: the C producer does not. */
function pathsOf(path: string): readonly string[] {
  if (!path.includes('//')) return [path];
  return [path, path.replace(/\/{2,}/g, '/')];
}

/**
 * What may stand for the body. Where it is read as a whole that is its hash, and whoever says another is wrong. Producers
 * say what they like, or nothing: those in C mean an empty body then, others an unsigned one.
 */
function payloadsOf(request: SignedRequest): readonly string[] {
  const said = header(request, 'x-amz-content-sha256');
  if (request.body === undefined) return said === undefined ? [EMPTY_PAYLOAD, UNSIGNED_PAYLOAD] : [said];
  const hash = request.body.length === 0 ? EMPTY_PAYLOAD : sha256Hex(request.body);
  return said === undefined || said.toLowerCase() === hash ? [said ?? hash] : [];
}

const MOST_KEYS = 1000;
/** Of a day, a region and a service: four rounds of hashing that a request need not wait for. */
const signingKeys = new Map<string, Buffer>();

function signingKey(secret: string, { date, region, service }: CredentialScope): Buffer {
  const of = `${date}/${region}/${service}/${secret}`;
  const known = signingKeys.get(of);
  if (known !== undefined) return known;
  let key = Buffer.from(`AWS4${secret}`);
  for (const part of [date, region, service, 'aws4_request']) key = createHmac('sha256', key).update(part).digest();
  if (signingKeys.size >= MOST_KEYS) {
    const [oldest] = signingKeys.keys();
    signingKeys.delete(oldest as string);
  }
  signingKeys.set(of, key);
  return key;
}
