import { CreateStreamCommand, KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { test } from 'kvs-emulator/vitest';
import { expect } from 'vitest';
import { record, watch } from './camera.js';

test('what the camera saw can be watched for a day', async ({ account, emulator }) => {
  const kvs = new KinesisVideoClient(account);
  await kvs.send(new CreateStreamCommand({ StreamName: 'door', DataRetentionInHours: 24 }));

  expect(await record(account, 'door', 'door.mkv')).toHaveBeenPersisted(4);
  await expect(account).toHaveFragments('door', 4);
  const media = await watch(account, 'door');
  expect(media.subarray(0, 4)).toEqual(Buffer.from([0x1a, 0x45, 0xdf, 0xa3])); // Matroska begins so

  await emulator.clock.advance('25h');
  await expect(account).not.toHaveFragments('door');
  await expect(account).toHaveNoWarnings(); // it would work on AWS, too
});

test('a camera that may not send hears why', async ({ account, emulator }) => {
  const kvs = new KinesisVideoClient(account);
  await kvs.send(new CreateStreamCommand({ StreamName: 'door', DataRetentionInHours: 24 }));
  emulator.faults.add({
    match: { operation: 'PutMedia', account: account.accountId },
    effect: { error: 'NotAuthorizedException' },
  });
  await expect(record(account, 'door', 'door.mkv')).rejects.toMatchObject({ name: 'NotAuthorizedException' });
});
