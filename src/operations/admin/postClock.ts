import type { ControllableClock } from '../../runtime/clock.ts';
import { parseDate, parseDuration } from '../../runtime/time.ts';
import { AdminError, type AdminOperation } from './adminOperation.ts';
import { viewClock } from './getClock.ts';

const FORMS =
  'Send one of {"advance":"25h"}, {"set":"2030-01-01T00:00:00Z"}, {"mode":"frozen"}, {"mode":"running"}, {"rate":60}.';

/** The last time that a JavaScript date can show. */
const LAST_TIME = 8.64e15;
const FASTEST = 1_000_000;

type Change = (clock: ControllableClock, value: unknown) => void | Promise<void>;

const CHANGES: Readonly<Record<string, Change>> = {
  advance(clock, value) {
    const ms = typeof value === 'number' || typeof value === 'string' ? parseDuration(value) : undefined;
    if (ms === undefined) {
      throw wrong(
        'advance',
        value,
        'Give seconds as a number, or a duration like "90m", "25h", "7d", "1h30m", "PT25H".',
      );
    }
    if (ms < 0) throw wrong('advance', value, 'Time is advanced forward only; to go back, use {"set": …}.');
    if (clock.now() + ms > LAST_TIME) throw wrong('advance', value, 'That is past the last date there is.');
    return clock.advance(ms);
  },
  set(clock, value) {
    const time = typeof value === 'string' ? parseDate(value) : undefined;
    if (time === undefined) throw wrong('set', value, 'Give an ISO 8601 date like "2030-01-01T00:00:00Z".');
    return clock.set(time);
  },
  mode(clock, value) {
    if (value === 'frozen') return clock.freeze();
    if (value === 'running') return clock.run();
    throw wrong('mode', value, 'The modes are "running" and "frozen".');
  },
  rate(clock, value) {
    if (typeof value === 'number' && value > 0 && value <= FASTEST) return clock.run(value);
    throw wrong('rate', value, `Give a number above 0 and at most ${FASTEST}: emulated seconds per real second.`);
  },
};

const wrong = (name: string, value: unknown, hint: string): AdminError =>
  new AdminError(400, `${JSON.stringify(value)} cannot be "${name}".`, hint);

export const postClock: AdminOperation = {
  method: 'POST',
  path: '/_kvs/clock',
  summary: 'moves, freezes or speeds up the emulated time; answers when all work due is done',
  async handle({ clock }, { body }) {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new AdminError(400, 'The body is not a JSON object.', FORMS);
    }
    const entries = Object.entries(body);
    const [entry] = entries;
    if (entry === undefined) throw new AdminError(400, 'The body says nothing to do.', FORMS);
    if (entries.length > 1) {
      const names = entries.map(([name]) => `"${name}"`).join(', ');
      throw new AdminError(400, `The body says more than one thing to do: ${names}.`, FORMS);
    }
    const [name, value] = entry;
    const change = Object.hasOwn(CHANGES, name) ? CHANGES[name] : undefined;
    if (change === undefined) throw new AdminError(400, `The clock knows no "${name}".`, FORMS);
    await change(clock, value);
    return viewClock(clock);
  },
};
