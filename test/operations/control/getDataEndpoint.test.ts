import { describe, expect, it } from 'vitest';
import { badArn, badStreamNames, controlPlane, errorOf, NEITHER, NOT_FOUND, refusalsOf } from './harness.ts';

const { mistyped, invalid } = refusalsOf('GetDataEndpoint');
const NAMES = [
  'PUT_MEDIA',
  'GET_MEDIA',
  'LIST_FRAGMENTS',
  'GET_MEDIA_FOR_FRAGMENT_LIST',
  'GET_HLS_STREAMING_SESSION_URL',
  'GET_DASH_STREAMING_SESSION_URL',
  'GET_CLIP',
  'GET_IMAGES',
];

describe('GetDataEndpoint serialization', () => {
  it('refuses an APIName that is no string', () =>
    mistyped({ APIName: ['PUT_MEDIA'] }, "The member 'aPIName' must be a string, not a list."));
  it('refuses a StreamName that is no string', () =>
    mistyped({ APIName: 'PUT_MEDIA', StreamName: 5 }, "The member 'streamName' must be a string, not a number."));
});

describe('GetDataEndpoint validation', () => {
  it('needs an APIName', () =>
    invalid({ StreamName: 'a' }, "Value null at 'aPIName' failed to satisfy constraint: Member must not be null"));
  it('refuses an unknown APIName', () =>
    invalid(
      { StreamName: 'a', APIName: 'PutMedia' },
      `Value 'PutMedia' at 'aPIName' failed to satisfy constraint: Member must satisfy enum value set: [${NAMES.join(', ')}]`,
    ));
  it.each(badStreamNames)('refuses %s', (_what, StreamName, texts) =>
    invalid({ StreamName, APIName: 'PUT_MEDIA' }, ...texts),
  );
  it('refuses an ARN of another service', () => invalid({ StreamARN: badArn[0], APIName: 'GET_CLIP' }, badArn[1]));
});

describe('GetDataEndpoint', () => {
  it.each(NAMES)('answers %s with the address the caller came by', async (APIName) => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await plane.send('GetDataEndpoint', { APIName, StreamName: 'a' })).toBe(
      '{"DataEndpoint":"http://localhost:4580"}',
    );
  });

  it('needs a stream that exists', async () => {
    const plane = controlPlane();
    expect(await errorOf(plane.call('GetDataEndpoint', { APIName: 'GET_CLIP', StreamName: 'a' }))).toBe(NOT_FOUND);
    expect(await errorOf(plane.call('GetDataEndpoint', { APIName: 'GET_CLIP' }))).toBe(NEITHER);
  });

  it('does not find a stream that is CREATING or DELETING, but one that is UPDATING', async () => {
    const plane = controlPlane({ transitions: { creating: 10, updating: 10, deleting: 10 } });
    const { StreamARN } = await plane.stream('a');
    const endpoint = () => plane.call('GetDataEndpoint', { APIName: 'PUT_MEDIA', StreamARN });
    expect(await errorOf(endpoint())).toBe(NOT_FOUND);
    await plane.clock.advance(10);
    const { StreamInfo } = await plane.call('DescribeStream', { StreamARN });
    await plane.call('UpdateStream', { StreamARN, CurrentVersion: StreamInfo.Version });
    expect(await endpoint()).toEqual({ DataEndpoint: 'http://localhost:4580' });
    await plane.clock.advance(10);
    await plane.call('DeleteStream', { StreamARN });
    expect(await errorOf(endpoint())).toBe(NOT_FOUND);
  });
});
