import { describe, expect, it } from 'vitest';
import { Turns } from '../../src/decoders/turns.ts';

const never = new AbortController().signal;

/** Takes a turn for each of the streams, and tells which have begun. */
function crowd(turns: Turns, streams: readonly string[]) {
  const begun: number[] = [];
  const taken = streams.map((stream, at) => turns.take(stream, never).then((may) => may && begun.push(at)));
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    return [...begun];
  };
  return { taken, settle };
}

describe('turns of decoders', () => {
  it('go to so many at once and no more, first come first served', async () => {
    const turns = new Turns(2);
    const { settle } = crowd(turns, ['a', 'b', 'c', 'd']);
    expect(await settle()).toEqual([0, 1]);
    turns.end('b');
    expect(await settle()).toEqual([0, 1, 2]);
    turns.end('a');
    turns.end('c');
    expect(await settle()).toEqual([0, 1, 2, 3]);
    expect(turns.waiting).toBe(0);
  });

  it('pass over a stream that has one, so that it does not hold up others', async () => {
    const turns = new Turns(2);
    const { settle } = crowd(turns, ['a', 'a', 'a', 'b']);
    expect(await settle()).toEqual([0, 3]);
    turns.end('a');
    expect(await settle()).toEqual([0, 3, 1]);
  });

  it('are not kept for who has gone', async () => {
    const turns = new Turns(1);
    expect(await turns.take('a', never)).toBe(true);
    const gone = new AbortController();
    const waiting = turns.take('b', gone.signal);
    const behind = turns.take('c', never);
    gone.abort();
    expect(await waiting).toBe(false);
    expect(turns.waiting).toBe(1);
    turns.end('a');
    expect(await behind).toBe(true);
    expect(await turns.take('d', AbortSignal.abort())).toBe(false);
  });

  it('are at least one', async () => {
    expect(await new Turns(0).take('a', never)).toBe(true);
  });
});
