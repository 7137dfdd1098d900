// Clients keep a channel's ARN and addresses over many hours, and use them without asking again.
import { CreateSignalingChannelCommand, KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { expect, it, onTestFinished } from 'vitest';
import { createEmulator, type EmulatorOptions } from '../../src/index.ts';
import { asJavaScript } from '../support/presign.ts';
import { connect, refusedWith, startSignaling } from '../support/signalingClient.ts';

const labels = async ({ endpoint }: Awaited<ReturnType<typeof startSignaling>>) => {
  const all = [await endpoint('MASTER'), await endpoint('VIEWER'), await endpoint('MASTER', 'HTTPS')];
  return all.map((address) => new URL(address).pathname);
};

it.each<[string, EmulatorOptions]>([
  ['whose clock runs', {}],
  ['whose clock runs from a given time', { startTime: '2030-01-01T00:00:00Z' }],
  ['whose clock stands still', { clock: 'frozen' }],
  ['whose clock stands still at a given time', { clock: 'frozen', startTime: '2030-01-01T00:00:00Z' }],
])('a channel has the same ARN and addresses in each run of a seed %s', async (_what, options) => {
  const [one, two] = [
    await startSignaling({ ...options, strict: true }),
    await startSignaling({ ...options, strict: true }),
  ];
  expect(two.arn).toBe(one.arn);
  expect(one.arn).toMatch(/:channel\/front\/\d{13}$/);
  expect(await labels(two)).toEqual(await labels(one));
  // With what was kept of the first.
  const kept = new URL(await one.endpoint('MASTER')).pathname;
  await one.emulator.stop();
  expect((await two.call('/v1/get-ice-server-config', { ChannelARN: one.arn })).status).toBe(200);
  await connect(asJavaScript({ endpoint: two.ws + kept, arn: one.arn }));
});

it('channels of another seed, name, account or region have other ARNs', async () => {
  const number = (arn: string): string => arn.replace(/.*\//, '');
  const { arn, call } = await startSignaling();
  const made = async (name: string, headers: Record<string, string> = {}) =>
    (await call('/createSignalingChannel', { ChannelName: name }, headers)).body.ChannelARN as string;
  const signedBy = (scope: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}/kinesisvideo/aws4_request, SignedHeaders=host, Signature=0`,
  });
  const others = [
    await made('back'),
    await made('front', signedBy('111111111111/20300101/us-east-1')),
    await made('front', signedBy('test/20300101/eu-west-1')),
    (await startSignaling({ randomSeed: 2 })).arn,
  ];
  expect(new Set([arn, ...others].map(number)).size).toBe(5);
});

it('who may make a channel of that ARN makes it, and nobody else', async () => {
  const emulator = await createEmulator({ port: 0, logLevel: 'silent', randomSeed: 1, auth: 'iam' });
  onTestFinished(() => emulator.stop());
  const { resource } = emulator.access.explain({
    accessKeyId: 'test',
    action: 'kinesisvideo:CreateSignalingChannel',
    resource: 'front',
  });
  const policies = [
    { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'kinesisvideo:*', Resource: resource }] },
  ];
  const keys = { accessKeyId: 'AKIDCAM', secretAccessKey: 'secret' };
  emulator.credentials.set({ accessKeys: [{ ...keys, principal: 'arn:aws:iam::000000000000:user/cam', policies }] });
  const client = new KinesisVideoClient({ endpoint: emulator.url, region: 'us-east-1', credentials: keys });
  const make = (ChannelName: string) => client.send(new CreateSignalingChannelCommand({ ChannelName }));
  await expect(make('back')).rejects.toThrow('not authorized');
  expect((await make('front')).ChannelARN).toBe(resource);
});

it('without a seed an ARN ends in the time of creation, as on AWS', async () => {
  const emulator = await createEmulator({ port: 0, logLevel: 'silent' });
  onTestFinished(() => emulator.stop());
  const ask = (path: string) =>
    fetch(emulator.url + path, { method: 'POST', body: JSON.stringify({ ChannelName: 'front' }) });
  await ask('/createSignalingChannel');
  const { ChannelInfo } = JSON.parse(await (await ask('/describeSignalingChannel')).text());
  expect(ChannelInfo.ChannelARN).toMatch(new RegExp(`/${Math.round(ChannelInfo.CreationTime * 1000)}$`));
});

it('a channel that is made anew has another ARN, and those who kept the old one are refused; after a reset it is the first again', async () => {
  const { emulator, arn, call, url } = await startSignaling();
  const make = async () => (await call('/createSignalingChannel', { ChannelName: 'front' })).body.ChannelARN as string;
  await call('/deleteSignalingChannel', { ChannelARN: arn });
  const again = await make();
  expect(again).not.toBe(arn);
  const Message = 'The requested channel is not found or not active.';
  for (const clientId of [undefined, 'v1'])
    expect(await refusedWith(url(clientId))).toMatchObject({ status: 404, body: JSON.stringify({ Message }) });
  for (const path of ['/v1/get-ice-server-config', '/describeSignalingChannel', '/getSignalingChannelEndpoint']) {
    const SingleMasterChannelEndpointConfiguration = { Protocols: ['WSS'], Role: 'MASTER' };
    const more = path.startsWith('/get') ? { SingleMasterChannelEndpointConfiguration } : {};
    expect((await call(path, { ChannelARN: arn, ...more })).status).toBe(404);
  }
  await connect(url(undefined, { arn: again }));
  await emulator.reset();
  expect(await make()).toBe(arn);
});
