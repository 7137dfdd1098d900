// Who may use the emulator's own API when it was started with --admin-token.
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { command as channels } from '../../src/commands/channels.ts';
import { command as events } from '../../src/commands/events.ts';
import { command as put } from '../../src/commands/put.ts';
import { command as streams } from '../../src/commands/streams.ts';
import { run } from '../commands/world.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { recording } from '../support/simpleMedia.ts';

const TOKEN = 'a-token';
const guarded = () => startEmulator({ adminToken: TOKEN });
const REFUSED = {
  error: 'This emulator asks for its admin token.',
  hint: 'Send Authorization: Bearer TOKEN; commands take it with --admin-token (KVS_ADMIN_TOKEN).',
};

async function ask({ url }: TestEmulator, path: string, init: RequestInit = {}) {
  const response = await fetch(`${url}/_kvs${path}`, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

async function session(emulator: TestEmulator, token: string) {
  return ask(emulator, '/session', { method: 'POST', body: JSON.stringify({ token }) });
}

describe('with --admin-token', () => {
  it('nobody reaches the API without it, whatever is asked', async () => {
    const emulator = await guarded();
    const asked: [string, RequestInit][] = [
      ['/clock', {}],
      ['/clock', { method: 'POST', body: '{"advance":"1h"}' }],
      ['/reset', { method: 'POST' }],
      ['/credentials', {}],
      ['/requests?token=a-token', {}],
      ['/nothing', {}],
      ['', {}],
      ['/%68ealth', {}],
      ['/session', {}],
      ['//clock', {}],
    ];
    const answers = await Promise.all(asked.map(([path, init]) => ask(emulator, path, init)));
    expect(answers.map(({ status }) => status)).toEqual(asked.map(() => 401));
    expect(JSON.parse(answers[0]?.text ?? '')).toEqual(REFUSED);
    expect(answers[0]?.headers.get('www-authenticate')).toBe('Bearer');
    for (const wrong of ['', 'a', 'a-toke', 'a-token2', 'A-TOKEN']) {
      expect((await ask(emulator, '/clock', bearer(wrong))).status).toBe(401);
    }
    const basic = { headers: { authorization: `Basic ${TOKEN}` } };
    expect((await ask(emulator, '/clock', basic)).status).toBe(401);
  });

  it('it lets in, and health and certificate need none', async () => {
    const emulator = await guarded();
    expect((await ask(emulator, '/clock', bearer(TOKEN))).status).toBe(200);
    expect((await ask(emulator, '/health')).status).toBe(200);
    expect((await ask(emulator, '/ca.pem')).text).toContain('BEGIN CERTIFICATE');
  });

  it('operations of the service need none', async () => {
    const emulator = await guarded();
    expect((await fetch(`${emulator.url}/listStreams`, { method: 'POST' })).status).toBe(200);
  });

  it('a page gets a cookie for it, which does not say what it is', async () => {
    const emulator = await guarded();
    const { status, headers, text } = await session(emulator, TOKEN);
    expect([status, text]).toEqual([200, '{}\n']);
    const cookie = headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^kvs-emulator-\d+=[\w-]{43}; Path=\/_kvs; HttpOnly; SameSite=Strict$/);
    const pair = cookie.split(';')[0] ?? '';
    expect((await ask(emulator, '/clock', { headers: { cookie: `a=b; ${pair}` } })).status).toBe(200);
    expect((await ask(emulator, '/clock', { headers: { cookie: `${pair}x` } })).status).toBe(401);
    const other = await startEmulator({ adminToken: 'another' });
    const moved = pair.replace(/\d+/, String(other.port));
    expect((await ask(other, '/clock', { headers: { cookie: moved } })).status).toBe(401);
  });

  it('a page that is wrong, or says nothing, gets none', async () => {
    const emulator = await guarded();
    const wrong = await session(emulator, 'a-toke');
    expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([401, null]);
    const nothing = await ask(emulator, '/session', { method: 'POST', body: '{}' });
    expect([nothing.status, JSON.parse(nothing.text).path]).toEqual([400, '/token']);
  });

  it('events alone take it in the query', async () => {
    const emulator = await guarded();
    expect((await ask(emulator, '/events?token=wrong')).status).toBe(401);
    expect((await ask(emulator, '/events')).status).toBe(401);
    expect((await ask(emulator, `/clock?token=${TOKEN}`)).status).toBe(401);
    const answer = await fetch(`${emulator.url}/_kvs/events?token=${TOKEN}`);
    await answer.body?.cancel();
    expect(answer.status).not.toBe(401);
  });
});

it('commands send it whatever they ask for: a body, events, bytes that come and bytes that go', async () => {
  const emulator = await startEmulator({ adminToken: TOKEN, clock: 'frozen' });
  const world = { adminToken: TOKEN, stdin: Readable.from([recording(2)]) };
  const placed = await run(put, ['cam', '-', '--ago', '1h', '--retention', '24'], emulator.url, world);
  expect([placed.error, String(placed.stdout)]).toEqual([undefined, '2 fragments of the past in cam.\n']);
  const [first] = (await emulator.streams.fragments('cam')).fragments;
  const one = await run(streams, ['cam', 'fragment', first?.number ?? ''], emulator.url, world);
  expect([one.error, one.stdout.length > 0]).toEqual([undefined, true]);
  let over = false;
  const told = run(events, ['--types', 'clock', '--count', '1'], emulator.url, world).finally(() => {
    over = true;
  });
  while (!over) await emulator.clock.advance('1s');
  expect(await told).toMatchObject({ error: undefined, code: 0 });
  expect((await run(channels, [], emulator.url, world)).code).toBe(0);
  for (const command of [channels, events]) {
    const { error } = await run(command, [], emulator.url);
    expect(String(error)).toContain('This emulator asks for its admin token.');
  }
});

it('without --admin-token nobody is asked, and a page may still ask for its cookie', async () => {
  const emulator = await startEmulator();
  expect((await ask(emulator, '/clock')).status).toBe(200);
  expect((await session(emulator, 'whatever')).status).toBe(200);
});

it('a token that no header could carry is refused at the start', async () => {
  await expect(startEmulator({ adminToken: 'a token' })).rejects.toThrow('adminToken must be up to 256');
});
