import { expect, it } from 'vitest';
import { command as channels } from '../../src/commands/channels.ts';
import { offer } from '../support/signaling.ts';
import { startSignaling } from '../support/signalingClient.ts';
import { run, service } from './world.ts';

const FROZEN = { clock: 'frozen', startTime: '2030-01-01T00:00:00Z' } as const;

async function start() {
  const signaling = await startSignaling(FROZEN);
  const { url } = signaling.emulator;
  const show = async (...args: string[]) => String((await run(channels, args, url)).stdout);
  return { ...signaling, show };
}

it('shows all channels, or one: who is there, what waits and what went by, and what is in it only if asked', async () => {
  const { emulator, arn, connect, show } = await start();
  const viewer = await connect('v1');
  viewer.send(offer('c2VjcmV0'));
  await viewer.settled();
  const all = [
    'NAME   STATUS  MASTER  VIEWERS  WAITING  LAST MESSAGE',
    'front  ACTIVE  nobody  1        1        SDP_OFFER',
  ];
  expect(await show()).toBe(`${all.join('\n')}\n`);
  const one = (payload: string): string[] => [
    'name                      front',
    `arn                       ${arn}`,
    'status                    ACTIVE',
    'storage                   -',
    'master                    nobody',
    'viewer v1                 since 2030-01-01T00:00:00.000Z, has sent 1 message',
    `waits for master          SDP_OFFER of v1, until 2030-01-01T00:01:00.000Z${payload}`,
    '2030-01-01T00:00:00.000Z  SDP_OFFER of v1 to master, kept',
  ];
  expect(await show('front')).toBe(`${one('').join('\n')}\n`);
  expect(await show('front', '--payloads')).toBe(`${one(': c2VjcmV0').join('\n')}\n`);
  const inside = emulator.channels.get('front');
  expect(JSON.parse(await show('--json'))).toEqual([inside]);
  expect(JSON.parse(await show('front', '--json'))).toEqual(inside);
  await connect();
  expect(await show()).toContain('front  ACTIVE  since 2030-01-01T00:00:00.000Z  1        0        SDP_OFFER\n');
});

it('tells new relays, lets go with a minute of grace, and ends, those of one client id or all', async () => {
  const { emulator, connect, show } = await start();
  const [master, first, second] = [await connect(), await connect('v1'), await connect('v2')];
  expect(await show('reconnect-ice', 'front', '--client', 'master')).toBe(
    'Told 1 connection to fetch new ICE servers.\n',
  );
  expect(JSON.parse((await master.frames(1))[0] ?? '')).toMatchObject({ messageType: 'RECONNECT_ICE_SERVER' });
  expect(await show('disconnect', 'front', '--client', 'v1')).toBe('Ended 1 connection.\n');
  expect(await first.closed).toBe('1001 Going away');
  expect(JSON.parse(await show('go-away', 'front', '--json'))).toEqual({ connections: 2 });
  expect(JSON.parse((await second.frames(1))[0] ?? '')).toMatchObject({ messageType: 'GO_AWAY' });
  await emulator.clock.advance('1m');
  expect([await master.closed, await second.closed]).toEqual(['1001 Going away', '1001 Going away']);
  expect(await show('disconnect', 'front')).toBe('Ended 0 connections.\n');
});

it('lists every page, of the region and account it works in', async () => {
  const { emulator } = await startSignaling(FROZEN);
  const [one] = emulator.channels.list().channels;
  const pages = [
    { channels: [{ ...one, name: 'a' }], next: 'arn:a' },
    { channels: [{ ...one, name: 'b' }], next: null },
  ];
  const { url, calls } = await service({ 'GET /_kvs/channels': pages });
  const credentials = { accessKeyId: '111111111111', secretAccessKey: 'test' };
  const { stdout } = await run(channels, ['--json'], url, { region: 'eu-west-1', credentials });
  expect(JSON.parse(String(stdout)).map(({ name }: { name: string }) => name)).toEqual(['a', 'b']);
  const where = 'region=eu-west-1&account=111111111111';
  expect(calls.map(({ what }) => what)).toEqual([
    `GET /_kvs/channels?${where}`,
    `GET /_kvs/channels?${where}&after=arn%3Aa`,
  ]);
});

it('prints no lines where there is none', async () => {
  const { url } = (await startSignaling(FROZEN)).emulator;
  const none = await run(channels, [], url, { region: 'eu-west-1' });
  expect([none.code, String(none.stdout), none.stderr]).toEqual([
    ...[0, '', 'No channels in eu-west-1. CreateSignalingChannel makes one.\n'],
  ]);
  expect(String((await run(channels, ['--json'], url, { region: 'eu-west-1' })).stdout)).toBe('[]\n');
});

it('says which channel is not there', async () => {
  const { emulator } = await startSignaling(FROZEN);
  const { error } = await run(channels, ['go-away', 'back'], emulator.url);
  expect(String(error)).toContain('There is no channel "back" of the account 000000000000 in us-east-1.');
  expect(String(error)).toContain('kvs-emulator channels');
});

it.each([
  [['disconnect'], 'NAME is missing'],
  [['disconect', 'front'], 'There is no `channels disconect`. Say one of'],
  [['disconnect', 'front', 'v1'], 'one argument too many: "v1"'],
  [['front', '--client', 'v1'], '--client says whose connection'],
  [['--client', 'v1'], '--client says whose connection'],
  [['--payloads'], '--payloads goes with `channels NAME` alone'],
  [['go-away', 'front', '--payloads'], '--payloads goes with `channels NAME` alone'],
])('refuses %s', async (args, message) => {
  const { error } = await run(channels, args, 'http://127.0.0.1:9');
  expect(String(error)).toContain(message);
});
