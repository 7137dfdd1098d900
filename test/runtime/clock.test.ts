import { describe, expect, it } from 'vitest';
import { ControllableClock, labelled } from '../../src/runtime/clock.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';

const START = Date.parse('2030-01-01T00:00:00Z');
const frozen = (onError?: (error: unknown) => void) =>
  new ControllableClock({ startTime: START, frozen: true, ...(onError ? { onError } : {}) });

/** A machine's clock that goes when it is told to. */
function fakeWall() {
  let now = Date.parse('2026-11-22T12:00:00Z');
  return {
    now: () => now,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('advancing', () => {
  it('does what is due in order of time, then of asking, each at its own time', async () => {
    const clock = frozen();
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(`${name} ${clock.now() - START}`);
    clock.at(START + 30, note('c'));
    clock.at(START + 10, note('a'));
    clock.at(START + 30, note('d'));
    clock.at(START + 20, note('b'));
    clock.at(START + 101, note('later'));
    await clock.advance(100);
    expect(seen).toEqual(['a 10', 'b 20', 'c 30', 'd 30']);
    expect(clock.now()).toBe(START + 100);
    await clock.advance(1);
    expect(seen.at(-1)).toBe('later 101');
  });

  it('does what becomes due on the way', async () => {
    const clock = frozen();
    const seen: number[] = [];
    const tick = (): void => {
      seen.push(clock.now() - START);
      clock.at(clock.now() + 10, tick);
    };
    clock.at(START + 10, tick);
    await clock.advance(35);
    expect(seen).toEqual([10, 20, 30]);
  });

  it('waits for work that takes its time, and for what that starts', async () => {
    const clock = frozen();
    const seen: string[] = [];
    clock.at(START + 10, async () => {
      await eventLoopTurn();
      seen.push('slow');
      clock.at(START + 15, () => void seen.push('started by it'));
    });
    clock.at(START + 20, () => void seen.push('next'));
    await clock.advance(20);
    expect(seen).toEqual(['slow', 'started by it', 'next']);
  });

  it('wakes those who sleep, and lets them go on before it is over', async () => {
    const clock = frozen();
    let woke = 0;
    const sleeper = new Promise<void>((wake) => clock.at(START + 5, wake)).then(() => {
      woke = clock.now();
    });
    await clock.advance(10);
    expect(woke).toBe(START + 5);
    await sleeper;
  });

  it('by two callers at once goes the whole way of both', async () => {
    const clock = frozen();
    await Promise.all([clock.advance(10), clock.advance(20)]);
    expect(clock.now()).toBe(START + 30);
  });

  it('goes on behind work that fails, and tells of it', async () => {
    const errors: unknown[] = [];
    const clock = frozen((error) => errors.push(error));
    let after = false;
    clock.at(START + 1, () => {
      throw new Error('bad');
    });
    clock.at(START + 2, () => {
      after = true;
    });
    await clock.advance(3);
    expect(errors).toEqual([new Error('bad')]);
    expect(after).toBe(true);
  });

  it('does not do what was called off', async () => {
    const clock = frozen();
    const seen: string[] = [];
    const cancelFirst = clock.at(START + 1, () => void seen.push('first'));
    clock.at(START + 2, () => cancelThird());
    const cancelThird = clock.at(START + 3, () => void seen.push('third'));
    cancelFirst();
    cancelFirst();
    await clock.advance(5);
    expect(seen).toEqual([]);
  });
});

describe('very many entries', () => {
  it('are done in order of time, then of asking, but for those that are called off', async () => {
    const clock = frozen();
    const seen: number[] = [];
    const times = Array.from({ length: 3000 }, (_, at) => (at * 7919) % 1000);
    const cancels = times.map((time, at) => clock.at(START + time, () => void seen.push(at)));
    cancels.forEach((cancel, at) => {
      if (at % 3 === 0) cancel();
    });
    await clock.advance(1000);
    const left = times.map((time, at) => ({ time, at })).filter(({ at }) => at % 3 !== 0);
    expect(seen).toEqual(left.sort((a, b) => a.time - b.time || a.at - b.at).map(({ at }) => at));
  });
});

describe('setting', () => {
  it('forward does all that was due on the way', async () => {
    const clock = frozen();
    let done = 0;
    clock.at(START + 3_600_000, () => {
      done = clock.now();
    });
    await clock.set(START + 7_200_000);
    expect(done).toBe(START + 3_600_000);
    expect(clock.now()).toBe(START + 7_200_000);
  });

  it('backward does nothing twice, and what is still to come comes in its time', async () => {
    const clock = frozen();
    let count = 0;
    clock.at(START + 10, () => void count++);
    await clock.advance(20);
    await clock.set(START - 100);
    expect(clock.now()).toBe(START - 100);
    let late = 0;
    clock.at(START + 10, () => {
      late = clock.now();
    });
    await clock.advance(110);
    expect([count, late]).toEqual([1, START + 10]);
  });
});

describe('a frozen clock', () => {
  it('does what is already due, but not synchronously, and nothing else by itself', async () => {
    const clock = frozen();
    let due = false;
    clock.at(START - 1, () => {
      due = true;
    });
    expect(due).toBe(false);
    await clock.advance(0);
    expect(due).toBe(true);
    expect(clock.now()).toBe(START);
  });

  it('goes on from where it stood when it runs again, at its rate', () => {
    const wall = fakeWall();
    const clock = new ControllableClock({ startTime: START, frozen: true, wall: wall.now });
    wall.pass(777);
    clock.run(1000);
    expect(clock.state()).toMatchObject({ now: START, mode: 'running', rate: 1000 });
    wall.pass(5);
    expect(clock.now()).toBe(START + 5000);
    clock.freeze();
    wall.pass(777);
    expect(clock.now()).toBe(START + 5000);
    expect(clock.state().mode).toBe('frozen');
  });

  it('does what becomes due once it runs', async () => {
    const clock = frozen();
    const done = new Promise<void>((resolve) => {
      clock.at(START + 5000, resolve);
    });
    clock.run(100_000);
    await done;
    expect(clock.now()).toBeGreaterThanOrEqual(START + 5000);
  });

  it('keeps its rate over a pause', () => {
    const clock = frozen();
    clock.run(60);
    clock.freeze();
    clock.run();
    expect(clock.state().rate).toBe(60);
  });
});

describe('a running clock', () => {
  it('shows the machine’s time until it is told otherwise', () => {
    const wall = fakeWall();
    const clock = new ControllableClock({ wall: wall.now });
    wall.pass(12_345);
    expect(clock.state()).toEqual({ now: wall.now(), mode: 'running', rate: 1, offsetMs: 0 });
  });

  it('shows that of this machine', () => {
    const before = Date.now();
    const shown = new ControllableClock().now();
    expect([before <= shown, shown <= Date.now()]).toEqual([true, true]);
  });

  it('keeps its distance from the machine’s time, however often it is moved and however long that takes', async () => {
    const wall = fakeWall();
    const clock = new ControllableClock({ wall: wall.now });
    for (let i = 0; i < 50; i++) {
      clock.at(clock.now() + 500, async () => {
        await eventLoopTurn();
        wall.pass(37);
      });
      await clock.advance(1000);
    }
    expect(clock.state().offsetMs).toBe(50_000);
  });

  it('does not wait with what is due for one for work of another that takes its time, but a move does', async () => {
    const clock = new ControllableClock({ startTime: START });
    const seen: string[] = [];
    let finish: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    }).then(() => void seen.push('slow'));
    clock.at(START + 1, () => slow);
    await new Promise<void>((resolve) => clock.at(START + 2, resolve));
    const moved = clock.advance(1000).then(() => seen.push('moved'));
    for (let turn = 0; turn < 10; turn++) await eventLoopTurn();
    expect(seen).toEqual([]);
    finish();
    await moved;
    expect(seen).toEqual(['slow', 'moved']);
  });

  it('does what is due by itself, in order', async () => {
    const clock = new ControllableClock({ startTime: START });
    const seen: string[] = [];
    const last = new Promise<void>((resolve) => {
      clock.at(START + 20, () => {
        seen.push('second');
        resolve();
      });
    });
    clock.at(START + 10, () => void seen.push('first'));
    await last;
    expect(seen).toEqual(['first', 'second']);
  });

  it('does nothing any more once it is stopped', async () => {
    const clock = new ControllableClock({ startTime: START });
    let done = false;
    clock.at(START + 1, () => {
      done = true;
    });
    clock.stop();
    await clock.advance(10);
    expect(done).toBe(false);
  });
});

