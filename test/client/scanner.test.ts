import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Mark, Scanner } from '../../src/client/scanner.ts';
import { block, cluster, ebml, element, head, recording, tags, unknown, unsigned } from '../commands/mkv.ts';

function scan(...chunks: Uint8Array[]): Mark[] {
  const scanner = new Scanner();
  return chunks.flatMap((chunk) => [...scanner.push(chunk)]);
}

const brief = (marks: Mark[]): string[] =>
  marks.map((mark) => {
    if (mark.kind === 'tags') return `tags ${[...mark.tags].join(' ')}`;
    return mark.kind === 'document' ? 'document' : `${mark.kind} ${mark.ms}`;
  });

test('tells where documents, Clusters, blocks and tags are, and when', () => {
  const file = Buffer.concat([head(), cluster(1000, 0, 40, -20), tags({ A: '1', B: '' }), cluster(3000, 0), ebml()]);
  const marks = scan(file);
  expect(brief(marks)).toEqual([
    'document',
    'cluster 1000',
    'block 1000',
    'block 1040',
    'block 980',
    'tags A,1 B,',
    'cluster 3000',
    'block 3000',
    'document',
  ]);
  const [, first, , , , tag, second] = marks as [
    Mark,
    Mark & { offset: number },
    Mark,
    Mark,
    Mark,
    Mark & { end: number },
    Mark & { offset: number },
  ];
  expect(first.offset).toBe(head().length);
  expect(tag.end).toBe(second.offset);
  expect(second.offset).toBe(file.lastIndexOf(cluster(3000, 0)));
});

test('enters Segments and Clusters of unknown size, and BlockGroups', () => {
  const file = Buffer.concat([
    ebml(),
    unknown(0x18538067),
    unknown(0x1f43b675),
    element(0xe7, unsigned(5)),
    element(0xa7, [0]),
    block(1, 2),
    unknown(0x1f43b675, 8),
    element(0xe7, [9]),
    element(0xa0, Buffer.concat([element(0xa1, [0x40, 0x03, 0, 1, 0, 7]), element(0x9b, [3])])),
  ]);
  const marks = scan(file);
  expect(brief(marks)).toEqual(['document', 'cluster 5', 'block 6', 'cluster 9', 'block 10']);
  expect(marks.filter((mark) => mark.kind === 'block').map(({ track }) => track)).toEqual([2, 3]);
});

test('counts in the timecode scale of the document', () => {
  const file = Buffer.concat([head(500_000), cluster(1000, 10), head(), cluster(7, 0)]);
  expect(brief(scan(file))).toEqual(['document', 'cluster 500', 'block 505', 'document', 'cluster 7', 'block 7']);
});

test('finds the same however the bytes are split', () => {
  const file = Buffer.concat([recording(3), tags({ NAME: 'value' })]);
  const whole = scan(file);
  expect(whole.length).toBe(1 + 3 * 5 + 1);
  expect(scan(...[...file].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  fc.assert(
    fc.property(fc.array(fc.nat(file.length)), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), file.length];
      expect(scan(...places.slice(1).map((end, i) => file.subarray(places[i], end)))).toEqual(whole);
    }),
  );
});

test('gives up at what is no element, and holds nothing back for it', () => {
  expect(brief(scan(Buffer.concat([head(), Buffer.alloc(50), cluster(1, 0)])))).toEqual(['document']);
  expect(scan(Buffer.from('this is not Matroska at all'), cluster(1, 0))).toEqual([]);
});
