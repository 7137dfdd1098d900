import { expect, it } from 'vitest';
import { answerTo } from '../../support/signaling.ts';
import { startSignaling } from '../../support/signalingClient.ts';
import { refusalsOf } from '../control/harness.ts';

const PATH = '/v1/send-alexa-offer-to-master';
const refuses = refusalsOf('SendAlexaOfferToMaster');

it('is held until the master has answered', async () => {
  const { arn, call, connect } = await startSignaling();
  const answer = call(PATH, { ChannelARN: arn, SenderClientId: 'echo', MessagePayload: 'b2Zm' });
  const master = await connect();
  expect(await master.frames(1)).toEqual([
    '{"messagePayload":"b2Zm","messageType":"SDP_OFFER","senderClientId":"echo"}',
  ]);
  master.send(answerTo('echo', 'YW5z'));
  expect(await answer).toMatchObject({ status: 200, body: { Answer: 'YW5z' } });
});

it('is answered with 404 when the time of the message is over on the clock', async () => {
  const { emulator, arn, call, connect } = await startSignaling({ clock: 'frozen' }, 5);
  const answer = call(PATH, { ChannelARN: arn, SenderClientId: 'echo', MessagePayload: 'b2Zm' });
  const master = await connect();
  await master.frames(1);
  await emulator.clock.advance('5s');
  expect(await answer).toMatchObject({
    status: 404,
    body: { Message: 'No master has answered the offer before it expired. Connect one, or see whether it answers.' },
  });
});

it('does not hold up the end of the channel, or of the emulator', async () => {
  const { emulator, arn, call, connect } = await startSignaling();
  const send = () => call(PATH, { ChannelARN: arn, SenderClientId: 'echo', MessagePayload: 'b2Zm' });
  const first = send();
  await (await connect()).frames(1);
  await call('/deleteSignalingChannel', { ChannelARN: arn });
  expect((await first).status).toBe(404);
  expect((await send()).status).toBe(404);
  await emulator.stop();
});

it('wants members as the model has them', async () => {
  const ChannelARN = 'arn:aws:kinesisvideo:us-east-1:000000000000:channel/front/1';
  const given = { ChannelARN, SenderClientId: 'echo', MessagePayload: 'b2Zm' };
  await refuses.mistyped(
    { ...given, MessagePayload: {} },
    "The member 'messagePayload' must be a string, not an object.",
  );
  await refuses.invalid(
    { ...given, MessagePayload: 'a-b' },
    "Value 'a-b' at 'messagePayload' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9+/=]+",
  );
  await refuses.invalid(
    { ...given, MessagePayload: 'x'.repeat(10_001) },
    `Value '${'x'.repeat(10_001)}' at 'messagePayload' failed to satisfy constraint: Member must have length less than or equal to 10000`,
  );
  await refuses.invalid(
    { ChannelARN, MessagePayload: 'x' },
    "Value null at 'senderClientId' failed to satisfy constraint: Member must not be null",
  );
});
