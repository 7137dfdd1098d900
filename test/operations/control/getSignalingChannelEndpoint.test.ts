import { describe, expect, it } from 'vitest';
import { controlPlane, errorOf, refusalsOf } from './harness.ts';
import { needsAChannel, refusesInvalidArn, refusesMistyped } from './refs.ts';

const NAME = 'GetSignalingChannelEndpoint';
const { mistyped, invalid } = refusalsOf(NAME);
const ChannelARN = 'arn:aws:kinesisvideo:us-east-1:111122223333:channel/a/1';
const configuration = (Protocols: unknown, Role: unknown = 'MASTER') => ({
  SingleMasterChannelEndpointConfiguration: { Protocols, Role },
});

describe(`${NAME} serialization`, () => {
  refusesMistyped(NAME, configuration(['WSS']), 'ChannelARN');
  it('refuses one protocol that is not in a list', () =>
    mistyped(
      { ChannelARN, ...configuration('WSS') },
      "The member 'singleMasterChannelEndpointConfiguration.protocols' must be a list, not a string.",
    ));
  it('refuses a role that is a number', () =>
    mistyped(
      { ChannelARN, ...configuration(['WSS'], 1) },
      "The member 'singleMasterChannelEndpointConfiguration.role' must be a string, not a number.",
    ));
});

describe(`${NAME} validation`, () => {
  it('needs an ARN', () =>
    invalid(
      configuration(['WSS']),
      "Value null at 'channelARN' failed to satisfy constraint: Member must not be null",
    ));
  it('refuses an unknown protocol and an unknown role', () =>
    invalid(
      { ChannelARN, ...configuration(['WSS', 'HTTP'], 'GUEST') },
      "Value '[WSS, HTTP]' at 'singleMasterChannelEndpointConfiguration.protocols' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [WSS, HTTPS, WEBRTC]]",
      "Value 'GUEST' at 'singleMasterChannelEndpointConfiguration.role' failed to satisfy constraint: Member must satisfy enum value set: [MASTER, VIEWER]",
    ));
  it('refuses no protocols, and six', () => {
    const at =
      "at 'singleMasterChannelEndpointConfiguration.protocols' failed to satisfy constraint: Member must have length";
    return Promise.all([
      invalid({ ChannelARN, ...configuration([]) }, `Value '[]' ${at} greater than or equal to 1`),
      invalid(
        { ChannelARN, ...configuration(Array(6).fill('WSS')) },
        `Value '[WSS, WSS, WSS, WSS, WSS, WSS]' ${at} less than or equal to 5`,
      ),
    ]);
  });
  refusesInvalidArn(NAME, 'ChannelARN');
});

describe(NAME, () => {
  it('answers one address per protocol that leads back to the emulator, HTTPS before WSS', async () => {
    const plane = controlPlane();
    const channel = await plane.channel('a');
    expect(await plane.send(NAME, { ChannelARN: channel.ChannelARN, ...configuration(['WSS', 'HTTPS', 'WSS']) })).toBe(
      '{"ResourceEndpointList":[{"Protocol":"HTTPS","ResourceEndpoint":"http://localhost:4580"},{"Protocol":"WSS","ResourceEndpoint":"wss://localhost:4580"}]}',
    );
  });
  it('answers WEBRTC for a channel whose media are stored, and for no other', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('s', { DataRetentionInHours: 1 });
    const channel = await plane.channel('a');
    const request = { ChannelARN: channel.ChannelARN, ...configuration(['WEBRTC'], 'VIEWER') };
    expect(await errorOf(plane.call(NAME, request))).toBe(
      '400 InvalidArgumentException: MediaStorageConfiguration is required for WEBRTC protocol',
    );
    await plane.call('UpdateMediaStorageConfiguration', {
      ChannelARN: channel.ChannelARN,
      MediaStorageConfiguration: { Status: 'ENABLED', StreamARN },
    });
    expect(await plane.call(NAME, request)).toEqual({
      ResourceEndpointList: [{ Protocol: 'WEBRTC', ResourceEndpoint: 'http://localhost:4580' }],
    });
  });
  it('needs protocols and a role', async () => {
    const plane = controlPlane();
    const channel = await plane.channel('a');
    const bad = [{}, configuration(null), configuration(['WSS'], null)];
    for (const rest of bad) {
      expect(await errorOf(plane.call(NAME, { ChannelARN: channel.ChannelARN, ...rest }))).toBe(
        '400 InvalidArgumentException: SingleMasterChannelEndpointConfiguration needs both Protocols and Role.',
      );
    }
  });
  it('refuses a channel that is CREATING or DELETING', async () => {
    const plane = controlPlane({ transitions: { creating: 10, updating: 0, deleting: 10 } });
    const channel = await plane.channel('a');
    const request = { ChannelARN: channel.ChannelARN, ...configuration(['WSS']) };
    expect(await errorOf(plane.call(NAME, request))).toBe(
      '400 ResourceInUseException: The channel a is CREATING. Wait until it is ACTIVE.',
    );
    await plane.clock.advance(10);
    await plane.call(NAME, request);
    await plane.call('DeleteSignalingChannel', { ChannelARN: channel.ChannelARN });
    expect(await errorOf(plane.call(NAME, request))).toBe(
      '400 ResourceInUseException: The channel a is DELETING. Wait until it is ACTIVE.',
    );
  });
  needsAChannel(NAME, configuration(['WSS']));
});
