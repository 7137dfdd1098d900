// The built emulator is killed at random moments, and started again on what it leaves behind.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchProgram, type Running, startProgram } from '../program.ts';
import { call } from '../service.ts';
import { between, type Chance, chanceOf, oneOf } from './chance.ts';
import { adopt, check, type Findings, segmentsIn } from './findings.ts';
import { type Ledger, loadLedger, newLedger, newStream, saveLedger } from './ledger.ts';
import { advance, control, produce, type Tally, timeOf } from './lives.ts';

export const PRODUCERS = 8;
const HOUR_MS = 3_600_000;

/** How a round goes. */
interface Plan {
  /** Some producers send fragments that fill segments. */
  readonly large: boolean;
  /** The time is moved by so much each, in its course. */
  readonly advances: readonly number[];
  readonly fsync: string;
  /** It is killed once so much has been promised. */
  readonly until: Tally;
  /** It is asked to end, and killed while it does. */
  readonly ending: boolean;
  /** It is started and killed before, so many turns of the event loop after that. */
  readonly starting: number | undefined;
}

function planOf(chance: Chance): Plan {
  const large = chance() < 0.25;
  const moves = oneOf(chance, [0, 0, 1, 3]);
  return {
    large,
    advances: Array.from({ length: moves }, () => between(chance, 10, 150) * 60_000),
    fsync: oneOf(chance, ['5ms', 'each', '50ms']),
    until: {
      fragments: between(chance, 20, 420),
      bytes: between(chance, 5, large ? 90 : 20) * 1_000_000,
      calls: between(chance, 1, 9),
    },
    ending: chance() < 0.15,
    starting: chance() < 0.15 ? between(chance, 2000, 30_000) : undefined,
  };
}

export interface Kills {
  /** Has the data folder, and what was promised: whoever comes again with it goes on. */
  readonly folder: string;
  readonly rounds: number;
  /** So many of them now; whoever comes again goes on. */
  readonly now?: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}

/** Rejects where a promise was not held. */
export async function runKills({ folder, rounds, now = rounds, seed, say = () => undefined }: Kills): Promise<Ledger> {
  mkdirSync(folder, { recursive: true });
  const ledgerPath = join(folder, 'promised.json');
  const data = join(folder, 'data');
  const ledger = loadLedger(ledgerPath) ?? newLedger(seed);
  let last = `begun behind round ${ledger.round}`;
  const pause = ledger.round + now;
  for (;;) {
    const chance = chanceOf(ledger.seed * 1000 + ledger.round);
    const plan = planOf(chance);
    const isLast = ledger.round >= rounds;
    if (plan.starting !== undefined) await killAtStart(data, plan.starting);
    const running = await startProgram('--data-dir', data, '--fsync', plan.fsync);
    try {
      if (ledger.under) {
        await adopt(running.url, ledger);
        last = `round ${ledger.round + 1} was broken off: what there is now is what was promised`;
      }
      const findings = await check(running.url, ledger, isLast || ledger.round % 20 === 0);
      say(`${last}; ${foundIn(findings, data)}`);
      if (isLast) {
        await checkEmpty(running.url, ledger, data);
        say(`${rounds} rounds with seed ${ledger.seed}: all that was promised was there, and goes with its time`);
        return ledger;
      }
      if (ledger.round === pause) {
        saveLedger(ledgerPath, ledger);
        return ledger;
      }
      ledger.under = true;
      saveLedger(ledgerPath, ledger);
      last = await round({ running, ledger, plan, chance, data });
      ledger.under = false;
      ledger.round += 1;
      saveLedger(ledgerPath, ledger);
    } finally {
      await running.kill();
    }
  }
}

