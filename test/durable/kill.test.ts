// The built emulator is killed at random moments under producers and a client, and started again on what it leaves behind.
// `KVS_KILLS=200 npx vitest run test/durable/kill.test.ts` for more than a few rounds; KVS_KILL_SEED for others.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { openPut } from '../support/putMedia.ts';
import { clusterOf } from './producer.ts';
import { type Running, startProgram } from './program.ts';
import { call, dataFolder, listFragments, mediaOf, post } from './service.ts';

const KILLS = Number(process.env.KVS_KILLS ?? 4);
const SEED = Number(process.env.KVS_KILL_SEED ?? 1);
const PRODUCERS = 8;

function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** By stream: the fragments that were acknowledged as PERSISTED, and the bytes of their frames. */
type Promised = Map<string, Map<string, Buffer>>;

/** Sends fragments until the emulator is gone. */
async function produce(
  url: string,
  stream: string,
  promised: Map<string, Buffer>,
  chance: () => number,
): Promise<void> {
  const put = openPut({ url, streamName: stream, timecodeType: 'ABSOLUTE' });
  const closed = once(put.request, 'close').catch(() => undefined);
  const sent = new Map<number, Buffer>();
  let over = false;
  const sending = (async () => {
    await Promise.race([put.send(clusterOf.head()), closed]);
    const base = Date.now();
    for (let fragment = 0; !over; fragment++) {
      const payload = randomBytes(200 + Math.floor(chance() * 20_000));
      const timecode = base + fragment * 40;
      sent.set(timecode, payload);
      await Promise.race([put.send(clusterOf(timecode, payload)), closed]);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  try {
    for (let ack = await put.next(); ack !== undefined; ack = await put.next()) {
      if (ack.EventType !== 'PERSISTED') continue;
      promised.set(String(ack.FragmentNumber), sent.get(Number(ack.FragmentTimecode)) as Buffer);
    }
  } catch {
    // It has been killed.
  }
  over = true;
  await sending;
}

interface Control {
  /** Streams that were made, with their tags; what was asked for last may have been done or not. */
  readonly streams: Map<string, { readonly arn: string; readonly tag: string }>;
  doubtful: string | undefined;
  count: number;
}

/** Makes, changes and deletes streams until the emulator is gone. */
async function control(url: string, known: Control, chance: () => number): Promise<void> {
  try {
    for (;;) {
      const names = [...known.streams.keys()];
      const name = names[Math.floor(chance() * names.length)];
      const what = chance();
      if (name === undefined || what < 0.4) {
        known.count += 1;
        const made = `made-${known.count}`;
        known.doubtful = made;
        const { StreamARN } = await call<{ StreamARN: string }>(url, 'createStream', {
          StreamName: made,
          Tags: { n: '0' },
        });
        known.streams.set(made, { arn: StreamARN, tag: '0' });
      } else if (what < 0.7) {
        known.doubtful = name;
        const tag = String(Math.floor(chance() * 1000));
        const { arn } = known.streams.get(name) as { arn: string };
        await call(url, 'tagStream', { StreamARN: arn, Tags: { n: tag } });
        known.streams.set(name, { arn, tag });
      } else {
        known.doubtful = name;
        await call(url, 'deleteStream', { StreamARN: known.streams.get(name)?.arn });
        known.streams.delete(name);
      }
      known.doubtful = undefined;
    }
  } catch (error) {
    // It has been killed; anything else is told when it is looked at.
    if (error instanceof Error && /^\w+: \d+/.test(error.message)) throw error;
  }
}

async function checkControl(url: string, known: Control): Promise<void> {
  const found = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    const page = await call<{ StreamInfoList: { StreamName: string }[]; NextToken?: string }>(url, 'listStreams', {
      ...(NextToken === undefined ? {} : { NextToken }),
      StreamNameCondition: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: 'made-' },
    });
    for (const { StreamName } of page.StreamInfoList) found.set(StreamName, '');
    NextToken = page.NextToken ?? undefined;
  } while (NextToken !== undefined);
  const certain = (names: Iterable<string>): string[] => [...names].filter((name) => name !== known.doubtful).sort();
  expect(certain(found.keys())).toEqual(certain(known.streams.keys()));
  for (const name of certain(known.streams.keys()).slice(-20)) {
    const { Tags } = await call<{ Tags: { n: string } }>(url, 'listTagsForStream', { StreamName: name });
    expect(`${name} ${Tags.n}`).toBe(`${name} ${known.streams.get(name)?.tag}`);
  }
  // From here on it is known again.
  if (known.doubtful === undefined) return;
  if (!found.has(known.doubtful)) known.streams.delete(known.doubtful);
  else {
    const { StreamInfo } = await call<{ StreamInfo: { StreamARN: string } }>(url, 'describeStream', {
      StreamName: known.doubtful,
    });
    const { Tags } = await call<{ Tags: { n: string } }>(url, 'listTagsForStream', { StreamName: known.doubtful });
    known.streams.set(known.doubtful, { arn: StreamInfo.StreamARN, tag: Tags.n });
  }
}

/** Every fragment that was promised is there, once, whole and readable, and so is whatever else is listed. */
async function checkMedia(url: string, promised: Promised, all: boolean): Promise<void> {
  for (const [stream, fragments] of promised) {
    const listed = (await listFragments(url, stream)).map(({ FragmentNumber }) => FragmentNumber);
    expect(new Set(listed).size).toBe(listed.length);
    const there = new Set(listed);
    for (const number of fragments.keys()) expect(there).toContain(number);
    const looked = all ? listed : listed.slice(-60);
    for (let at = 0; at < looked.length; at += 500) {
      const some = looked.slice(at, at + 500);
      const media = await mediaOf(url, stream, some);
      expect(media).toBeDefined();
      for (const number of some) {
        const payload = fragments.get(number);
        if (payload !== undefined) expect(`${number} ${media?.includes(payload)}`).toBe(`${number} true`);
      }
      expect(media?.toString('latin1').split('FRAGMENT_NOT_FOUND')).toHaveLength(1);
    }
  }
}

it(`keeps what it promised when it is killed, ${KILLS} times, under ${PRODUCERS} producers and a client`, {
  timeout: 60_000 + KILLS * 60_000,
}, async () => {
  const folder = dataFolder();
  const chance = chanceOf(SEED);
  const promised: Promised = new Map();
  const known: Control = { streams: new Map(), doubtful: undefined, count: 0 };
  let running: Running | undefined;
  onTestFinished(() => running?.kill());
  for (let round = 0; round <= KILLS; round++) {
    running = await startProgram('--data-dir', folder, '--fsync', round % 2 === 0 ? '5ms' : 'each');
    const { url } = running;
    await checkControl(url, known);
    await checkMedia(url, promised, round === KILLS);
    if (round === KILLS) break;
    for (let producer = promised.size; producer < PRODUCERS; producer++) {
      const name = `cam-${producer}`;
      expect(await post(url, 'createStream', { StreamName: name, DataRetentionInHours: 24 })).toMatchObject({
        status: 200,
      });
      promised.set(name, new Map());
    }
    const lives = [
      ...[...promised].map(([stream, fragments]) => produce(url, stream, fragments, chance)),
      control(url, known, chance),
    ];
    const many = 20 + chance() * 400;
    const before = total(promised);
    // Work, and not time, says when: on a machine that is busy as much has been done by then.
    while (total(promised) - before < many) await new Promise((resolve) => setImmediate(resolve));
    await running.kill();
    await Promise.all(lives);
    // An end that was being written is cut off, with a warning; nothing else is wrong with any file.
    expect(running.log()).not.toMatch(/damaged|missing/);
  }
  expect(total(promised)).toBeGreaterThan(KILLS * 20);
  expect(known.count).toBeGreaterThan(KILLS);
});

const total = (promised: Promised): number => [...promised.values()].reduce((sum, { size }) => sum + size, 0);
