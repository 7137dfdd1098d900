import { describe, expect, it } from 'vitest';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';

const START = '2030-01-01T00:00:00.000Z';
const frozen = () => startEmulator({ clock: 'frozen', startTime: START });

async function call(emulator: TestEmulator, method: string, path: string, body?: string) {
  const response = await fetch(`${emulator.url}${path}`, { method, ...(body === undefined ? {} : { body }) });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
}
const json = async (emulator: TestEmulator, method: string, path: string, body?: unknown) => {
  const answer = await call(emulator, method, path, body === undefined ? undefined : JSON.stringify(body));
  expect(answer.type).toBe('application/json');
  return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> };
};
async function createStream({ url }: TestEmulator, name: string, account = 'test', region = 'us-east-1') {
  const authorization = `AWS4-HMAC-SHA256 Credential=${account}/20300101/${region}/kinesisvideo/aws4_request`;
  const body = JSON.stringify({ StreamName: name });
  const response = await fetch(`${url}/createStream`, { method: 'POST', body, headers: { authorization } });
  expect(response.status).toBe(200);
}
async function streams({ url }: TestEmulator, account = 'test', region = 'us-east-1'): Promise<string[]> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${account}/20300101/${region}/kinesisvideo/aws4_request`;
  const response = await fetch(`${url}/listStreams`, { method: 'POST', body: '{}', headers: { authorization } });
  const { StreamInfoList } = (await response.json()) as { StreamInfoList: { StreamName: string }[] };
  return StreamInfoList.map(({ StreamName }) => StreamName);
}

describe('GET /_kvs/health', () => {
  it('says ok, the version and for how long', async () => {
    const { status, body } = await json(await startEmulator(), 'GET', '/_kvs/health');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['status', 'version', 'uptimeMs']);
    expect(body.status).toBe('ok');
    expect(body.uptimeMs).toBeGreaterThanOrEqual(0);
  });
});

describe('the clock', () => {
  it('shows itself', async () => {
    const { body } = await json(await frozen(), 'GET', '/_kvs/clock');
    expect(body).toEqual({ now: START, mode: 'frozen', rate: 1, offsetMs: expect.any(Number), next: [] });
  });

  it.each([
    [{ advance: '25h' }, '2030-01-02T01:00:00.000Z'],
    [{ advance: 1.5 }, '2030-01-01T00:00:01.500Z'],
    [{ advance: 'P1DT1H' }, '2030-01-02T01:00:00.000Z'],
    [{ advance: '90m' }, '2030-01-01T01:30:00.000Z'],
    [{ set: '2031-02-03T04:05:06Z' }, '2031-02-03T04:05:06.000Z'],
    [{ set: '2020-02-03T04:05:06.789Z' }, '2020-02-03T04:05:06.789Z'],
    [{ set: '2031-02-03T04:05:06+02:00' }, '2031-02-03T02:05:06.000Z'],
    [{ set: Date.UTC(2031, 0, 1) }, '2031-01-01T00:00:00.000Z'],
    [{ set: '9999-12-31T23:59:59.999Z' }, '9999-12-31T23:59:59.999Z'],
    [{ mode: 'frozen' }, START],
  ])('obeys %j and answers its new state', async (body, now) => {
    const emulator = await frozen();
    const answer = await json(emulator, 'POST', '/_kvs/clock', body);
    expect(answer).toMatchObject({ status: 200, body: { now, mode: 'frozen', rate: 1 } });
    expect((await json(emulator, 'GET', '/_kvs/clock')).body.now).toBe(now);
  });

  it('runs, and runs faster', async () => {
    const emulator = await frozen();
    expect((await json(emulator, 'POST', '/_kvs/clock', { mode: 'running' })).body).toMatchObject({ mode: 'running' });
    const { body } = await json(emulator, 'POST', '/_kvs/clock', { rate: 60 });
    expect(body).toMatchObject({ mode: 'running', rate: 60 });
  });

  it('is set and started in one go', async () => {
    const emulator = await frozen();
    const together = { set: '2031-01-01T00:00:00Z', rate: 5, mode: 'frozen' };
    const { body } = await json(emulator, 'POST', '/_kvs/clock', together);
    expect(body).toMatchObject({ now: '2031-01-01T00:00:00.000Z', mode: 'frozen', rate: 5 });
  });

  it('answers when all that was due is done', async () => {
    const emulator = await frozen();
    await json(emulator, 'POST', '/_kvs/clock', { rate: 100_000 });
    await json(emulator, 'POST', '/_kvs/clock', { mode: 'frozen' });
    const before = emulator.clock.now();
    await json(emulator, 'POST', '/_kvs/clock', { advance: 10 });
    expect(emulator.clock.now()).toBe(before + 10_000);
  });

  it.each([
    ['{', /^The body is not JSON: /, 'Send one JSON object.'],
    ['[]', 'The body is not a JSON object.', /^Send \{"advance"/],
    ['{}', 'The body says nothing to do.', /^Send \{"advance":"25h"\}, /],
    ['{"advance":1,"set":2}', '"advance" goes alone, not with "set".', /^Send /, '/advance'],
    ['{"forward":1}', 'The clock knows no "forward".', /^Send /, '/forward'],
    ['{"constructor":1}', 'The clock knows no "constructor".', /^Send /, '/constructor'],
    ['{"a/b":1}', 'The clock knows no "a/b".', /^Send /, '/a~1b'],
    ['{"advance":"soon"}', '"soon" cannot be "advance".', /^Give seconds as a number, or a duration like/, '/advance'],
    ['{"advance":-1}', '-1 cannot be "advance".', /forward only/, '/advance'],
    ['{"advance":1e300}', '1e+300 cannot be "advance".', /ends at 9999-12-31T23:59:59.999Z/, '/advance'],
    ['{"advance":"7970y"}', '"7970y" cannot be "advance".', /duration/, '/advance'],
    ['{"set":1}', '1 cannot be "set".', /seconds/, '/set'],
    ['{"set":"later"}', '"later" cannot be "set".', /ISO 8601/, '/set'],
    ['{"set":"1969-12-31T23:59:59Z"}', '"1969-12-31T23:59:59Z" cannot be "set".', /from 1970 to 9999/, '/set'],
    ['{"set":253402300800000}', '253402300800000 cannot be "set".', /from 1970 to 9999/, '/set'],
    ['{"mode":"fast"}', '"fast" cannot be "mode".', /"running" and "frozen"/, '/mode'],
    ['{"rate":0}', '0 cannot be "rate".', /from 0.001 to 1000000/, '/rate'],
    ['{"rate":0.0009}', '0.0009 cannot be "rate".', /from 0.001 to 1000000/, '/rate'],
    ['{"rate":1000001}', '1000001 cannot be "rate".', /from 0.001 to 1000000/, '/rate'],
    ['{"rate":"60"}', '"60" cannot be "rate".', /from 0.001/, '/rate'],
    ['{"set":"2031-01-01T00:00:00Z","rate":0}', '0 cannot be "rate".', /from 0.001/, '/rate'],
  ])('refuses %s and stays as it is', async (body, error, hint, path?: string) => {
    const emulator = await frozen();
    const answer = await call(emulator, 'POST', '/_kvs/clock', body);
    expect(answer).toMatchObject({ status: 400, type: 'application/json' });
    const said = JSON.parse(answer.body) as Record<string, string>;
    expect(Object.keys(said)).toEqual(path === undefined ? ['error', 'hint'] : ['error', 'hint', 'path']);
    expect(said.path).toBe(path);
    expect(said.error).toMatch(error);
    expect(said.hint).toMatch(hint);
    expect(emulator.clock.state()).toMatchObject({ now: START, mode: 'frozen', rate: 1 });
  });
});

describe('POST /_kvs/reset', () => {
  async function filled(): Promise<TestEmulator> {
    const emulator = await frozen();
    await createStream(emulator, 'a');
    await createStream(emulator, 'b', '111122223333');
    await createStream(emulator, 'c', '111122223333', 'eu-west-1');
    return emulator;
  }
  const left = async (emulator: TestEmulator) => [
    ...(await streams(emulator)),
    ...(await streams(emulator, '111122223333')),
    ...(await streams(emulator, '111122223333', 'eu-west-1')),
  ];

  it.each([
    ['', []],
    ['?clock=keep', []],
    ['?account=111122223333', ['a']],
    ['?region=us-east-1', ['c']],
    ['?account=111122223333&region=eu-west-1', ['a', 'b']],
    ['?account=999999999999', ['a', 'b', 'c']],
  ])('forgets what it is told to: %j', async (query, names) => {
    const emulator = await filled();
    expect(await left(emulator)).toEqual(['a', 'b', 'c']);
    expect(await json(emulator, 'POST', `/_kvs/reset${query}`)).toEqual({
      status: 200,
      body: { streams: 3 - names.length },
    });
    expect(await left(emulator)).toEqual(names);
  });

  it.each([
    ['?acount=1', 'Reset knows no "acount". Did you mean "account"?'],
    ['?account=12', '"12" is no account: accounts are 12 digits.'],
    ['?region=', 'The region is empty.'],
    ['?clock=reset', '"reset" cannot be "clock": it is kept or not said.'],
    ['?account=111122223333&account=000000000000', 'The account is said twice.'],
    ['?constructor=1', 'Reset knows no "constructor".'],
  ])('refuses %s and forgets nothing', async (query, error) => {
    const emulator = await filled();
    const answer = await json(emulator, 'POST', `/_kvs/reset${query}`);
    expect(answer).toMatchObject({ status: 400, body: { error, hint: expect.stringContaining('/_kvs/reset') } });
    expect(await left(emulator)).toEqual(['a', 'b', 'c']);
  });
});

describe('the body of POST /_kvs/reset', () => {
  it('may say the same as the query', async () => {
    const emulator = await frozen();
    await createStream(emulator, 'a');
    await createStream(emulator, 'b', '111122223333');
    const answer = await json(emulator, 'POST', '/_kvs/reset', { account: '111122223333', region: 'us-east-1' });
    expect(answer).toEqual({ status: 200, body: { streams: 1 } });
    expect(await streams(emulator)).toEqual(['a']);
  });

  it.each([
    ['[]', 'The body is not a JSON object.', undefined],
    ['{"region":5}', 'The region is no string.', '/region'],
    ['{"a/b~":"x"}', 'Reset knows no "a/b~".', '/a~1b~0'],
    ['{"clock":true}', 'The clock is no string.', '/clock'],
  ])('is refused as %s, with where it was wrong', async (body, error, path) => {
    const emulator = await frozen();
    await createStream(emulator, 'a');
    const answer = await call(emulator, 'POST', '/_kvs/reset', body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ error, hint: expect.stringContaining('/_kvs/reset'), path });
    expect(await streams(emulator)).toEqual(['a']);
  });
});

describe('GET /_kvs/ca.pem', () => {
  it('is the certificate to trust', async () => {
    const { status, type, body } = await call(await startEmulator(), 'GET', '/_kvs/ca.pem');
    expect([status, type]).toEqual([200, 'application/x-pem-file']);
    expect(body).toMatch(/^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/);
  });
});

describe('the emulator’s own API', () => {
  it('names its routes to whoever asks for another', async () => {
    const answer = await json(await startEmulator(), 'GET', '/_kvs/helth');
    expect(answer.status).toBe(404);
    expect(answer.body.error).toBe('There is no GET /_kvs/helth.');
    expect(answer.body.hint).toContain('GET /_kvs/health, GET /_kvs/clock, POST /_kvs/clock, POST /_kvs/reset');
  });

  it('names the methods of a route', async () => {
    const answer = await json(await startEmulator(), 'DELETE', '/_kvs/clock');
    expect(answer).toEqual({ status: 405, body: { error: '/_kvs/clock takes no DELETE.', hint: 'Use GET or POST.' } });
  });

  it('takes no body over 1 MiB', async () => {
    const answer = await call(await startEmulator(), 'POST', '/_kvs/clock', 'x'.repeat(1024 * 1024 + 1));
    expect(answer.status).toBe(413);
  });

  it('answers HEAD like GET, without a body', async () => {
    const emulator = await startEmulator();
    const answer = await call(emulator, 'HEAD', '/_kvs/clock');
    expect(answer).toEqual({ status: 200, type: 'application/json', body: '' });
  });
});
