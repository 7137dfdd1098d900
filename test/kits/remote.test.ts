import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { call } from '../../src/client/call.ts';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { type RemoteControls, remoteControls } from '../../src/kits/remote.ts';

let emulator: Emulator;
let remote: RemoteControls;
beforeAll(async () => {
  emulator = await createEmulator({ clock: 'frozen', startTime: '2030-01-01T00:00:00Z', adminToken: 'let-me' });
  remote = remoteControls({ endpoint: emulator.url, region: 'us-east-1', adminToken: 'let-me' });
});
afterAll(() => emulator.stop());

const create = (StreamName: string, accessKeyId = 'test') =>
  call(
    { endpoint: emulator.url, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey: 'test' } },
    '/createStream',
    { StreamName, DataRetentionInHours: 1 },
  );

describe('an emulator elsewhere, asked over HTTP', () => {
  it('has its clock moved in every way there is', async () => {
    expect(await remote.clock.now()).toBe(Date.UTC(2030, 0, 1));
    expect((await remote.clock.advance('25h')).now).toBe('2030-01-02T01:00:00.000Z');
    expect((await remote.clock.set(new Date('2031-01-01T00:00:00Z'))).now).toBe('2031-01-01T00:00:00.000Z');
    expect(await remote.clock.run(60)).toMatchObject({ mode: 'running', rate: 60 });
    expect((await remote.clock.freeze()).mode).toBe('frozen');
    expect(await remote.clock.change({ mode: 'running', rate: 1 })).toMatchObject({ mode: 'running', rate: 1 });
    expect((await remote.clock.run()).mode).toBe('running');
    await remote.clock.freeze();
    expect(await remote.clock.state()).toMatchObject({ now: emulator.clock.state().now, mode: 'frozen', next: [] });
  });

  it('takes faults and gives them back', async () => {
    const rule = { id: 'no-door', match: { operation: 'CreateStream', stream: 'door*' }, effect: { status: 503 } };
    expect(await remote.faults.add(rule)).toMatchObject([rule]);
    await expect(create('door-1')).rejects.toMatchObject({ status: 503 });
    expect(await remote.faults.get('no-door')).toMatchObject({ fired: 1 });
    expect((await remote.faults.sets()).map(({ name }) => name)).toContain('outage');
    const added = await remote.faults.addSet('outage', { stream: 'gate' });
    expect(await remote.faults.list({ set: 'outage' })).toEqual(added);
    expect(await remote.faults.clear({ set: 'outage' })).toEqual({ faults: added.length });
    await remote.faults.remove('no-door');
    await expect(remote.faults.get('no-door')).rejects.toThrow('There is no fault "no-door"');
    expect(await remote.faults.replace([rule, { effect: { latency: 1 } }])).toHaveLength(2);
    await remote.faults.clear();
    expect(emulator.faults.list()).toEqual([]);
  });

  it('says of what makes no sense what is wrong with it', async () => {
    await expect(remote.faults.add({ effect: { ack: 1 } })).rejects.toThrow(/\/effect\/ack|ack/);
    await expect(remote.clock.advance('soon')).rejects.toThrow(/"soon"/);
  });

  it('goes back to snapshots', async () => {
    const { streams } = await remote.snapshots.take('before');
    await create('only-for-a-while');
    expect(await remote.snapshots.restore('before')).toMatchObject({ name: 'before', streams, journal: false });
    expect(emulator.streams.list().streams.map(({ name }) => name)).not.toContain('only-for-a-while');
    expect(await remote.snapshots.list()).toMatchObject([{ name: 'before' }]);
    await remote.snapshots.remove('before');
    await expect(remote.snapshots.restore('before')).rejects.toThrow('There is no snapshot before');
  });

  it('has limits for all, for an account and for a stream', async () => {
    expect(await remote.limits.set({ profile: 'aws' })).toMatchObject({ profile: 'aws' });
    expect(
      await remote.limits.change({ overrides: { 'GetMedia.rate': 1 } }, { account: '111111111111' }),
    ).toMatchObject({ overrides: { 'GetMedia.rate': 1 } });
    expect((await remote.limits.get()).overrides).toEqual({});
    expect(await remote.limits.setStream('door', { shards: 4 })).toMatchObject({ shards: 4 });
    expect(await remote.limits.changeStream('door', { shards: 2 })).toMatchObject({ shards: 2 });
    expect(await remote.limits.stream('door')).toEqual(emulator.limits.stream('door'));
    await remote.limits.forgetStream('door');
    expect((await remote.limits.set({ profile: 'off' })).streams).toEqual({});
  });

  it('knows who may sign', async () => {
    await remote.credentials.set({ accessKeys: [{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 's'.repeat(20) }] });
    await remote.credentials.change({ roles: [{ arn: 'arn:aws:iam::000000000000:role/viewer' }] });
    expect(await remote.credentials.get()).toEqual(emulator.credentials.get());
    expect((await remote.credentials.get()).roles).toHaveLength(1);
    await remote.credentials.set({});
  });

  it('shows the requests that match, and waits for them', async () => {
    await remote.requests.clear();
    expect(await remote.requests.list()).toEqual([]);
    const waited = remote.requests.waitFor({ operation: 'CreateStream', stream: 'gate' }, { timeout: '20s' });
    await create('gate');
    await create('fence', '222222222222');
    expect(await waited).toMatchObject([{ stream: 'gate', status: 200 }]);
    expect(await remote.requests.list({ account: '222222222222' })).toMatchObject([{ stream: 'fence' }]);
    expect(await remote.requests.list({ since: new Date('2050-01-01T00:00:00Z') })).toEqual([]);
    const [first] = await remote.requests.list({ operation: 'CreateStream', limit: 1 });
    expect((await remote.requests.page({ operation: 'CreateStream', after: first?.requestId })).requests).toMatchObject(
      [{ stream: 'fence' }],
    );
    await expect(remote.requests.waitFor({ operation: 'PutMedia' }, { count: 2, timeout: 0 })).rejects.toThrow(
      '0 of 2 requests came within 0.',
    );
  });

  it('reads on where a page of requests ends, in the filter that was given, and waits once', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(String(request.url));
      const requests = [{ requestId: String(asked.length), status: 200, ms: 1 }];
      response.end(JSON.stringify({ requests, next: asked.length < 3 ? String(asked.length) : null, dropped: 0 }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const paged = remoteControls({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1' });
    const found = await paged.requests.waitFor({ stream: 'door' }, { count: 3, timeout: '5s' });
    expect(found.map(({ requestId }) => requestId)).toEqual(['1', '2', '3']);
    expect(asked).toEqual([
      '/_kvs/requests?stream=door&wait=5s&count=3',
      '/_kvs/requests?stream=door&after=1',
      '/_kvs/requests?stream=door&after=2',
    ]);
  });

  it('is reset, and has its certificate told', async () => {
    expect(await remote.reset({ account: '222222222222' })).toEqual({ streams: 1 });
    expect(await remote.reset({ clock: 'keep' })).toEqual({ streams: 1 });
    expect(await remote.ca()).toBe(await emulator.ca());
  });

  it('wants the token of the emulator', async () => {
    const stranger = remoteControls({ endpoint: emulator.url, region: 'us-east-1' });
    await expect(stranger.clock.state()).rejects.toMatchObject({ status: 401 });
  });
});
