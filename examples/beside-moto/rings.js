// The same with the SDK v3 and S3 alone. No endpoint is named here.
import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStreamCommand,
  GetDataEndpointCommand,
  KinesisVideoClient,
  UpdateImageGenerationConfigurationCommand,
} from '@aws-sdk/client-kinesis-video';
import { GetMediaCommand, KinesisVideoMediaClient } from '@aws-sdk/client-kinesis-video-media';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { putMedia } from 'kvs-emulator/client';

const StreamName = 'door';
const s3 = new S3Client();
await s3.send(new CreateBucketCommand({ Bucket: 'pictures' }));
const kvs = new KinesisVideoClient();
await kvs.send(new CreateStreamCommand({ StreamName, DataRetentionInHours: 24 }));
await kvs.send(
  new UpdateImageGenerationConfigurationCommand({
    StreamName,
    ImageGenerationConfiguration: {
      Status: 'ENABLED',
      ImageSelectorType: 'SERVER_TIMESTAMP',
      SamplingInterval: 1000,
      Format: 'JPEG',
      DestinationConfig: { Uri: 's3://pictures', DestinationRegion: 'us-east-1' },
    },
  }),
);
const endpointOf = async (APIName) =>
  (await kvs.send(new GetDataEndpointCommand({ StreamName, APIName }))).DataEndpoint;

const upload = putMedia({
  region: process.env.AWS_REGION,
  endpoint: await endpointOf('PUT_MEDIA'),
  streamName: StreamName,
  fragmentTimecodeType: 'RELATIVE',
  producerStartTimestamp: new Date(),
  body: createReadStream('ring.mkv'),
});
for await (const { EventType } of upload) console.log(EventType);

let pictures;
for (let tries = 300; pictures === undefined; tries--) {
  assert.notEqual(tries, 0, 'nothing came within 30 s');
  pictures = (await s3.send(new ListObjectsV2Command({ Bucket: 'pictures' }))).Contents;
  await sleep(100);
}
console.log('S3 has:', pictures[0].Key);

const media = new KinesisVideoMediaClient({ endpoint: await endpointOf('GET_MEDIA') });
const StartSelector = { StartSelectorType: 'EARLIEST' };
const { Payload } = await media.send(new GetMediaCommand({ StreamName, StartSelector }));
for await (const chunk of Payload) {
  assert.deepEqual([...chunk.subarray(0, 4)], [0x1a, 0x45, 0xdf, 0xa3]); // Matroska begins so
  break;
}
