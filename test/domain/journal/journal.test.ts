import { expect, it } from 'vitest';
import { Journal, noteAck, noteWarning } from '../../../src/domain/journal/journal.ts';
import { entry } from '../../support/journalEntry.ts';

it('notes ten warnings of a request and counts the others', () => {
  const one = entry('1');
  for (let kind = 0; kind < 15; kind++) noteWarning(one, `kind ${kind}`, 'x'.repeat(5000));
  expect(one.warnings).toHaveLength(11);
  expect(one.warnings.at(-1)?.text).toBe('and 5 more');
  expect(one.warnings[0]?.text).toHaveLength(1000);
});

it('forgets the oldest requests when those it has noted grow too large together', () => {
  const journal = new Journal({ bytes: 100_000 });
  for (let at = 0; at < 900; at++) {
    const one = entry(String(at));
    journal.add(one);
    for (let ack = 0; ack < 50; ack++) noteAck(one, 'a'.repeat(100));
  }
  const left = journal.list().map(({ requestId }) => requestId);
  // What it may take, and what came since it looked.
  expect(left.length).toBeLessThan(20 + 128);
  expect(left.at(-1)).toBe('899');
});
