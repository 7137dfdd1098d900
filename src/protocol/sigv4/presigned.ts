import { parseBasicIso } from '../../runtime/time.ts';
import { parseSignature } from './parse.ts';

// URLs that carry their own signature, as those for signaling's WebSockets do. Clients write the parameters in different
// orders: some have the signature at its place in the alphabet, some behind all others.

const SIGNATURE = 'X-Amz-Signature';
const LONGEST_SECONDS = 604_800;

/** What is odd about the form of a presigned query, if anything is; the signature itself is not looked at. */
export function oddity(query: string): string | undefined {
  const parameters = new URLSearchParams(query);
  const names = [...parameters.keys()];
  const twice = names.find((name, at) => name.startsWith('X-Amz-') && names.indexOf(name) !== at);
  if (twice !== undefined) return `it has ${twice} more than once`;
  const signed = parseSignature(undefined, query);
  const date = parameters.get('X-Amz-Date') ?? '';
  const expires = parameters.get('X-Amz-Expires') ?? '';
  if (signed?.algorithm !== 'AWS4-HMAC-SHA256') return 'X-Amz-Algorithm is not AWS4-HMAC-SHA256';
  if (signed.scope === undefined) return 'X-Amz-Credential has not five parts';
  if (signed.scope.terminator !== 'aws4_request') return 'X-Amz-Credential does not end with aws4_request';
  if (parseBasicIso(date) === undefined) return 'X-Amz-Date is no date like 20260101T000000Z';
  if (!date.startsWith(signed.scope.date)) return 'X-Amz-Credential is of another day than X-Amz-Date';
  if (!/^\d{1,6}$/.test(expires) || Number(expires) < 1 || Number(expires) > LONGEST_SECONDS) {
    return `X-Amz-Expires is not a number from 1 to ${LONGEST_SECONDS}`;
  }
  if (signed.signedHeaders?.includes('host') !== true) return 'X-Amz-SignedHeaders does not name host';
  if (!/^[0-9a-f]{64}$/.test(signed.signature ?? '')) return `${SIGNATURE} is not 64 hexadecimal digits`;
  return undefined;
}

/** When a presigned query is good no more, ms since the epoch; undefined if it does not say. */
export function presignedUntil(query: string): number | undefined {
  const parameters = new URLSearchParams(query);
  const date = parseBasicIso(parameters.get('X-Amz-Date') ?? '');
  const seconds = Number(parameters.get('X-Amz-Expires') ?? Number.NaN);
  return date === undefined || !Number.isFinite(seconds) ? undefined : date + seconds * 1000;
}
