import { describe, expect, it } from 'vitest';
import { parseCaller, parseSignature } from '../../../src/protocol/sigv4/parse.ts';

const SCOPE = '20260101/us-west-2/kinesisvideo/aws4_request';
const full = `AWS4-HMAC-SHA256 Credential=AKID/${SCOPE}, SignedHeaders=Host;x-amz-date, Signature=00ff`;

describe('a signature in a header', () => {
  it('is taken apart', () => {
    expect(parseSignature(full, '')).toEqual({
      form: 'header',
      algorithm: 'AWS4-HMAC-SHA256',
      credential: `AKID/${SCOPE}`,
      scope: {
        accessKeyId: 'AKID',
        date: '20260101',
        region: 'us-west-2',
        service: 'kinesisvideo',
        terminator: 'aws4_request',
      },
      signedHeaders: ['host', 'x-amz-date'],
      signature: '00ff',
    });
  });

  it.each([
    ['without spaces', `AWS4-HMAC-SHA256 Credential=AKID/${SCOPE},SignedHeaders=host,Signature=00`],
    ['in another order', `AWS4-HMAC-SHA256 Signature=00, SignedHeaders=host, Credential=AKID/${SCOPE}`],
    ['with a credential alone', `AWS4-HMAC-SHA256 Credential=AKID/${SCOPE}`],
  ])('may be written %s', (_how, header) => {
    expect(parseSignature(header, '')?.scope?.region).toBe('us-west-2');
    expect(parseCaller(header, '')).toEqual({ accessKeyId: 'AKID', region: 'us-west-2', service: 'kinesisvideo' });
  });

  it.each(['', 'Basic abc', 'AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA256 Credential=a/b', `Bearer Credential=AKID/${SCOPE}`])(
    'that names no caller: %j',
    (header) => {
      expect(parseSignature(header, '')?.scope).toBeUndefined();
      expect(parseCaller(header, '')).toBeUndefined();
    },
  );
});

describe('a signature in the query', () => {
  const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(`AKID/${SCOPE}`)}&X-Amz-SignedHeaders=host&X-Amz-Signature=00`;

  it('is taken apart', () => {
    expect(parseSignature(undefined, query)).toMatchObject({ form: 'query', signedHeaders: ['host'], signature: '00' });
    expect(parseCaller(undefined, query)).toMatchObject({ accessKeyId: 'AKID', region: 'us-west-2' });
  });

  it('is none without an algorithm', () => {
    expect(parseSignature(undefined, 'X-Amz-Signature=00')).toBeUndefined();
    expect(parseSignature(undefined, '')).toBeUndefined();
  });
});