async function pass(turns: number): Promise<void> {
  for (let left = turns; left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
}

/** Nobody can say yet what it has found. */
async function killAtStart(data: string, turns: number): Promise<void> {
  const { ready, kill } = launchProgram('--data-dir', data);
  ready.catch(() => undefined);
  await pass(turns);
  await kill();
}

interface Round {
  readonly running: Running;
  readonly ledger: Ledger;
  readonly plan: Plan;
  readonly chance: Chance;
  readonly data: string;
}

async function round({ running, ledger, plan, chance }: Round): Promise<string> {
  const { url } = running;
  const tally: Tally = { fragments: 0, bytes: 0, calls: 0 };
  for (let producer = 0; producer < PRODUCERS; producer++) {
    const name = `cam-${producer}`;
    if (ledger.streams.has(name)) continue;
    const hours = producer % 2 === 0 ? 1 : 24;
    const made = await call<{ StreamARN: string }>(url, 'createStream', {
      ...{ StreamName: name, DataRetentionInHours: hours },
    });
    ledger.streams.set(name, newStream(made.StreamARN, hours * HOUR_MS, ''));
  }
  const life = { url, ledger, tally, chance };
  const lives = Promise.all([
    ...Array.from({ length: PRODUCERS }, (_, producer) => {
      const name = `cam-${producer}`;
      const most = plan.large && producer < 3 ? 4_000_000 : 20_000;
      const stream = ledger.streams.get(name);
      assert.ok(stream !== undefined);
      return produce({ url, ledger, name, stream, tally }, () => between(chance, most / 100, most));
    }),
    control(life),
  ]);
  // Whoever is told something wrong by then says so.
  const failed = new Promise<never>((_, reject) => lives.catch(reject));
  await Promise.race([failed, untilDone(url, ledger, plan, tally)]);
  ledger.clock.most = Math.max(ledger.clock.most, (await timeOf(url)) + HOUR_MS / 60);
  if (plan.ending) void running.stop();
  await pass(between(chance, 0, 300));
  await running.kill();
  await lives;
  // An end that was being written is cut off, with a warning; nothing is wrong with any file.
  assert.equal(running.log(), '');
  return lineOf(ledger, plan, tally);
}

/** Work, and not time, says when: on a machine that is busy as much has been done by then. */
async function untilDone(url: string, ledger: Ledger, { until, advances }: Plan, tally: Tally): Promise<void> {
  const moves = [...advances];
  const done = (): number =>
    Math.min(Math.max(tally.fragments / until.fragments, tally.bytes / until.bytes), tally.calls / until.calls);
  let moving: Promise<void> | undefined;
  while (done() < 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (moving !== undefined || done() < (advances.length - moves.length + 1) / (advances.length + 1)) continue;
    const ms = moves.shift();
    // It may be killed while it is at it.
    if (ms !== undefined)
      moving = advance(url, ledger, ms).then(
        () => (moving = undefined),
        () => undefined,
      );
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function lineOf({ round: index, seed }: Ledger, plan: Plan, { fragments, bytes, calls }: Tally): string {
  const how = [
    `fsync ${plan.fsync}`,
    ...(plan.large ? ['large fragments'] : []),
    ...plan.advances.map((ms) => `+${ms / 60_000}m`),
    ...(plan.starting === undefined ? [] : [`also killed in the ${plan.starting}th turn of its start`]),
    ...(plan.ending ? ['while it ended'] : []),
  ].join(', ');
  return `round ${index + 1}, seed ${seed} (${how}): ${fragments} fragments acked, ${megabytes(bytes)}, ${calls} calls`;
}

function foundIn({ streams, fragments, more, expired, read }: Findings, data: string): string {
  const { count, bytes } = segmentsIn(data);
  const found = `${fragments} fragments in ${streams} streams, ${more} of them not acked, ${read} read`;
  return `found ${found}, ${expired} expired; ${count} segments, ${megabytes(bytes)}`;
}

/** When all has expired nothing of it is on the disk any more. */
async function checkEmpty(url: string, ledger: Ledger, data: string): Promise<void> {
  const wait = Math.max(0, ledger.clock.most - (await timeOf(url))) + 48 * HOUR_MS;
  await advance(url, ledger, wait);
  const { fragments } = await check(url, ledger, true);
  assert.equal(fragments, 0);
  assert.equal(segmentsIn(data).count, 0);
}