describe('what comes next', () => {
  it('is told in order, as far as it is asked for, with what it is about', () => {
    const clock = new ControllableClock({ startTime: 1000, frozen: true });
    const session = labelled(clock, { what: 'session', stream: 'cam' });
    clock.at(3000, () => undefined);
    session.at(2000, () => undefined);
    session.at(4000, () => undefined, { what: 'state' });
    const cancel = session.at(1500, () => undefined);
    cancel();
    expect([session.now(), session.stopped]).toEqual([1000, false]);
    expect(clock.upcoming(10).map(({ time, about }) => [time, about?.what, about?.stream])).toEqual([
      [2000, 'session', 'cam'],
      [3000, undefined, undefined],
      [4000, 'state', undefined],
    ]);
    expect(clock.upcoming(1)).toHaveLength(1);
    clock.stop();
    expect([clock.upcoming(10), session.stopped]).toEqual([[], true]);
  });
});

describe('work that is patient', () => {
  const patient = { what: 'expiry', patient: true };

  it('is done when time has come as far as it may before other work is due', async () => {
    const clock = frozen();
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(`${name} ${clock.now() - START}`);
    clock.at(START + 10, note('expiry'), patient);
    clock.at(START + 50, note('session'), { what: 'session' });
    clock.at(START + 60, note('expiry'), patient);
    clock.at(START + 70, note('another'), patient);
    expect(clock.upcoming(3).map(({ time }) => time - START)).toEqual([10, 50, 60]);
    await clock.advance(100);
    expect(seen).toEqual(['expiry 49', 'session 50', 'expiry 100', 'another 100']);
  });

  it('is done at its own time by a clock that goes only so far', async () => {
    const clock = frozen();
    const seen: number[] = [];
    clock.at(START + 10, () => void seen.push(clock.now() - START), patient);
    await clock.advance(9);
    expect(seen).toEqual([]);
    await clock.advance(1);
    expect(seen).toEqual([10]);
  });
});
