// From one seed: what a caller sees depends on what it does, not on what others do in between.
import { expect, it } from 'vitest';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { putMedia } from '../support/putMedia.ts';
import { ask, tour } from '../support/tour.ts';

const start = () => startEmulator({ randomSeed: 7, clock: 'frozen', startTime: '2030-01-01T00:00:00Z' });
const quiet = async (): Promise<void> => undefined;

/** Polls, preflights, a request that cannot be read, and a whole life of another account. */
const strangers = async (emulator: TestEmulator) => {
  for (const path of ['/_kvs/health', '/_kvs/health', '/_kvs/clock', '/_kvs/none']) await fetch(emulator.url + path);
  await fetch(`${emulator.url}/listStreams`, { method: 'OPTIONS' });
  await fetch(`${emulator.url}/hls/v1/getHLSMasterPlaylist.m3u8?SessionToken=none`);
  for (const who of [{ account: '111122223333' }, { region: 'eu-west-1' }]) {
    const { text } = await ask(emulator, '/createStream', { StreamName: 'door', DataRetentionInHours: 1 }, who);
    await ask(emulator, '/describeStream', { StreamName: 'door' }, who);
    expect((await ask(emulator, '/deleteStream', JSON.parse(text), who)).status).toBe(200);
  }
};

/** Another stream and another channel of the same account. */
const neighbours = async (emulator: TestEmulator) => {
  const stream = await ask(emulator, '/createStream', { StreamName: 'garden', DataRetentionInHours: 1 });
  const channel = await ask(emulator, '/createSignalingChannel', { ChannelName: 'garden' });
  await putMedia({ url: emulator.url, streamName: 'garden' }, fixture('h264-gop2s.mkv'));
  await ask(emulator, '/getHLSStreamingSessionURL', { StreamName: 'garden' });
  await ask(emulator, '/deleteStream', JSON.parse(stream.text));
  expect((await ask(emulator, '/deleteSignalingChannel', JSON.parse(channel.text))).status).toBe(200);
};

it('gives the same bytes and request ids, however often others poll and whatever other accounts do', async () => {
  const [alone, among] = [await start(), await start()];
  const expected = await tour(alone, quiet);
  expect(new Set(expected.requestIds).size).toBe(expected.requestIds.length);
  expect(expected.bodies.join()).toMatch(/"Version":"[A-Za-z0-9]{20}".*"FragmentNumber":"\d{47}".*SessionToken=Ci/s);
  expect(await tour(among, () => strangers(among))).toEqual(expected);
});

it('gives the same bytes, whatever is done to other streams and channels of the account', async () => {
  const [alone, among] = [await start(), await start()];
  const { bodies } = await tour(alone, quiet);
  expect((await tour(among, () => neighbours(among))).bodies).toEqual(bodies);
});

it('gives others from another seed, and in another account', async () => {
  const emulator = await start();
  const other = await startEmulator({ randomSeed: 8, clock: 'frozen', startTime: '2030-01-01T00:00:00Z' });
  const versions = async (of: TestEmulator, account?: string) => {
    const { bodies } = await tour(of, quiet, account === undefined ? {} : { account });
    return bodies.join().match(/"Version":"\w{20}"/g) ?? [];
  };
  const all = [
    ...(await versions(emulator)),
    ...(await versions(emulator, '111122223333')),
    ...(await versions(other)),
  ];
  expect(all.length).toBe(15);
  // Two of the five look at the same version again, with and without a list around it.
  expect(new Set(all).size).toBe(12);
});
