import { createReadStream } from 'node:fs';
import { CreateStreamCommand, GetDataEndpointCommand, KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { GetMediaCommand, KinesisVideoMediaClient } from '@aws-sdk/client-kinesis-video-media';
import { putMedia } from 'kvs-emulator/client'; // works against AWS, too: PutMedia is not in the SDK

const settings = { region: 'eu-west-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' } };
const kvs = new KinesisVideoClient(settings);
const endpointOf = async (StreamName, APIName) =>
  (await kvs.send(new GetDataEndpointCommand({ StreamName, APIName }))).DataEndpoint;

/** Sends a recording to a new stream; how many fragments were persisted. */
export async function record(streamName, file) {
  await kvs.send(new CreateStreamCommand({ StreamName: streamName, DataRetentionInHours: 24 }));
  let persisted = 0;
  const upload = putMedia({
    ...settings,
    endpoint: await endpointOf(streamName, 'PUT_MEDIA'),
    streamName,
    fragmentTimecodeType: 'RELATIVE',
    producerStartTimestamp: new Date(),
    body: createReadStream(file),
  });
  for await (const { EventType } of upload) persisted += EventType === 'PERSISTED' ? 1 : 0;
  return persisted;
}

/** What GetMedia begins with. */
export async function watch(StreamName) {
  const media = new KinesisVideoMediaClient({ ...settings, endpoint: await endpointOf(StreamName, 'GET_MEDIA') });
  const StartSelector = { StartSelectorType: 'EARLIEST' };
  const { Payload } = await media.send(new GetMediaCommand({ StreamName, StartSelector }));
  for await (const chunk of Payload) return chunk; // and leaves
}
