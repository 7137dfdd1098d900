import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServiceError, serviceError } from '../../src/protocol/errors.ts';
import { parseBody, renderError, renderOutput, Timestamp } from '../../src/protocol/restJson.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const refusal = (body: Uint8Array): string => {
  try {
    return `was taken: ${JSON.stringify(parseBody(body))}`;
  } catch (error) {
    if (error instanceof ServiceError) return `${error.status} ${error.code}: ${error.message}`;
    throw error;
  }
};

describe('a request body', () => {
  it('may be empty', () => expect(parseBody(new Uint8Array())).toEqual({}));

  it('may be spread over lines as the C producer sends it', () =>
    expect(parseBody(bytes('{\n\t"StreamName": "x"\n}'))).toEqual({ StreamName: 'x' }));

  it.each(['{', 'StreamName=a', '<a/>', '{"a":1}}', "{'a':1}", '{"a":NaN}', ' '])('is refused when it is %j', (text) =>
    expect(refusal(bytes(text))).toBe('400 SerializationException: The request body is not valid JSON.'),
  );

  it.each(['[]', '"a"', '1', 'null', 'true'])('is refused when it is %s and no object', (text) =>
    expect(refusal(bytes(text))).toBe('400 SerializationException: The request body must be a JSON object.'),
  );

  it('is refused when it is not UTF-8', () =>
    expect(refusal(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBe(
      '400 SerializationException: The request body is not valid UTF-8.',
    ));

  it('may nest 1000 levels deep and no deeper', () => {
    const deep = (levels: number) => bytes(`{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`);
    expect(refusal(deep(1000))).toMatch(/^was taken/);
    expect(refusal(deep(1001))).toBe('400 SerializationException: The request body nests deeper than 1000 levels.');
    expect(refusal(bytes(`{"a":${'['.repeat(1_000_000)}`))).toBe(
      '400 SerializationException: The request body nests deeper than 1000 levels.',
    );
  });

  it('may hold 20,000 members and no more, however they nest', () => {
    const flat = (count: number) => bytes(`{${Array.from({ length: count }, (_, i) => `"m${i}":1`).join(',')}}`);
    expect(refusal(flat(20_000))).toMatch(/^was taken/);
    expect(refusal(flat(20_001))).toBe('400 SerializationException: The request body holds more than 20000 members.');
    const nested = bytes(`{"a":[${Array(20_000).fill('{"b":":"}').join(',')}]}`);
    expect(refusal(nested)).toBe('400 SerializationException: The request body holds more than 20000 members.');
    expect(refusal(bytes(`{"a":"${':'.repeat(30_000)}"}`))).toMatch(/^was taken/);
  });

  it('does not count brackets in strings, nor those that are closed again', () => {
    expect(parseBody(bytes(JSON.stringify({ a: '["\\{'.repeat(1000) })))).toEqual({ a: '["\\{'.repeat(1000) });
    expect(parseBody(bytes(JSON.stringify({ a: Array(2000).fill({ b: [] }) })))).toEqual({
      a: Array(2000).fill({ b: [] }),
    });
  });

  it('keeps __proto__ as a member of its own', () => {
    const parsed = parseBody(bytes('{"__proto__":{"StreamName":"a"}}')) as { StreamName?: string };
    expect(parsed.StreamName).toBeUndefined();
  });
});

describe('an answer', () => {
  it('has no spaces, and its keys in alphabetical order at every level', () =>
    expect(renderOutput({ b: { d: 1, c: [{ z: 'x', a: null }] }, B: true })).toBe(
      '{"B":true,"b":{"c":[{"a":null,"z":"x"}],"d":1}}',
    ));
  it('has the entries of a map as members, in order', () =>
    expect(
      renderOutput({
        Tags: new Map([
          ['b', '1'],
          ['__proto__', '2'],
          ['10', '3'],
          ['9', '4'],
        ]),
      }),
    ).toBe('{"Tags":{"10":"3","9":"4","__proto__":"2","b":"1"}}'));
  it('leaves out what is undefined and shows what is null', () =>
    expect(renderOutput({ a: undefined, b: null, c: '' })).toBe('{"b":null,"c":""}'));
  it('is an empty object for an operation without output', () => expect(renderOutput(undefined)).toBe('{}'));
  it('escapes what JSON wants escaped', () =>
    expect(renderOutput({ 'a"\n': '"\\\u0001 ü' })).toBe('{"a\\"\\n":"\\"\\\\\\u0001 ü"}'));
  it('reads back as what it was', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        expect(JSON.parse(renderOutput({ value }))).toEqual(JSON.parse(JSON.stringify({ value })));
      }),
    );
  });
});

describe('a time in an answer', () => {
  it.each([
    [1705489836421, '1.705489836421E9'],
    [1705489836000, '1.705489836E9'],
    [1700000000000, '1.7E9'],
    [1000000000000, '1.0E9'],
    [1577439476380, '1.57743947638E9'],
    [0, '0.0'],
    [1, '0.001'],
    [1500, '1.5'],
    [86_400_000, '86400.0'],
    [9_999_999_999, '9999999.999'],
    [10_000_000_000, '1.0E7'],
    [4102444800001, '4.102444800001E9'],
    [10_000_000_000_000, '1.0E10'],
    [-1500, '-1.5'],
  ])('of %d ms is %s', (ms, text) => expect(renderOutput({ t: new Timestamp(ms) })).toBe(`{"t":${text}}`));

  it('reads back as the same millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => {
        expect(Math.round(Number(new Timestamp(ms)) * 1000)).toBe(ms);
      }),
    );
  });
});

describe('an error', () => {
  it('of the service has its name in a header and Message in the body', () =>
    expect(renderError(serviceError('streamNotFound'))).toEqual({
      status: 404,
      headers: {
        'x-amzn-ErrorType': 'ResourceNotFoundException:https://kinesisvideo.amazonaws.com/doc/2017-09-30/',
        'Content-Type': 'application/json',
      },
      body: '{"Message":"The requested stream is not found or not active."}',
    }));
  it('of a channel name in use has a message of null, as captured', () => {
    const error = serviceError('channelExists', 'door');
    expect(renderError(error)).toMatchObject({ status: 400, body: '{"Message":null}' });
    expect(error.message).toBe('The channel door already exists.');
  });
  it('of the framework has message in lower case', () =>
    expect(renderError(serviceError('invalidSignature'))).toMatchObject({
      status: 403,
      headers: {
        'x-amzn-ErrorType': 'InvalidSignatureException:http://internal.amazon.com/coral/com.amazon.coral.service/',
      },
      body: expect.stringMatching(/^\{"message":"The request signature we calculated does not match/),
    }));
  it('of validation has the namespace of validation', () =>
    expect(renderError(serviceError('validation', ['a']))).toMatchObject({
      status: 400,
      headers: {
        'x-amzn-ErrorType': 'ValidationException:http://internal.amazon.com/coral/com.amazon.coral.validate/',
      },
      body: '{"message":"1 validation error detected: a"}',
    }));
  it('of IAM has Message in upper case', () =>
    expect(
      renderError(serviceError('accessDenied', 'arn:aws:iam::1:user/u', 'kinesisvideo:DescribeStream', 'cam')),
    ).toMatchObject({
      status: 403,
      body: '{"Message":"User: arn:aws:iam::1:user/u is not authorized to perform: kinesisvideo:DescribeStream on resource: cam"}',
    }));
});
