import type { Option, OptionRow } from './option.ts';

type Words = Pick<OptionRow<never>, 'description' | 'defaultText'>;
type Kind<Value> = Words &
  Partial<Pick<OptionRow<Value>, 'placeholder' | 'wants'>> &
  Pick<OptionRow<Value>, 'fallback'>;

/** A row of a kind that has no helper: says all of it itself. */
export const option =
  <Given>() =>
  <Value>(row: OptionRow<Value>): Option<Value, Given> =>
    row;

export const toggle = (words: Words): Option<boolean, boolean> => ({
  placeholder: '',
  fallback: false,
  parse: (text) => ({ true: true, 1: true, false: false, 0: false })[text],
  wants: 'true or false',
  ...words,
});

/** A whole number from 0 on. */
export const integerOption = <Default>(
  highest: number,
  row: Kind<number | Default>,
): Option<number | Default, number | string> => ({
  placeholder: 'N',
  parse: (text) => (/^\d{1,16}$/.test(text) && Number(text) <= highest ? Number(text) : undefined),
  wants: highest < 2 ** 32 ? `a number from 0 to ${highest}` : 'a number',
  ...row,
});

export const choice = <const T extends string>(values: readonly T[], row: Kind<NoInfer<T>>): Option<T, NoInfer<T>> => ({
  placeholder: 'WHAT',
  values,
  parse: (text) => values.find((value) => value === text),
  wants: values.length === 2 ? values.join(' or ') : `one of ${values.join(', ')}`,
  ...row,
});

/** What matches; `wants` says what that is. */
export const textOption = (
  pattern: RegExp,
  row: Kind<string> & { readonly placeholder: string; readonly wants: string },
): Option<string, string> => ({ parse: (given) => (pattern.test(given) ? given : undefined), ...row });

/** The path of a file; none unless given. */
export const file = (words: Words): Option<string | undefined, string> => ({
  placeholder: 'FILE',
  fallback: undefined,
  parse: (path) => path,
  wants: 'a file',
  ...words,
});
