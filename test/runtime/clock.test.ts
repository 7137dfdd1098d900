import { describe, expect, it } from 'vitest';
import { ControllableClock } from '../../src/runtime/clock.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';

const START = Date.parse('2030-01-01T00:00:00Z');
const frozen = (onError?: (error: unknown) => void) =>
  new ControllableClock({ startTime: START, frozen: true, ...(onError ? { onError } : {}) });

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

  it('goes on from where it stood when it runs again', async () => {
    const clock = frozen();
    const before = Date.now();
    clock.run(1000);
    expect(clock.state()).toMatchObject({ mode: 'running', rate: 1000 });
    await new Promise<void>((resolve) => {
      clock.at(START + 5000, resolve);
    });
    expect(clock.now()).toBeGreaterThanOrEqual(START + 5000);
    expect(Date.now() - before).toBeLessThan(2000);
    clock.freeze();
    const stood = clock.now();
    await eventLoopTurn();
    expect(clock.now()).toBe(stood);
    expect(clock.state().mode).toBe('frozen');
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
    const clock = new ControllableClock();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(50);
    expect(Math.abs(clock.state().offsetMs)).toBeLessThan(50);
  });

  it('keeps its distance from the machine’s time, however often it is moved and however long that takes', async () => {
    const clock = new ControllableClock();
    for (let i = 0; i < 50; i++) {
      clock.at(clock.now() + 500, async () => {
        for (let turn = 0; turn < 100; turn++) await eventLoopTurn();
      });
      await clock.advance(1000);
    }
    expect(Math.abs(clock.state().offsetMs - 50_000)).toBeLessThanOrEqual(2);
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
