// What of an emulator's state can be seen from outside.
import type { TestEmulator } from './emulator.ts';
import { fixture } from './fixtures.ts';
import { asJavaScript } from './presign.ts';
import { putMedia } from './putMedia.ts';
import { connect } from './signalingClient.ts';
import { ask, authorization } from './tour.ts';

/** All media of a stream, as GetMediaForFragmentList gives them, in base64. */
export async function mediaOf(emulator: TestEmulator, StreamName: string, who: { account?: string } = {}) {
  const { fragments } = await emulator.streams.fragments(StreamName, { ...who, limit: 1000 });
  const Fragments = fragments.map(({ number }) => number);
  if (Fragments.length === 0) return '';
  const headers = { 'content-type': 'application/json', authorization: authorization(who) };
  const body = JSON.stringify({ StreamName, Fragments });
  const response = await fetch(`${emulator.url}/getMediaForFragmentList`, { method: 'POST', headers, body });
  return Buffer.from(await response.arrayBuffer()).toString('base64');
}

const calls: readonly (readonly [path: string, body: object])[] = [
  ['/listStreams', {}],
  ['/listSignalingChannels', {}],
];

/** Everything that the lists and descriptions of the service say, and what was set, as one text. */
export async function stateOf(emulator: TestEmulator, accounts: readonly string[] = ['test', '111122223333']) {
  const { faults, limits, keys, credentials, clock, streams, channels, config } = emulator;
  const known = keys.list().keys.map(({ calls: _, ...key }) => key);
  const said: unknown[] = [faults.list(), limits.get(), known, credentials.get(), config.get()];
  // Data keys are made anew when they are needed.
  const next = clock.state().next.filter(({ what }) => what !== 'dataKey');
  said.push({ ...clock.state(), offsetMs: 0, next }, channels.list());
  for (const { name, account } of channels.list().channels) said.push(channels.get(name, { account, payloads: true }));
  for (const account of accounts) {
    for (const [path, body] of calls) said.push((await ask(emulator, path, body, { account })).text);
  }
  for (const { name, account, lastAck, fragments } of streams.list().streams) {
    const who = account === '000000000000' ? {} : { account };
    said.push(name, account, lastAck, fragments);
    said.push((await ask(emulator, '/describeStream', { StreamName: name }, who)).text);
    said.push((await ask(emulator, '/listTagsForStream', { StreamName: name }, who)).text);
    said.push((await ask(emulator, '/describeNotificationConfiguration', { StreamName: name }, who)).text);
    said.push((await streams.fragments(name, { ...who, limit: 1000 })).fragments, await mediaOf(emulator, name, who));
  }
  return JSON.stringify(said, undefined, 1);
}

/** Something of all that there can be. */
export async function furnish(emulator: TestEmulator): Promise<void> {
  const { faults, limits, keys, credentials, clock, url } = emulator;
  const other = { account: '111122223333' };
  keys.create({ id: 'door', aliases: ['alias/door'] });
  await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 24, Tags: { team: 'a' } });
  await ask(emulator, '/createStream', { StreamName: 'door', DataRetentionInHours: 1, KmsKeyId: 'alias/door' });
  await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 2 }, other);
  await ask(emulator, '/createStream', { StreamName: 'gone' });
  await ask(emulator, '/deleteStream', { StreamARN: emulator.streams.get('gone').arn });
  const producerStart = String(clock.now() / 1000);
  for (const streamName of ['cam', 'cam', 'door']) {
    await putMedia({ url, streamName, producerStart }, fixture('h264-gop2s.mkv'));
    await clock.advance('1m');
  }
  await ask(emulator, '/updateNotificationConfiguration', {
    StreamName: 'cam',
    NotificationConfiguration: { Status: 'ENABLED', DestinationConfig: { Uri: 'sns://topic' } },
  });
  await ask(emulator, '/createSignalingChannel', { ChannelName: 'front' });
  const arn = emulator.channels.get('front').arn;
  const Role = 'VIEWER';
  const SingleMasterChannelEndpointConfiguration = { Role, Protocols: ['WSS'] };
  await ask(emulator, '/getSignalingChannelEndpoint', { ChannelARN: arn, SingleMasterChannelEndpointConfiguration });
  const viewer = await connect(asJavaScript({ endpoint: url.replace('http', 'ws'), arn, clientId: 'viewer-1' }));
  const messagePayload = Buffer.from('{"type":"offer"}').toString('base64');
  viewer.send({ action: 'SDP_OFFER', messagePayload });
  await viewer.settled();
  await viewer.close();
  faults.add({ id: 'second', match: { operation: 'DescribeStream', stream: 'cam', nth: 2 }, effect: { status: 503 } });
  faults.add({ id: 'some', match: { stream: 'nobody', probability: 0.5 }, effect: { latency: '1ms' } });
  await ask(emulator, '/describeStream', { StreamName: 'cam' });
  limits.set({ profile: 'aws', overrides: { 'GetMedia.rate': 2, 'PutMedia.connections': null } });
  limits.set({ overrides: { 'GetMedia.rate': 7 } }, other);
  emulator.config.set({ sns: 'http://127.0.0.1:9' });
  // Something of a limit is used up.
  await ask(emulator, '/listTagsForStream', { StreamName: 'cam' });
  credentials.set({
    accessKeys: [{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret', tags: { team: 'a' } }],
  });
}
