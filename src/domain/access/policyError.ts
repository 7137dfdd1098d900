/** A policy that makes no sense. */
export class PolicyError extends Error {
  readonly hint: string;
  /** JSON pointer (RFC 6901) into the document. */
  readonly path: string;

  constructor(message: string, hint: string, path: string) {
    super(message);
    this.name = 'PolicyError';
    this.hint = hint;
    this.path = path;
  }
}

const MOST_SHOWN = 64;

/** Of what somebody wrote, as much as an error repeats. */
export const shown = (value: unknown): string => {
  if (Array.isArray(value)) return 'A list';
  if (typeof value === 'object' && value !== null) return 'An object';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MOST_SHOWN));
  return String(value).slice(0, MOST_SHOWN);
};

/** The pointer to a member. */
export const under = (path: string, name: string | number): string =>
  `${path}/${String(name)
    .slice(0, 2 * MOST_SHOWN)
    .replaceAll('~', '~0')
    .replaceAll('/', '~1')}`;
