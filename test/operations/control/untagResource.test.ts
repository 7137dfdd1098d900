import { describe, expect, it } from 'vitest';
import { controlPlane, refusalsOf } from './harness.ts';
import { refusesInvalidArn, refusesMistyped } from './refs.ts';
import { needsAResource } from './resourceTags.ts';

const NAME = 'UntagResource';
const { mistyped, invalid } = refusalsOf(NAME);
const ResourceARN = 'arn:aws:kinesisvideo:us-east-1:111122223333:stream/a/1';
const REST = { TagKeyList: ['k'] };

describe(`${NAME} serialization`, () => {
  refusesMistyped(NAME, REST, 'ResourceARN');
  it('refuses one key that is not in a list', () =>
    mistyped({ ResourceARN, TagKeyList: 'k' }, "The member 'tagKeyList' must be a list, not a string."));
});

describe(`${NAME} validation`, () => {
  it('needs an ARN and keys', () =>
    invalid(
      {},
      "Value null at 'resourceARN' failed to satisfy constraint: Member must not be null",
      "Value null at 'tagKeyList' failed to satisfy constraint: Member must not be null",
    ));
  it('refuses a key with a character that tags do not have', () =>
    invalid(
      { ResourceARN, TagKeyList: ['<k>'] },
      "Value '[<k>]' at 'tagKeyList' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$]",
    ));
  refusesInvalidArn(NAME, 'ResourceARN', REST);
});

describe(NAME, () => {
  it.each(['stream', 'channel'] as const)(
    'takes tags from a %s and does not mind those that are not there',
    async (kind) => {
      const plane = controlPlane();
      const info = await plane[kind]('a');
      const arn = info.StreamARN ?? info.ChannelARN;
      const Tags = [
        { Key: 'k', Value: '1' },
        { Key: 'l', Value: '2' },
      ];
      await plane.call('TagResource', { ResourceARN: arn, Tags });
      expect(await plane.send(NAME, { ResourceARN: arn, TagKeyList: ['k', 'none'] })).toBe('{}');
      expect((await plane.call('ListTagsForResource', { ResourceARN: arn })).Tags).toEqual({ l: '2' });
    },
  );
  needsAResource(NAME, REST);
});
