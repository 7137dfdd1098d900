import { describe, expect, it } from 'vitest';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';

// What no client of AWS sends, sent all the same: the documented error each time, and the emulator serves on.

const LONG = 'a'.repeat(10_000);
const nested = (levels: number) => `{"StreamName":${'['.repeat(levels)}${']'.repeat(levels)}}`;

async function post(emulator: TestEmulator, path: string, body: string | Uint8Array<ArrayBuffer>, type?: string) {
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
  const response = await fetch(emulator.url + path, { method: 'POST', body, headers });
  const [error = ''] = (response.headers.get('x-amzn-errortype') ?? '').split(':');
  const text = await response.text();
  return { status: response.status, error, text };
}
const messageOf = (text: string): string => JSON.parse(text).message;

describe('a hostile request', () => {
  it.each<[string, string | Uint8Array<ArrayBuffer>, string]>([
    ['no JSON', '{"StreamName":', 'The request body is not valid JSON.'],
    ['a list', '[]', 'The request body must be a JSON object.'],
    ['no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 'The request body is not valid UTF-8.'],
    ['an object as deep as may be', nested(999), "The member 'streamName' must be a string, not a list."],
    ['an object too deep', nested(100_000), 'The request body nests deeper than 1000 levels.'],
    [
      'half of a surrogate pair',
      '{"StreamName":"\\ud83d"}',
      "The string at 'streamName' holds half of a surrogate pair.",
    ],
    [
      'half of a surrogate pair in a tag',
      '{"StreamName":"a","Tags":{"k":"\\ude00"}}',
      "The string at 'tags.k.member' holds half of a surrogate pair.",
    ],
  ])('with %s is a SerializationException', async (_what, body, text) => {
    const answer = await post(await startEmulator(), '/createStream', body, 'application/json');
    expect(answer).toMatchObject({ status: 400, error: 'SerializationException' });
    expect(messageOf(answer.text)).toBe(text);
  });

  it('with a name of 10,000 characters is told so', async () => {
    const answer = await post(await startEmulator(), '/createStream', JSON.stringify({ StreamName: LONG }));
    expect(answer).toMatchObject({ status: 400, error: 'ValidationException' });
    expect(messageOf(answer.text)).toBe(
      `1 validation error detected: Value '${LONG.slice(0, 256)}…' at 'streamName' failed to satisfy constraint: Member must have length less than or equal to 256`,
    );
  });

  it('with 300,000 bad tags gets an answer that is no longer than a few of its own length', async () => {
    const Tags = Array(300_000).fill('{}').join(',');
    const body = `{"ResourceARN":"x","Tags":[${Tags}]}`;
    const answer = await post(await startEmulator(), '/TagResource', body);
    expect(answer).toMatchObject({ status: 400, error: 'ValidationException' });
    expect(messageOf(answer.text)).toMatch(/^100 validation errors detected: /);
    expect(answer.text.length).toBeLessThan(2 * body.length);
  });

  it('cannot reach what every object inherits', async () => {
    const emulator = await startEmulator();
    const body = '{"__proto__":{"StreamName":"inherited"},"constructor":{"prototype":{"StreamName":"x"}}}';
    const missing = await post(emulator, '/createStream', body);
    expect(messageOf(missing.text)).toMatch(/^1 validation error detected: Value null at 'streamName'/);
    const tagged = '{"StreamName":"a","Tags":{"__proto__":"p","toString":"t","k":"first","k":"last"}}';
    expect(await post(emulator, '/createStream', tagged)).toMatchObject({ status: 200 });
    expect((await post(emulator, '/listTagsForStream', '{"StreamName":"a"}')).text).toBe(
      '{"NextToken":null,"Tags":{"__proto__":"p","k":"last","toString":"t"}}',
    );
    expect({}).not.toHaveProperty('StreamName');
  });

  it.each([undefined, 'text/plain', 'application/x-amz-json-1.0', 'multipart/form-data', 'a/b; charset=x'])(
    'with content type %s is taken as JSON',
    async (type) => {
      const answer = await post(await startEmulator(), '/createStream', '{"StreamName":"a"}', type);
      expect(answer).toMatchObject({ status: 200, error: '' });
    },
  );

  it('one after the other, a hundred times, leaves an emulator that answers the next', async () => {
    const emulator = await startEmulator();
    for (let i = 0; i < 100; i++) await post(emulator, '/createStream', nested(5000));
    expect(await post(emulator, '/listStreams', '')).toEqual({
      status: 200,
      error: '',
      text: '{"NextToken":null,"StreamInfoList":[]}',
    });
  });
});
