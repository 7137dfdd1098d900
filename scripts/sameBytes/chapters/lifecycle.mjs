// Where states take their time and room is short: played with the options that say so.
import { NOW } from '../player.mjs';

async function streamStates(play) {
  const { StreamARN } = await play.ask('CreateStream', { StreamName: 'a', DataRetentionInHours: 1 });
  const describe = () => play.ask('DescribeStream', { StreamARN });
  const version = async () => (await describe()).StreamInfo?.Version;
  await play.ask('GetDataEndpoint', { StreamName: 'a', APIName: 'PUT_MEDIA' }, { why: 'creating' });
  await play.ask('DeleteStream', { StreamARN }, { why: 'creating' });
  await play.ask('UpdateStream', { StreamARN, CurrentVersion: await version(), DeviceName: 'd' }, { why: 'creating' });
  await play.advance('1999ms');
  await describe();
  await play.advance('1ms');
  await play.ask('UpdateStream', { StreamARN, CurrentVersion: await version(), DeviceName: 'd' });
  await play.ask('TagStream', { StreamARN, Tags: { a: 'b' } }, { why: 'updating' });
  await play.ask('UpdateStream', { StreamARN, CurrentVersion: await version(), DeviceName: 'e' }, { why: 'updating' });
  await play.ask('DeleteStream', { StreamARN }, { why: 'updating' });
  await play.advance('3s');
  await describe();
  await play.ask('DeleteStream', { StreamARN });
  await describe();
  await play.ask('CreateStream', { StreamName: 'a' }, { why: 'while it is being deleted' });
  await play.ask('ListStreams', {});
  await play.advance('4s');
  await describe();
  for (const StreamName of ['b', 'c', 'd', 'e']) await play.ask('CreateStream', { StreamName });
}

async function channelStates(play) {
  const { ChannelARN } = await play.ask('CreateSignalingChannel', { ChannelName: 'a' });
  const describe = () => play.ask('DescribeSignalingChannel', { ChannelARN });
  const SingleMasterChannelEndpointConfiguration = { Protocols: ['WSS'], Role: 'MASTER' };
  await play.ask('GetSignalingChannelEndpoint', { ChannelARN, SingleMasterChannelEndpointConfiguration });
  await play.advance('2s');
  const { ChannelInfo } = await describe();
  const ttl = { SingleMasterConfiguration: { MessageTtlSeconds: 9 } };
  await play.ask('UpdateSignalingChannel', { ChannelARN, CurrentVersion: ChannelInfo?.Version, ...ttl });
  await describe();
  await play.ask('DeleteSignalingChannel', { ChannelARN }, { why: 'updating' });
  await play.advance('3s');
  await play.ask('DeleteSignalingChannel', { ChannelARN });
  await describe();
  await play.ask('DeleteSignalingChannel', { ChannelARN }, { why: 'deleting' });
  await play.ask('ListSignalingChannels', {});
  await play.advance('PT4S');
  await describe();
  for (const ChannelName of ['b', 'c', 'd']) await play.ask('CreateSignalingChannel', { ChannelName });
}

export async function fullStore(play) {
  const { concat, document, fragment } = play.matroska;
  await play.ask('CreateStream', { StreamName: 'large', DataRetentionInHours: 1 });
  await play.advance('2s');
  // How much waits to be stored is a matter of the network: one fits in any case, the other in none.
  const media = concat(document(), fragment(0), fragment(2000, { bytes: 3_000_000 }), fragment(4000));
  await play.put('more than there is room for', 'large', media);
  await play.put('what is small', 'large', concat(document(), fragment(0)), { start: String(NOW - 60) });
}

export async function delays(play) {
  await streamStates(play);
  await channelStates(play);
}
