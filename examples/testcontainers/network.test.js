import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KinesisVideoContainer } from 'kvs-emulator/testcontainers';
import { GenericContainer, Network, Wait } from 'testcontainers';

const image = process.env.KVS_IMAGE ?? 'kvs-emulator';

test('a camera in a container of its own finds the emulator by its alias', async (t) => {
  const network = await new Network().start();
  const kvs = await new KinesisVideoContainer(image).withNetwork(network).withNetworkAliases('kvs').start();
  t.after(async () => {
    await kvs.stop();
    await network.stop();
  });

  // Any image of yours; here the emulator's own, whose command line sends a recording.
  const camera = await new GenericContainer(image)
    .withNetwork(network)
    .withEnvironment({ AWS_ENDPOINT_URL: kvs.getNetworkEndpoint() }) // http://kvs:4580
    .withCopyFilesToContainer([{ source: 'door.mkv', target: '/media/door.mkv', mode: 0o444 }])
    .withCommand(['put', 'door', '/media/door.mkv'])
    .withWaitStrategy(Wait.forOneShotStartup())
    .start();
  await camera.stop();

  const [put] = await kvs.requests().list({ operation: 'PutMedia' });
  assert.equal(put.acks.filter(({ EventType }) => EventType === 'PERSISTED').length, 4);
});
