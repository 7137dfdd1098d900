import { expect, it } from 'vitest';
import { controlPlane, errorOf, refusalsOf, START } from '../control/harness.ts';

const refuses = refusalsOf('GetIceServerConfig');
const PATTERN = 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+';

it('gives two servers of three ways each in the captured form, with credentials for five minutes of the clock', async () => {
  const plane = controlPlane();
  const { ChannelARN } = await plane.channel('front');
  const text = await plane.send('GetIceServerConfig', { ChannelARN, ClientId: 'ProducerMaster', Service: 'TURN' });
  expect(text).toMatch(/^\{"IceServerList":\[\{"Password":"[\w+/=]{44}","Ttl":300,"Uris":\["turn:/);
  const { IceServerList } = JSON.parse(text);
  expect(IceServerList).toHaveLength(2);
  const [one, two] = IceServerList;
  expect(one.Uris).toHaveLength(3);
  const [first] = one.Uris;
  expect(first).toMatch(
    /^turn:203-0-113-7\.t-[0-9a-f]{8}\.kinesisvideo\.us-east-1\.amazonaws\.com:443\?transport=udp$/,
  );
  expect(one.Uris.slice(1)).toEqual([
    first.replace('turn:', 'turns:'),
    first.replace('turn:', 'turns:').replace('=udp', '=tcp'),
  ]);
  expect(two.Uris).toEqual(one.Uris.map((uri: string) => uri.replace('113-7.', '113-42.')));
  expect(two.Password).not.toBe(one.Password);
  expect(two.Username).toBe(one.Username);
  const [expiry, name] = one.Username.split(':');
  expect(Number(expiry)).toBe(Math.floor(START / 1000) + 300);
  expect(Buffer.from(name, 'base64').toString()).toBe(`v1:${ChannelARN}`);
});

it('is for channels that are there', async () => {
  const plane = controlPlane();
  const { ChannelARN } = await plane.channel('front');
  const other = ChannelARN.replace('front', 'back');
  expect(await errorOf(plane.call('GetIceServerConfig', { ChannelARN: other }))).toBe(
    '404 ResourceNotFoundException: The requested channel is not found or not active.',
  );
});

it('wants members as the model has them', async () => {
  const ChannelARN = 'arn:aws:kinesisvideo:us-east-1:000000000000:channel/front/1';
  await refuses.mistyped({ ChannelARN: 1 }, "The member 'channelARN' must be a string, not a number.");
  await refuses.invalid({}, "Value null at 'channelARN' failed to satisfy constraint: Member must not be null");
  await refuses.invalid(
    { ChannelARN, ClientId: 'a b' },
    `Value 'a b' at 'clientId' failed to satisfy constraint: ${PATTERN}`,
  );
  await refuses.invalid(
    { ChannelARN, Username: 'a b' },
    `Value 'a b' at 'username' failed to satisfy constraint: ${PATTERN}`,
  );
  await refuses.invalid(
    { ChannelARN, Service: 'STUN' },
    "Value 'STUN' at 'service' failed to satisfy constraint: Member must satisfy enum value set: [TURN]",
  );
});
