import { describe, expect, it } from 'vitest';
import { SessionTokens } from '../../../src/domain/sessions/tokens.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { createRandom } from '../../../src/runtime/random.ts';

/** The maker of a service's tokens, and one stream's ids. */
function tokens(seed: number) {
  const ids = createIds(createRandom(seed));
  const made = new SessionTokens(ids);
  const own = ids.of('a stream');
  return { make: () => made.make(own), genuine: (token: string) => made.genuine(token) };
}

describe('a session token', () => {
  it('looks like the service’s: 152 characters that need no escaping, four fields of 32, 16, 25 and 32 bytes', () => {
    const token = tokens(1).make();
    expect(token).toMatch(/^Ci[A-D][A-Za-z0-9_-]{148}~$/);
    const bytes = Buffer.from(token.slice(0, -1), 'base64url');
    expect(bytes.length).toBe(113);
    const fields: [number, number][] = [];
    for (let at = 0; at < bytes.length; at += 2 + bytes[at + 1]!) fields.push([bytes[at]! >> 3, bytes[at + 1]!]);
    expect(fields).toEqual([
      [1, 32],
      [2, 16],
      [3, 25],
      [4, 32],
    ]);
  });

  it('is another one each time, and the same from the same seed', () => {
    const some = tokens(1);
    const made = [some.make(), some.make(), some.make()];
    expect(new Set(made).size).toBe(3);
    const again = tokens(1);
    expect([again.make(), again.make(), again.make()]).toEqual(made);
  });

  it('is known where it was made, and nowhere else', () => {
    const some = tokens(1);
    const token = some.make();
    expect(some.genuine(token)).toBe(true);
    expect(tokens(2).genuine(token)).toBe(false);
  });

  it('is not known when a single character is another', () => {
    const some = tokens(1);
    const token = some.make();
    for (let at = 0; at < token.length; at++) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      expect(some.genuine(changed), `character ${at}`).toBe(false);
    }
    expect(some.genuine('')).toBe(false);
    expect(some.genuine(token.slice(0, -1))).toBe(false);
  });
});
