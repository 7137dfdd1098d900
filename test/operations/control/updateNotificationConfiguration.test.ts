import { describe, expect, it } from 'vitest';
import { controlPlane, errorOf, refusalsOf } from './harness.ts';
import { needsAStream, refusesInvalidStreamRefs, refusesMistyped } from './refs.ts';

const NAME = 'UpdateNotificationConfiguration';
const { mistyped, invalid } = refusalsOf(NAME);
const TOPIC = 'arn:aws:sns:us-east-1:111122223333:topic';
const request = (change: object = {}) => ({
  StreamName: 'a',
  NotificationConfiguration: { Status: 'ENABLED', DestinationConfig: { Uri: TOPIC }, ...change },
});

describe(`${NAME} serialization`, () => {
  refusesMistyped(NAME, {}, 'StreamName', 'StreamARN');
  it('refuses a destination that is a string', () =>
    mistyped(
      request({ DestinationConfig: TOPIC }),
      "The member 'notificationConfiguration.destinationConfig' must be an object, not a string.",
    ));
});

describe(`${NAME} validation`, () => {
  it('needs all of a configuration', () =>
    invalid(
      { StreamName: 'a', NotificationConfiguration: { DestinationConfig: {} } },
      "Value null at 'notificationConfiguration.status' failed to satisfy constraint: Member must not be null",
      "Value null at 'notificationConfiguration.destinationConfig.uri' failed to satisfy constraint: Member must not be null",
    ));
  it('refuses an unknown status and a destination of 256 characters', () => {
    const Uri = `arn:${'a'.repeat(252)}`;
    return invalid(
      request({ Status: 'enabled', DestinationConfig: { Uri } }),
      "Value 'enabled' at 'notificationConfiguration.status' failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED]",
      `Value '${Uri}' at 'notificationConfiguration.destinationConfig.uri' failed to satisfy constraint: Member must have length less than or equal to 255`,
    );
  });
  refusesInvalidStreamRefs(NAME);
});

describe(NAME, () => {
  const described = async (plane: ReturnType<typeof controlPlane>) =>
    (await plane.call('DescribeNotificationConfiguration', { StreamName: 'a' })).NotificationConfiguration;

  it('sets, replaces and, without a configuration, deletes', async () => {
    const plane = controlPlane();
    await plane.stream('a', { DataRetentionInHours: 1 });
    expect(await plane.send(NAME, request())).toBe('{}');
    expect(await described(plane)).toEqual({ Status: 'ENABLED', DestinationConfig: { Uri: TOPIC } });
    await plane.call(NAME, request({ Status: 'DISABLED' }));
    expect(await described(plane)).toEqual({ Status: 'DISABLED', DestinationConfig: { Uri: TOPIC } });
    await plane.call(NAME, { StreamName: 'a' });
    expect(await described(plane)).toBeNull();
  });
  it('refuses a FIFO topic', async () => {
    const plane = controlPlane();
    await plane.stream('a', { DataRetentionInHours: 1 });
    expect(await errorOf(plane.call(NAME, request({ DestinationConfig: { Uri: `${TOPIC}.fifo` } })))).toBe(
      `400 InvalidArgumentException: Notifications go to standard SNS topics; ${TOPIC}.fifo is a FIFO topic.`,
    );
  });
  it('refuses a stream without retention', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await errorOf(plane.call(NAME, request()))).toMatch(/^400 NoDataRetentionException: /);
  });
  it('makes the stream UPDATING, and refuses one that is', async () => {
    const plane = controlPlane({ transitions: { creating: 0, updating: 10, deleting: 0 } });
    await plane.stream('a', { DataRetentionInHours: 1 });
    await plane.call(NAME, request());
    expect(await errorOf(plane.call(NAME, request()))).toBe(
      '400 ResourceInUseException: The stream a is UPDATING. Wait until it is ACTIVE.',
    );
  });
  needsAStream(NAME);
});
