import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ROOT } from './sources.ts';

interface Answer {
  readonly head?: string;
  readonly body?: string;
  readonly chunks?: string;
}

/** What scripts/sameBytes says of two recordings. */
function compare(before: Record<string, Answer>, after: Record<string, Answer>) {
  const script = `import { compare } from ${JSON.stringify(`${ROOT}scripts/sameBytes/compare.mjs`)};
    const record = (answer) => ({ asked: 'POST /a', interim: '', head: '', body: '', chunks: '', end: 'whole', ...answer });
    const read = (answers) => new Map(Object.entries(answers).map(([name, answer]) => [name, record(answer)]));
    const [before, after] = ${JSON.stringify([before, after])}.map(read);
    process.stdout.write(JSON.stringify(compare(before, after)));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  return JSON.parse(stdout) as { agreed: number; different: { name: string; lines: string[] }[] };
}

describe('npm run same', () => {
  it('agrees with what is the same', () => {
    const answers = { first: { head: 'HTTP/1.1 200 OK' }, second: { body: '{}' } };
    expect(compare(answers, answers)).toEqual({ agreed: 2, different: [] });
  });

  it('names the first byte that differs, and in which part', () => {
    const { agreed, different } = compare({ a: { body: 'no such stream' } }, { a: { body: 'no such Stream' } });
    expect(agreed).toBe(0);
    expect(different[0]?.lines).toEqual([
      'body, from byte 8 (14 bytes)',
      '  before "no such stream"',
      '  after  "no such Stream"',
    ]);
  });

  it('tells the case of a header, and where one chunk ends and the next begins', () => {
    const before = { a: { head: 'Date: 1' }, b: { chunks: '10 10' }, c: {} };
    const after = { a: { head: 'date: 1' }, b: { chunks: '20' }, c: {} };
    expect(compare(before, after).different.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('names a call that only one of the two was asked', () => {
    expect(compare({ a: {} }, { a: {}, b: {} }).different.map(({ name }) => name)).toEqual(['b']);
  });
});
