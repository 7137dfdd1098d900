const { createReadStream } = require('node:fs');
const { CreateStreamCommand, GetDataEndpointCommand, KinesisVideoClient } = require('@aws-sdk/client-kinesis-video');
const {
  GetHLSStreamingSessionURLCommand,
  KinesisVideoArchivedMediaClient,
} = require('@aws-sdk/client-kinesis-video-archived-media');
const { putMedia } = require('kvs-emulator/client');
const { account } = require('kvs-emulator/jest');

test('what the camera saw can be played', async () => {
  const mine = account(); // { endpoint, region, credentials } of an account that nobody else has
  const StreamName = 'door';
  const kvs = new KinesisVideoClient(mine);
  const endpointOf = async (APIName) =>
    (await kvs.send(new GetDataEndpointCommand({ StreamName, APIName }))).DataEndpoint;
  await kvs.send(new CreateStreamCommand({ StreamName, DataRetentionInHours: 24 }));

  const acks = [];
  const upload = putMedia({
    ...mine,
    endpoint: await endpointOf('PUT_MEDIA'),
    streamName: StreamName,
    fragmentTimecodeType: 'RELATIVE',
    producerStartTimestamp: new Date(Date.now() - 60_000),
    body: createReadStream('door.mkv'),
  });
  for await (const ack of upload) acks.push(ack);
  expect(acks).toHaveBeenPersisted(4);
  await expect(mine).toHaveFragments(StreamName, 4);

  const archive = new KinesisVideoArchivedMediaClient({
    ...mine,
    endpoint: await endpointOf('GET_HLS_STREAMING_SESSION_URL'),
  });
  const { HLSStreamingSessionURL } = await archive.send(
    new GetHLSStreamingSessionURLCommand({ StreamName, PlaybackMode: 'LIVE_REPLAY', HLSFragmentSelector: replay() }),
  );
  expect(await (await fetch(HLSStreamingSessionURL)).text()).toContain('CODECS="avc1');
  await expect(mine).toHaveNoWarnings();
});

const replay = () => ({
  FragmentSelectorType: 'PRODUCER_TIMESTAMP',
  TimestampRange: { StartTimestamp: new Date(Date.now() - 120_000) },
});
