import { describe, expect, it } from 'vitest';
import { badStreamNames, controlPlane, errorOf, NEITHER, NOT_FOUND, refusalsOf } from './harness.ts';

const { mistyped, invalid } = refusalsOf('UntagStream');
const KEY_RULES =
  '[Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$]';

describe('UntagStream serialization', () => {
  it('refuses keys given as an object', () =>
    mistyped({ StreamName: 'a', TagKeyList: { k: 1 } }, "The member 'tagKeyList' must be a list, not an object."));
  it('refuses a key that is a number', () =>
    mistyped(
      { StreamName: 'a', TagKeyList: ['k', 1] },
      "The member 'tagKeyList.2.member' must be a string, not a number.",
    ));
});

describe('UntagStream validation', () => {
  it('needs keys', () =>
    invalid({ StreamName: 'a' }, "Value null at 'tagKeyList' failed to satisfy constraint: Member must not be null"));
  it('refuses an empty list', () =>
    invalid(
      { StreamName: 'a', TagKeyList: [] },
      "Value '[]' at 'tagKeyList' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ));
  it('refuses 51 keys', () => {
    const keys = Array.from({ length: 51 }, (_, i) => `k${i}`);
    return invalid(
      { StreamName: 'a', TagKeyList: keys },
      `Value '[${keys.join(', ')}]' at 'tagKeyList' failed to satisfy constraint: Member must have length less than or equal to 50`,
    );
  });
  it('refuses an empty key', () =>
    invalid(
      { StreamName: 'a', TagKeyList: ['k', ''] },
      `Value '[k, ]' at 'tagKeyList' failed to satisfy constraint: Member must satisfy constraint: ${KEY_RULES}`,
    ));
  it('refuses a key of null', () =>
    invalid(
      { StreamName: 'a', TagKeyList: ['k', null] },
      "Value null at 'tagKeyList.2.member' failed to satisfy constraint: Member must not be null",
    ));
  it.each(badStreamNames)('refuses %s', (_what, StreamName, texts) =>
    invalid({ StreamName, TagKeyList: ['k'] }, ...texts),
  );
});

describe('UntagStream', () => {
  it('takes tags away and does not mind those that are not there', async () => {
    const plane = controlPlane();
    await plane.stream('a', { Tags: { one: '1', two: '2' } });
    expect(await plane.send('UntagStream', { StreamName: 'a', TagKeyList: ['one', 'none'] })).toBe('{}');
    expect((await plane.call('ListTagsForStream', { StreamName: 'a' })).Tags).toEqual({ two: '2' });
  });

  it('says that the ARN of a channel has the wrong format', async () => {
    const StreamARN = 'arn:aws:kinesisvideo:us-east-1:111122223333:channel/a/1';
    expect(await errorOf(controlPlane().call('UntagStream', { StreamARN, TagKeyList: ['k'] }))).toBe(
      `400 InvalidResourceFormatException: The format of the StreamARN is invalid: ${StreamARN}`,
    );
  });

  it('needs a stream that exists', async () => {
    expect(await errorOf(controlPlane().call('UntagStream', { StreamName: 'a', TagKeyList: ['k'] }))).toBe(NOT_FOUND);
    expect(await errorOf(controlPlane().call('UntagStream', { TagKeyList: ['k'] }))).toBe(NEITHER);
  });
});
