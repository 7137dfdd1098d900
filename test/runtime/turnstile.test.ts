import { describe, expect, it } from 'vitest';
import { Turnstile } from '../../src/runtime/turnstile.ts';

/** Who has been let in, in order. */
function watched(turnstile: Turnstile) {
  const inside: string[] = [];
  return {
    inside,
    enter(name: string, bytes: number) {
      const waits = turnstile.enter(bytes);
      if (waits === undefined) inside.push(name);
      else void waits.then(() => inside.push(name));
    },
    async leave(bytes: number) {
      turnstile.leave(bytes);
      await Promise.resolve();
    },
  };
}

describe('a turnstile', () => {
  it('lets in who fits, and the others in the order in which they came, once there is place', async () => {
    const { inside, enter, leave } = watched(new Turnstile(10));
    enter('a', 6);
    enter('b', 4);
    enter('c', 5);
    // It would fit, but is behind another.
    enter('d', 1);
    expect(inside).toEqual(['a', 'b']);
    await leave(4);
    expect(inside).toEqual(['a', 'b']);
    await leave(6);
    expect(inside).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets in what is more than all of it once nobody else is inside', async () => {
    const { inside, enter, leave } = watched(new Turnstile(10));
    enter('a', 1);
    enter('huge', 1000);
    enter('b', 1);
    expect(inside).toEqual(['a']);
    await leave(1);
    expect(inside).toEqual(['a', 'huge']);
    await leave(1000);
    expect(inside).toEqual(['a', 'huge', 'b']);
  });
});
