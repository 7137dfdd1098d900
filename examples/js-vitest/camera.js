import { createReadStream } from 'node:fs';
import { GetDataEndpointCommand, KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { GetMediaCommand, KinesisVideoMediaClient } from '@aws-sdk/client-kinesis-video-media';
import { putMedia } from 'kvs-emulator/client'; // works against AWS, too: PutMedia is not in the SDK

async function endpointOf(settings, StreamName, APIName) {
  const kvs = new KinesisVideoClient(settings);
  const { DataEndpoint } = await kvs.send(new GetDataEndpointCommand({ StreamName, APIName }));
  return DataEndpoint;
}

/** Sends a recording. `settings` are a client's: region and credentials, and in a test the endpoint. */
export async function record(settings, streamName, file) {
  const endpoint = await endpointOf(settings, streamName, 'PUT_MEDIA');
  const acks = [];
  const upload = putMedia({
    ...settings,
    endpoint,
    streamName,
    fragmentTimecodeType: 'RELATIVE',
    producerStartTimestamp: new Date(),
    body: createReadStream(file),
  });
  for await (const ack of upload) acks.push(ack);
  return acks;
}

/** What GetMedia begins with. */
export async function watch(settings, StreamName) {
  const media = new KinesisVideoMediaClient({
    ...settings,
    endpoint: await endpointOf(settings, StreamName, 'GET_MEDIA'),
  });
  const StartSelector = { StartSelectorType: 'EARLIEST' };
  const { Payload } = await media.send(new GetMediaCommand({ StreamName, StartSelector }));
  for await (const chunk of Payload) return chunk; // and leaves
}
