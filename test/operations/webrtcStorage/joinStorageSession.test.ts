import { expect, it } from 'vitest';
import { startSignaling } from '../../support/signalingClient.ts';
import { refusalsOf } from '../control/harness.ts';

it.each(['/joinStorageSession', '/joinStorageSessionAsViewer'])(
  '%s refuses a channel without storage as the model has it, and one with storage as AWS does where it is not offered',
  async (path) => {
    const { arn, call } = await startSignaling();
    const join = async (channelArn: string) => {
      const { status, body, headers } = await call(path, { channelArn, clientId: 'v1' });
      return `${status} ${headers.get('x-amzn-errortype')?.split(':')[0]} ${JSON.stringify(body)}`;
    };
    expect(await join(arn)).toBe(
      '400 InvalidArgumentException {"message":"The channel is not mapped to a stream. Enable its MediaStorageConfiguration first."}',
    );
    expect(await join(arn.replace('front', 'back'))).toMatch(/^404 ResourceNotFoundException \{"message":/);
    const stream = await call('/createStream', { StreamName: 'door', DataRetentionInHours: 1 });
    const configuration = { StreamARN: stream.body.StreamARN, Status: 'ENABLED' };
    await call('/updateMediaStorageConfiguration', { ChannelARN: arn, MediaStorageConfiguration: configuration });
    expect(await join(arn)).toBe(
      '403 AccessDeniedException {"message":"The account id 000000000000 is not allowed to access the resources"}',
    );
  },
);

it('wants a channel, and a viewer its id', async () => {
  const channelArn = 'arn:aws:kinesisvideo:us-east-1:000000000000:channel/front/1';
  const none = "Value null at 'channelArn' failed to satisfy constraint: Member must not be null";
  await refusalsOf('JoinStorageSession').invalid({}, none);
  await refusalsOf('JoinStorageSessionAsViewer').invalid(
    { channelArn },
    "Value null at 'clientId' failed to satisfy constraint: Member must not be null",
  );
});
