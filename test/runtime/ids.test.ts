import { describe, expect, it } from 'vitest';
import { createIds } from '../../src/runtime/ids.ts';
import { createRandom } from '../../src/runtime/random.ts';

describe('ids that last', () => {
  it('are those of the use where nothing outlasts the process', () => {
    const [a, b] = [createIds(createRandom(1)), createIds(createRandom(1))];
    expect(a.lasting('numbers', 'cam').version()).toBe(b.of('numbers', 'cam').version());
  });

  it('are the same for whoever has the same chance kept, and others are not', () => {
    const of = () => createIds(createRandom(), () => createRandom('kept'));
    const [a, b] = [of(), of()];
    expect(a.of('cam').lasting('numbers').version()).toBe(b.of('cam').lasting('numbers').version());
    expect(a.lasting('numbers').version()).not.toBe(a.lasting('tokens').version());
    expect(a.of('cam').uuid()).not.toBe(b.of('cam').uuid());
  });
});
