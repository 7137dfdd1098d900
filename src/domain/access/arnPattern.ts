import { globMatcher, type Matcher, type Part, partsOf } from './template.ts';

const FIELDS = 6;

/** The ARN that was taken apart last: all statements of a policy are asked of the same one. */
let last: { readonly arn: string; readonly fields: readonly string[] | undefined } | undefined;

/** The fields of an ARN; what stands behind the fifth colon is one, whatever is in it. Undefined if it is no ARN. */
function fieldsOf(arn: string): readonly string[] | undefined {
  if (last?.arn !== arn) last = { arn, fields: split(arn) };
  return last.fields;
}

function split(arn: string): readonly string[] | undefined {
  const fields = arn.split(':');
  if (fields.length < FIELDS) return undefined;
  return [...fields.slice(0, FIELDS - 1), fields.slice(FIELDS - 1).join(':')];
}

/** The same of a pattern. A colon inside a variable is none. */
function patternFields(parts: readonly Part[]): Part[][] {
  const fields: Part[][] = [[]];
  const add = (part: Part): void => void fields[fields.length - 1]?.push(part);
  for (const part of parts) {
    if (typeof part === 'string' || !('text' in part)) {
      add(part);
      continue;
    }
    const texts = part.text.split(':');
    const own = texts.slice(0, FIELDS - fields.length);
    const rest = texts.slice(own.length);
    for (const text of own) {
      add({ text });
      fields.push([]);
    }
    // The last text ends no field.
    if (rest.length > 0) add({ text: rest.join(':') });
    else fields.pop();
  }
  return fields;
}

/**
 * ARNs are compared field by field: a `*` stands for nothing of the next one, but in the last field for colons and slashes
 * as well. A pattern that ends early, such as `*` or `arn:aws:kinesisvideo:*`, is of the whole ARN.
 */
export function arnMatcher(text: string, variables: boolean): Matcher {
  const parts = partsOf(text, variables);
  const fields = patternFields(parts);
  if (fields.length < FIELDS) return globMatcher(parts);
  const matchers = fields.map(globMatcher);
  return (value, context) => {
    const found = fieldsOf(value);
    if (found === undefined) return false;
    let all: boolean | undefined = true;
    for (let i = 0; i < FIELDS; i++) {
      const one = matchers[i]?.(found[i] as string, context);
      if (one === false) return false;
      if (one === undefined) all = undefined;
    }
    return all;
  };
}
