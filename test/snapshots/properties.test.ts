// Whatever is done between a snapshot and the return to it, what can be seen is as it was.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { putMedia } from '../support/putMedia.ts';
import { stateOf } from '../support/state.ts';
import { ask } from '../support/tour.ts';
import { stores } from './stores.ts';

const ACCOUNTS = ['test', '111122223333'];
const NAMES = ['a', 'b', 'c'];
const media = fixture('h264-gop2s.mkv');

interface Where {
  readonly emulator: TestEmulator;
  readonly StreamName: string;
  readonly who: { readonly account: string };
}
type Call = (where: Where, n: number) => unknown;

const describeStream = async ({ emulator, StreamName, who }: Where) =>
  JSON.parse((await ask(emulator, '/describeStream', { StreamName }, who)).text).StreamInfo ?? {};

/** One thing that can be done; many are refused where there is nothing to do it to. */
const calls: Readonly<Record<string, Call>> = {
  create: ({ emulator, StreamName, who }, n) =>
    ask(emulator, '/createStream', { StreamName, DataRetentionInHours: 1 + (n % 4), Tags: { n: String(n) } }, who),
  remove: async (where) =>
    ask(where.emulator, '/deleteStream', { StreamARN: (await describeStream(where)).StreamARN }, where.who),
  tag: ({ emulator, StreamName, who }, n) =>
    ask(emulator, '/tagStream', { StreamName, Tags: { [`k${n % 3}`]: String(n) } }, who),
  update: async (where, n) => {
    const { Version: CurrentVersion } = await describeStream(where);
    const { StreamName } = where;
    return ask(where.emulator, '/updateStream', { StreamName, CurrentVersion, DeviceName: `d${n}` }, where.who);
  },
  retain: async (where, n) => {
    const { Version: CurrentVersion } = await describeStream(where);
    const change = { Operation: 'INCREASE_DATA_RETENTION', DataRetentionChangeInHours: 1 + (n % 3) };
    return ask(
      where.emulator,
      '/updateDataRetention',
      { ...change, StreamName: where.StreamName, CurrentVersion },
      where.who,
    );
  },
  put: ({ emulator, StreamName, who }) => {
    const headers = {
      authorization: `AWS4-HMAC-SHA256 Credential=${who.account}/20300101/us-east-1/kinesisvideo/aws4_request, SignedHeaders=host, Signature=0`,
    };
    const producerStart = String(emulator.clock.now() / 1000);
    return putMedia({ url: emulator.url, streamName: StreamName, producerStart, headers }, media);
  },
  channel: ({ emulator, StreamName: ChannelName, who }) =>
    ask(emulator, '/createSignalingChannel', { ChannelName }, who),
  notify: ({ emulator, StreamName, who }) => {
    const NotificationConfiguration = { Status: 'ENABLED', DestinationConfig: { Uri: 'sns://topic' } };
    return ask(emulator, '/updateNotificationConfiguration', { StreamName, NotificationConfiguration }, who);
  },
  advance: ({ emulator }, n) => emulator.clock.advance(`${n * 7}m`),
  back: ({ emulator }, n) => emulator.clock.set(emulator.clock.now() - n * 1000),
  fault: ({ emulator, StreamName }, n) =>
    emulator.faults.list().length < 3 &&
    emulator.faults.add({ match: { operation: 'TagStream', stream: StreamName, nth: n + 1 }, effect: { status: 503 } }),
  rotate: ({ emulator }) => emulator.keys.rotate('alias/aws/kinesisvideo'),
  limits: ({ emulator }, n) => emulator.limits.change({ overrides: { 'GetMedia.rate': 5 + n } }),
};

const step = fc.record({
  what: fc.constantFrom(...Object.keys(calls)),
  name: fc.constantFrom(...NAMES),
  account: fc.constantFrom(...ACCOUNTS),
  n: fc.integer({ min: 0, max: 12 }),
});
const steps = fc.array(step, { minLength: 1, maxLength: 10 });

it.each(stores)(
  'what is $store is as it was at the snapshot after a restore, and after another one',
  async ({ start }) => {
    await fc.assert(
      fc.asyncProperty(steps, steps, async (before, after) => {
        const emulator = await start({ deletingDelay: '30m' });
        const play = async (all: typeof before) => {
          const seen: string[] = [];
          for (const { what, name: StreamName, account, n } of all) {
            const said = await calls[what]?.({ emulator, StreamName, who: { account } }, n);
            // How much of a body has come when the store is done is a matter of the network.
            if (what !== 'put') seen.push(JSON.stringify(said, (key, value) => (key === 'offsetMs' ? 0 : value)));
          }
          return seen;
        };
        await play([
          { what: 'create', name: 'a', account: 'test', n: 3 },
          { what: 'put', name: 'a', account: 'test', n: 0 },
          ...before,
        ]);
        // What is read to look at it is part of it, such as keys that are made when they are needed.
        await stateOf(emulator, ACCOUNTS);
        const snapshot = await emulator.snapshot();
        const state = await stateOf(emulator, ACCOUNTS);
        await snapshot.restore();
        const first = await play(after);
        await snapshot.restore();
        expect(await stateOf(emulator, ACCOUNTS)).toBe(state);
        await snapshot.restore();
        expect(await play(after)).toEqual(first);
        await snapshot.restore();
        expect(await stateOf(emulator, ACCOUNTS)).toBe(state);
        await emulator.stop();
      }),
      { numRuns: Number(process.env.KVS_SNAPSHOT_RUNS ?? 6) },
    );
  },
);
