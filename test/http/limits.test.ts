// Limits over real connections, and what clients do with a refusal.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStreamCommand, DescribeStreamCommand, KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { KinesisVideoMedia } from '@aws-sdk/client-kinesis-video-media';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call } from '../../src/client/call.ts';
import { command as limitsCommand } from '../../src/commands/limits.ts';
import { createEmulator, type EmulatorOptions } from '../../src/index.ts';
import { run } from '../commands/world.ts';
import { startEmulator } from '../support/emulator.ts';
import { type Bytes, cluster, concat, ebmlHeader, info, segment, simpleBlock, tracks } from '../support/mkv.ts';
import { brief, openPut } from '../support/putMedia.ts';
import { answerTo, offer } from '../support/signaling.ts';
import { refusedWith, startSignaling } from '../support/signalingClient.ts';

const FROZEN = { clock: 'frozen', startTime: '2030-01-01T00:00:00Z' } as const;
const HEAD = concat(ebmlHeader(), segment([info(), tracks()]));
const fragment = (at: number, bytes: number): Bytes =>
  cluster({ timecode: at * 1000, size: 'known' }, [simpleBlock({ key: true, data: new Uint8Array(bytes) })]);

async function startWithStream(options: EmulatorOptions = {}) {
  const emulator = await startEmulator({ ...FROZEN, ...options });
  const client = { endpoint: emulator.url, region: 'us-east-1' };
  await call(client, '/createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
  return { emulator, client };
}

describe('a client that is refused', () => {
  it('the JavaScript SDK: one attempt, its own class, no retry; one that waits as told gets through', async () => {
    const { emulator } = await startWithStream({ limits: 'aws' });
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    for (const retryMode of ['standard', 'adaptive']) {
      const sdk = new KinesisVideoClient({ endpoint: emulator.url, region: 'us-east-1', credentials, retryMode });
      const describeCam = () => sdk.send(new DescribeStreamCommand({ StreamName: 'cam' }));
      for (let i = 0; i < 5; i++) await describeCam();
      emulator.requests.clear();
      const refused = await describeCam().catch((error: unknown) => error);
      expect(refused).toMatchObject({
        name: 'ClientLimitExceededException',
        message: "Limit exceeded on number of requests for DescribeStream API for resource 'cam'",
        $metadata: { httpStatusCode: 400, attempts: 1 },
      });
      const [{ throttled }] = emulator.requests.list() as [ReturnType<typeof emulator.requests.list>[number]];
      expect(emulator.requests.list()).toHaveLength(1);
      await emulator.clock.set(throttled?.passesAt as string);
      await describeCam();
      await emulator.clock.advance(1);
    }
  });

  it('the JavaScript SDK at the connections of GetMedia', async () => {
    const { emulator } = await startWithStream({ limits: 'aws' });
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const sdk = new KinesisVideoMedia({ endpoint: emulator.url, region: 'us-east-1', credentials });
    const get = () => sdk.getMedia({ StreamName: 'cam', StartSelector: { StartSelectorType: 'NOW' } });
    const open = [await get(), await get(), await get()];
    await expect(get()).rejects.toMatchObject({
      name: 'ConnectionLimitExceededException',
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
    for (const { Payload } of open.slice(0, 1)) (Payload as unknown as { destroy(): void }).destroy();
    const over = () => emulator.requests.list({ operation: 'GetMedia' }).filter(({ ms }) => ms !== null).length;
    await expect.poll(over).toBe(2);
    await get();
  });

  it('our own: one attempt, the name and the sentence of AWS', async () => {
    const { emulator, client } = await startWithStream({ limits: 'aws' });
    for (let i = 0; i < 5; i++) await call(client, '/describeStream', { StreamName: 'cam' });
    emulator.requests.clear();
    await expect(call(client, '/describeStream', { StreamName: 'cam' })).rejects.toMatchObject({
      name: 'ClientLimitExceededException',
    });
    expect(emulator.requests.list()).toHaveLength(1);
  });
});

describe('a body that is held back', () => {
  const body = concat(HEAD, fragment(0, 1_000_000), fragment(1, 1_000_000), fragment(2, 1000));

  it('stands under next of the clock, and passes while the clock is advanced, all of it before the call returns', async () => {
    const { emulator } = await startWithStream();
    emulator.limits.set({ overrides: { 'PutMedia.bytesPerSecond': 200_000 } });
    const put = openPut({ url: emulator.url });
    void put.send(body);
    put.end();
    expect(await put.next()).toMatchObject({ EventType: 'BUFFERING' });
    await expect.poll(() => emulator.clock.state().next.map(({ what }) => what)).toContain('paced');
    const { next } = await emulator.clock.advance('20s');
    expect(next.filter(({ what }) => what === 'paced')).toEqual([]);
    expect(brief(await put.rest()).filter((line) => line.startsWith('PERSISTED'))).toHaveLength(3);
  });

  it.each(['up', 'down'] as const)('does not keep the emulator from stopping: %s', async (way) => {
    const { emulator } = await startWithStream();
    const put = openPut({ url: emulator.url });
    if (way === 'up') emulator.limits.set({ overrides: { 'PutMedia.bytesPerSecond': 100_000 } });
    void put.send(body);
    put.end();
    if (way === 'down') {
      await put.rest();
      emulator.limits.set({ overrides: { 'GetMedia.bytesPerSecond': 100_000 } });
      const input = JSON.stringify({ StreamName: 'cam', StartSelector: { StartSelectorType: 'EARLIEST' } });
      const answer = await fetch(`${emulator.url}/getMedia`, { method: 'POST', body: input });
      void answer.arrayBuffer().catch(() => undefined);
    }
    await expect.poll(() => emulator.clock.state().next.map(({ what }) => what)).toContain('paced');
    await emulator.stop();
  });

  it('ends with a reset', async () => {
    const { emulator } = await startWithStream();
    emulator.limits.set({ overrides: { 'PutMedia.bytesPerSecond': 100_000 } });
    const put = openPut({ url: emulator.url });
    void put.send(body);
    await expect.poll(() => emulator.clock.state().next.map(({ what }) => what)).toContain('paced');
    await emulator.reset();
    expect(emulator.limits.get().overrides).toEqual({});
    expect(brief(await put.rest()).at(-1)).toBe('ERROR 4008');
  });
});

describe('the option --limits', () => {
  function file(text: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'kvs-limits-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'limits.json'), text);
    return join(folder, 'limits.json');
  }

  it('takes a profile, or a file as the route takes it; a reset leads back to that', async () => {
    expect((await startEmulator({ limits: 'shards' })).limits.get().profile).toBe('shards');
    const said = { profile: 'aws', mode: 'reject', overrides: { GetMedia: 1 }, streams: { door: { shards: 2 } } };
    const { limits, reset } = await startEmulator({ limits: file(JSON.stringify(said)) });
    const wanted = {
      ...{ profile: 'aws', mode: 'reject', overrides: { 'GetMedia.rate': 1 } },
      streams: { door: { shards: 2, overrides: {} } },
    };
    expect(limits.get()).toMatchObject(wanted);
    limits.set({ streams: {} });
    limits.change({ overrides: { PutMedia: 1 } }, { account: '111111111111' });
    await reset();
    expect(limits.get()).toMatchObject(wanted);
    expect(limits.get({ account: '111111111111' }).overrides).toEqual({});
  });

  it.each([
    ['{"profile":"azure"}', /^The limits make no sense: "azure" cannot be "profile"\. \(\/profile\)/],
    ['{"profile":', /is not JSON/],
    ['null', /What was given is no object/],
  ])('refuses a file that says %s', async (text, message) => {
    await expect(createEmulator({ limits: file(text) })).rejects.toThrow(message);
  });

  it('refuses a file that is not there', async () => {
    await expect(createEmulator({ limits: 'awss' })).rejects.toThrow(
      'The limits make no sense: awss cannot be read (ENOENT).',
    );
  });

  it('leaves a limit of its own that another option sets', async () => {
    const { limits } = await startEmulator({ limits: 'aws', streamLimit: 1 });
    expect(limits.get().effective).toMatchObject({ 'account.streams': 1, 'account.channels': 10_000 });
  });
});

it('each control is a route as well', async () => {
  const { emulator } = await startWithStream();
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${emulator.url}/_kvs/limits${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: the test knows what it asks for
    return { status: answer.status, body: (await answer.json()) as any };
  };
  expect((await ask('PUT', '', { profile: 'aws' })).body.effective['GetMedia.rate']).toBe(5);
  expect((await ask('PATCH', '', { overrides: { GetMedia: 2 } })).body.overrides).toEqual({ 'GetMedia.rate': 2 });
  expect((await ask('PATCH', '?account=111111111111', { overrides: { GetMedia: 3 } })).body.overrides).toEqual({
    'GetMedia.rate': 3,
  });
  expect((await ask('PUT', '/cam', { shards: 4 })).body.shards).toBe(4);
  expect((await ask('PATCH', '/cam', { mode: 'reject' })).body).toMatchObject({ shards: 4, mode: 'reject' });
  expect((await ask('GET', '/cam')).body).toMatchObject({ shards: 4, mode: 'reject' });
  expect((await ask('GET', '')).body).toMatchObject({ profile: 'aws', streams: { cam: { shards: 4 } } });
  expect((await ask('DELETE', '/cam')).body.shards).toBe(1);
  expect(await ask('PATCH', '', { overrides: { 'GetMedia.rate': 'x' } })).toMatchObject({
    status: 400,
    body: { path: '/overrides/GetMedia.rate' },
  });
  expect(await ask('PUT', '/cam', { shards: 'x' })).toMatchObject({ status: 400, body: { path: '/shards' } });
});

describe('the command limits', () => {
  it('shows gauges, sets a profile, numbers and shards, and forgets a stream', async () => {
    const { emulator, client } = await startWithStream();
    const said = async (...args: string[]) => {
      const { code, stdout, error } = await run(limitsCommand, args, emulator.url);
      expect(error).toBeUndefined();
      expect(code).toBe(0);
      return stdout.toString();
    };
    expect(await said()).toBe('profile off, mode pace\n');
    expect(await said('profile', 'aws')).toContain('profile aws, mode pace\n');
    await call(client, '/describeStream', { StreamName: 'cam' });
    expect((await said()).split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['profile aws, mode pace'],
      ['LIMIT', 'OF', 'LEFT', 'IN ALL', 'PASSED', 'REFUSED', 'PASSES AT'],
      ['DescribeStream.accountRate', '000000000000 in us-east-1', '299', '300', '1', '0'],
      ['DescribeStream.rate', 'cam', '4', '5', '1', '0'],
      [''],
    ]);
    const shown = await said('override', 'GetMedia=1', 'fragment.bytes=1m', 'PutMedia.connections=null');
    for (const line of ['GetMedia.rate=1', 'fragment.bytes=1048576', 'PutMedia.connections=null'])
      expect(shown).toContain(`  ${line}\n`);
    expect(await said('shards', 'cam', '4', '--mode', 'reject')).toContain('4 shards, mode reject\n');
    expect(JSON.parse(await said('--stream', 'cam', '--json'))).toMatchObject({ shards: 4, mode: 'reject' });
    expect(await said('override', 'GetMedia=7', '--stream', 'cam')).toContain('  GetMedia.rate=7\n');
    expect(await said('forget', 'cam')).toContain('1 shard, mode pace\n');
    expect(emulator.limits.get()).toMatchObject({ profile: 'aws', streams: {} });
  });

  it.each([
    [['profile'], 'PROFILE is missing.'],
    [['profile', 'aws', '--stream', 'cam'], 'A profile holds for all streams: leave out --stream.'],
    [['override'], '`limits override` needs NAME=VALUE, like GetMedia.rate=1.'],
    [['override', 'GetMedia'], '"GetMedia" is not of the form NAME=VALUE, like GetMedia.rate=1.'],
    [['shards', 'cam', '0'], 'A stream has 1 shard or more, not "0".'],
    [['split'], /^Limits do not know "split"/],
  ])('%j is used wrongly', async (args, message) => {
    const { error } = await run(limitsCommand, args, 'http://127.0.0.1:1');
    expect((error as Error).message).toMatch(message);
  });
});

describe('signaling under the profile aws', () => {
  it('lets three masters connect in a second, and refuses the fourth', async () => {
    const { emulator, connect, url } = await startSignaling({ ...FROZEN, limits: 'aws' });
    for (let i = 0; i < 3; i++) await connect();
    expect(await refusedWith(url())).toMatchObject({ status: 400 });
    expect(emulator.requests.list().at(-1)?.throttled?.limit).toBe('ConnectAsMaster.rate');
    expect(emulator.limits.get().gauges.find(({ name }) => name === 'ConnectAsMaster.rate')).toMatchObject({
      channel: 'front',
      stream: null,
    });
    await emulator.clock.advance('334ms');
    await connect();
  });

  it('delivers five offers of a connection in a second, tells its sender of the sixth, and takes no long payload', async () => {
    const { emulator, connect } = await startSignaling({ ...FROZEN, limits: 'aws' });
    const master = await connect();
    const viewer = await connect('v1');
    for (let i = 0; i < 6; i++) viewer.send(offer('b2Zm', { correlationId: `c${i}` }));
    expect(await master.frames(5)).toHaveLength(5);
    const [status] = (await viewer.frames(1)).map((text) => JSON.parse(text));
    expect(status.statusResponse).toMatchObject({
      correlationId: 'c5',
      errorType: 'ClientLimitExceededException',
    });
    const sixth = emulator.requests.list({ operation: 'SDP_OFFER' }).at(-1);
    expect(sixth?.throttled).toMatchObject({ limit: 'SDP_OFFER.rate', passesAt: '2030-01-01T00:00:00.200Z' });
    for (let i = 0; i < 6; i++) master.send(answerTo('v1', 'YW5z'));
    await master.settled();
    expect(await viewer.frames(6)).toHaveLength(6);
    await emulator.clock.advance('200ms');
    viewer.send(offer('x'.repeat(10_001), { correlationId: 'long' }));
    const [, , , , , , long] = (await viewer.frames(7)).map((text) => JSON.parse(text));
    expect(long.statusResponse).toMatchObject({ correlationId: 'long', errorType: 'InvalidArgumentException' });
  });
});

it('CreateStream under the profile aws counts for the account', async () => {
  const emulator = await startEmulator({ ...FROZEN, limits: 'aws' });
  emulator.limits.change({ overrides: { 'account.streams': 1, 'CreateStream.accountRate': 2 } });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sdk = new KinesisVideoClient({ endpoint: emulator.url, region: 'us-east-1', credentials });
  const create = (StreamName: string) => sdk.send(new CreateStreamCommand({ StreamName }));
  await create('a');
  await expect(create('b')).rejects.toMatchObject({ name: 'AccountStreamLimitExceededException' });
  await expect(create('c')).rejects.toMatchObject({ name: 'ClientLimitExceededException' });
});
