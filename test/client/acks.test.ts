import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AckParser } from '../../src/client/acks.ts';
import type { FragmentAck } from '../../src/client/fragmentAck.ts';
import { ackText, FRAGMENT } from './peer.ts';

function parse(...chunks: (string | Uint8Array)[]): FragmentAck[] {
  const parser = new AckParser();
  const acks = chunks.flatMap((chunk) => [...parser.push(Buffer.from(chunk))]);
  parser.end();
  return acks;
}

test('a timecode beyond 2^53 is a bigint, exact to the last digit', () => {
  expect(parse(ackText('RECEIVED', '9007199254740991') + ackText('RECEIVED', '18446744073709551615'))).toEqual([
    { EventType: 'RECEIVED', FragmentTimecode: 9007199254740991, FragmentNumber: FRAGMENT },
    { EventType: 'RECEIVED', FragmentTimecode: 18446744073709551615n, FragmentNumber: FRAGMENT },
  ]);
});

test('braces, quotes and backslashes inside strings do not end an acknowledgment', () => {
  const text = '{"EventType":"ERROR","ErrorCode":"a}\\"{\\\\","x":{"y":"é"}}';
  const expected = [{ EventType: 'ERROR', ErrorCode: 'a}"{\\', x: { y: 'é' } }];
  expect(parse(text)).toEqual(expected);
  expect(parse(...[...Buffer.from(text)].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
});

test('any split of any acknowledgments gives the same', () => {
  const ack = fc.record({
    EventType: fc.constantFrom('BUFFERING', 'ERROR', 'IDLE'),
    FragmentTimecode: fc.maxSafeNat(),
    ErrorCode: fc.string({ unit: 'binary', maxLength: 8 }),
  });
  fc.assert(
    fc.property(
      fc.array(ack, { maxLength: 4 }),
      fc.array(fc.nat(400)),
      fc.constantFrom('', '\n', ' \r\n'),
      (acks, cuts, gap) => {
        const bytes = Buffer.from(acks.map((one) => JSON.stringify(one) + gap).join(''));
        const places = [0, ...cuts.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
        expect(parse(...chunks)).toEqual(acks.map((one) => JSON.parse(JSON.stringify(one))));
      },
    ),
  );
});

test('what was read before something that is no acknowledgment is given out first', () => {
  const parser = new AckParser();
  const acks: FragmentAck[] = [];
  expect(() => {
    for (const ack of parser.push(Buffer.from(`${ackText('RECEIVED', 0)}oops`))) acks.push(ack);
  }).toThrow('Expected acknowledgments, got "oops"');
  expect(acks).toHaveLength(1);
});
