import { excerpt } from '../protocol/errors.ts';
import { string } from '../protocol/shapes.ts';

// What many controls take: whose things they are about.

export const account = string({
  pattern: '\\d{12}',
  max: 12,
  means: 'of this account alone, 12 digits',
  refusal: (value) =>
    typeof value === 'string'
      ? `"${excerpt(value)}" is no account: accounts are 12 digits.`
      : 'The account is no string.',
});

export const region = string({
  min: 1,
  max: 64,
  means: 'of this region alone',
  refusal(value) {
    if (value === '') return 'The region is empty.';
    return typeof value === 'string' ? `"${excerpt(value)}" is no region.` : 'The region is no string.';
  },
});
