import { describe, expect, it } from 'vitest';
import { controlPlane } from './harness.ts';
import { needsAStream, refusesInvalidStreamRefs, refusesMistyped } from './refs.ts';

const NAME = 'DescribeNotificationConfiguration';

describe(`${NAME} serialization`, () => refusesMistyped(NAME, {}, 'StreamName', 'StreamARN'));

describe(`${NAME} validation`, () => refusesInvalidStreamRefs(NAME));

describe(NAME, () => {
  it('answers null for a stream that never had one', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await plane.send(NAME, { StreamName: 'a' })).toBe('{"NotificationConfiguration":null}');
  });
  it('answers what was set', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a', { DataRetentionInHours: 1 });
    const NotificationConfiguration = {
      DestinationConfig: { Uri: 'arn:aws:sns:us-east-1:111122223333:topic' },
      Status: 'ENABLED',
    };
    await plane.call('UpdateNotificationConfiguration', { StreamARN, NotificationConfiguration });
    expect(await plane.send(NAME, { StreamARN })).toBe(JSON.stringify({ NotificationConfiguration }));
  });
  needsAStream(NAME);
});
