// Memory is written again once its fragments have gone. Whoever still reads one of them must not see that.
import { expect, it } from 'vitest';
import { type FollowEvent, follow } from '../../../src/domain/fragments/follow.ts';
import { type Fragment, withWhole } from '../../../src/domain/fragments/fragment.ts';
import { createRandom } from '../../../src/runtime/random.ts';
import { eventLoopTurn } from '../../../src/runtime/wall.ts';
import { SOMEBODY, startLog } from '../../support/fragments.ts';

const RETENTION_MS = 10_000;
const MIB = 1 << 20;

/** Every byte of a fragment is the same, and not that of those before and behind it. */
const fillOf = (fragment: Fragment): number => (fragment.producerTime * 31) % 251;
const isAll = (bytes: Uint8Array, value: number): boolean => {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return whole.length === 0 || (whole[0] === value && whole.compare(whole, 0, whole.length - 1, 1) === 0);
};

/** What readers have been given and not yet let go of. */
class Held {
  readonly #given: { fragment: Fragment; pieces: readonly Uint8Array[] }[] = [];
  read = 0;
  add(fragment: Fragment, pieces: readonly Uint8Array[]): void {
    this.#given.push({ fragment, pieces });
    this.read += pieces.length;
  }
  /** Looks into what was given first and lets it go. */
  look(): void {
    const oldest = this.#given.shift();
    for (const piece of oldest?.pieces ?? []) {
      if (!isAll(piece, fillOf(oldest!.fragment))) throw new Error(`fragment ${oldest!.fragment.number} is spoilt`);
    }
  }
  get count(): number {
    return this.#given.length;
  }
}

it.each([RETENTION_MS, 0])('readers keep what they were given, with a retention of %i ms', async (retentionMs) => {
  const random = createRandom(20_261_122);
  const upTo = (most: number): number => (most > 0 ? random.uint32() % most : 0);
  const { clock, log, open, room } = startLog({ retentionMs, capacity: 48 * MIB });
  const held = new Held();
  const over = new AbortController();
  const watch = async (events: AsyncIterable<FollowEvent>): Promise<void> => {
    let fragment: Fragment | undefined;
    for await (const event of events) {
      if (event.event === 'begin') fragment = event.fragment;
      if (event.event === 'bytes') held.add(fragment as Fragment, [event.bytes]);
    }
  };
  const watching: Promise<void>[] = [];
  const coming: { fragment: Fragment; left: number }[] = [];
  let count = 0;
  let refused = 0;

  for (let step = 0; step < 6000; step++) {
    const [what, one] = [upTo(20), coming[upTo(coming.length)]];
    if (what < 3 && coming.length < 3) {
      const fragment = open({ session: {}, producerTime: ++count });
      coming.push({ fragment, left: 1 + upTo(upTo(4) === 0 ? 3 * MIB : 50_000) });
    } else if (what < 14 && one !== undefined) {
      const size = Math.min(one.left, 1 + upTo(120_000));
      one.left -= size;
      const full = !log.append(one.fragment, new Uint8Array(size).fill(fillOf(one.fragment)));
      if (full) refused += 1;
      if (full || upTo(60) === 0) log.fail(one.fragment);
      else if (one.left === 0) await log.complete(one.fragment, 100);
      if (full || one.left === 0 || one.fragment.state !== 'open') coming.splice(coming.indexOf(one), 1);
    } else if (what < 16) {
      let fragment = log.after(undefined);
      for (let skip = upTo(30); skip > 0 && fragment !== undefined; skip--)
        fragment = log.after(fragment.number) ?? fragment;
      if (fragment !== undefined && upTo(3) === 0)
        held.add(fragment, await withWhole([fragment], SOMEBODY, ([whole]) => whole?.pieces ?? []));
    } else if (what === 16 && watching.length < 40 && upTo(10) === 0) {
      watching.push(watch(follow(log, { at: upTo(2) === 0 ? 'earliest' : 'now' }, clock, over.signal, SOMEBODY)));
    } else if (what === 17) await clock.advance(upTo(400));
    if (step % 8 === 0) await eventLoopTurn();
    while (held.count > 300) held.look();
  }
  over.abort();
  await Promise.all(watching);
  while (held.count > 0) held.look();
  expect(count).toBeGreaterThan(400);
  expect(held.read).toBeGreaterThan(1000);
  expect(refused).toBeLessThan(count / 2);
  log.delete();
  // What takes long is given back a slice at a time.
  while (room.usage().used > 0) await eventLoopTurn();
});
