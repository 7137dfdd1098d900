import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { after, before, test } from 'node:test';
import { CreateStreamCommand, GetDataEndpointCommand, KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { putMedia } from 'kvs-emulator/client';
import { KinesisVideoContainer } from 'kvs-emulator/testcontainers';

let container;
before(async () => {
  const image = process.env.KVS_IMAGE ?? 'kvs-emulator';
  container = await new KinesisVideoContainer(image).withClock('frozen', new Date()).start();
});
after(() => container?.stop());

test('what the camera saw is kept for a day', async () => {
  const settings = {
    endpoint: container.getEndpoint(),
    region: container.getRegion(),
    credentials: container.getCredentials(),
  };
  const kvs = new KinesisVideoClient(settings);
  await kvs.send(new CreateStreamCommand({ StreamName: 'door', DataRetentionInHours: 24 }));
  const { DataEndpoint } = await kvs.send(new GetDataEndpointCommand({ StreamName: 'door', APIName: 'PUT_MEDIA' }));
  assert.equal(DataEndpoint, container.getEndpoint()); // by the published port

  const upload = putMedia({
    ...settings,
    endpoint: DataEndpoint,
    streamName: 'door',
    fragmentTimecodeType: 'RELATIVE',
    producerStartTimestamp: new Date(),
    body: createReadStream('door.mkv'),
  });
  const acks = [];
  for await (const ack of upload) acks.push(ack);
  assert.equal(acks.filter(({ EventType }) => EventType === 'PERSISTED').length, 4);

  const archived = async () => {
    const answer = await fetch(`${container.getEndpoint()}/_kvs/streams/door/fragments`);
    return (await answer.json()).fragments.length;
  };
  assert.equal(await archived(), 4);
  await container.clock().advance('25h');
  assert.equal(await archived(), 0);
});
