import {
  CreateSignalingChannelCommand,
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  GetDataEndpointCommand,
  UpdateStreamCommand,
} from '@aws-sdk/client-kinesis-video';
import { expect, it } from 'vitest';
import { startEmulator } from '../support/emulator.ts';
import { controlClient } from '../support/sdk.ts';

it('streams pass through CREATING, UPDATING and DELETING as long as the options say, on the emulator clock', async () => {
  const delays = { creatingDelay: '5s', updatingDelay: 2, deletingDelay: 'PT3S' };
  const { url, clock } = await startEmulator({ clock: 'frozen', ...delays });
  const client = controlClient({ endpoint: url });
  const StreamName = 'camera';
  const { StreamARN } = await client.send(new CreateStreamCommand({ StreamName }));
  const info = async () => (await client.send(new DescribeStreamCommand({ StreamName }))).StreamInfo;
  const media = new GetDataEndpointCommand({ StreamName, APIName: 'PUT_MEDIA' });
  expect((await info())?.Status).toBe('CREATING');
  await expect(client.send(media)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await clock.advance(5);
  const CurrentVersion = (await info())?.Version;
  expect((await info())?.Status).toBe('ACTIVE');
  const update = new UpdateStreamCommand({ StreamName, CurrentVersion, MediaType: 'video/h264' });
  await client.send(update);
  expect((await info())?.Status).toBe('UPDATING');
  await expect(client.send(update)).rejects.toMatchObject({ name: 'ResourceInUseException' });
  await clock.advance(2);
  expect((await info())?.Status).toBe('ACTIVE');
  await client.send(new DeleteStreamCommand({ StreamARN }));
  expect((await info())?.Status).toBe('DELETING');
  await clock.advance(3);
  await expect(info()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

it('an account has as many streams and channels as the options say, and no more', async () => {
  const { url } = await startEmulator({ streamLimit: 2, channelLimit: 1 });
  const client = controlClient({ endpoint: url });
  const create = (StreamName: string) => client.send(new CreateStreamCommand({ StreamName }));
  const channel = (ChannelName: string) => client.send(new CreateSignalingChannelCommand({ ChannelName }));
  await create('one');
  await create('two');
  await channel('one');
  await expect(create('three')).rejects.toMatchObject({ name: 'AccountStreamLimitExceededException' });
  await expect(channel('two')).rejects.toMatchObject({ name: 'AccountChannelLimitExceededException' });
});
