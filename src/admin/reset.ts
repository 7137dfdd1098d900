import type { ResetRequest } from '../emulator/resetControl.ts';
import { excerpt } from '../protocol/errors.ts';
import { AdminError, type AdminOperation } from './adminOperation.ts';

const HINT =
  'Send POST /_kvs/reset for everything, or with ?account=, ?region= or both for a part; ?clock=keep lets time go on.';

export const reset: AdminOperation = {
  method: 'POST',
  path: '/_kvs/reset',
  summary: 'takes everything back to how it started, or what is of ?account= and ?region=; ?clock=keep',
  async handle({ reset }, { query, body }) {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new AdminError(400, 'The body is not a JSON object.', HINT);
    }
    return { streams: await reset(readReset([...query], Object.entries(body))) };
  },
};

/** What to reset, as parameters or as members of an object say it. Nothing is passed over: a reset cannot be undone. */
export function readReset(
  parameters: readonly (readonly [string, unknown])[],
  members: readonly (readonly [string, unknown])[],
): ResetRequest {
  const given = new Map<string, unknown>();
  const take = (name: string, value: unknown, path?: string): void => {
    const refuse = (why: string): AdminError => new AdminError(400, why, HINT, path);
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
    if (check === undefined) throw refuse(`Reset knows no "${excerpt(name)}".`);
    if (given.has(name)) throw refuse(`The ${excerpt(name)} is said twice.`);
    const wrong = typeof value === 'string' ? check(value) : `The ${excerpt(name)} is no string.`;
    if (wrong !== undefined) throw refuse(wrong);
    given.set(name, value);
  };
  for (const [name, value] of parameters) take(name, value);
  for (const [name, value] of members) take(name, value, `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  const text = (name: string): string | undefined => given.get(name) as string | undefined;
  return { account: text('account'), region: text('region'), keepClock: given.has('clock') };
}

/** Says what is wrong with a value, if anything is. */
const CHECKS: Readonly<Record<string, (value: string) => string | undefined>> = {
  account: (value) =>
    /^\d{12}$/.test(value) ? undefined : `"${excerpt(value)}" is no account: accounts are 12 digits.`,
  region: (value) => (value === '' ? 'The region is empty.' : undefined),
  clock: (value) => (value === 'keep' ? undefined : `"${excerpt(value)}" cannot be "clock": it is kept or not said.`),
};
