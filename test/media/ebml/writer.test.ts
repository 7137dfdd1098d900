import { describe, expect, it } from 'vitest';
import { writeElements } from '../../../src/media/ebml/writer.ts';
import { writeTags } from '../../../src/media/matroska/tags.ts';
import { ID } from '../../support/ids.ts';
import { element, hex } from '../../support/mkv.ts';

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const plain = (text: string): string => text.replace(/\s|"[^"]*"/g, '');

describe('writeElements', () => {
  it('writes ids of one to four bytes and sizes of four unless told', () => {
    const bytes = writeElements([
      { id: ID.Void, content: hex('00'), sizeLength: 1 },
      { id: ID.Title, content: 'é' },
      { id: ID.TimecodeScale, content: hex('0f4240'), sizeLength: 8 },
      { id: ID.Tags, content: [] },
    ]);
    expect(hexOf(bytes)).toBe(
      'ec8100 7ba910000002c3a9 2ad7b101000000000000030f4240 1254c36710000000'.replace(/ /g, ''),
    );
  });

  it('measures children of children', () => {
    const inner = { id: ID.TagName, content: 'n', sizeLength: 1 as const };
    const bytes = writeElements([{ id: ID.Tag, content: [{ id: ID.SimpleTag, content: [inner, inner] }] }]);
    const name = element(ID.TagName, hex('6e'));
    const simple = element(ID.SimpleTag, [name, name], { sizeWidth: 4 });
    expect(bytes).toEqual(element(ID.Tag, simple, { sizeWidth: 4 }));
  });

  it('writes sizes beyond 2^16', () => {
    const bytes = writeElements([{ id: ID.Void, content: new Uint8Array(70_000) }]);
    expect(hexOf(bytes.subarray(0, 5))).toBe('ec10011170');
    expect(bytes).toHaveLength(70_005);
  });
});

describe('writeTags', () => {
  it("writes the service's head tags to the byte", () => {
    const seen = plain(`
      1254c367 100000e2  7373 100000dc
      67c8 1000005b 45a3 10000020 4157535f4b494e45534953564944454f5f465241474d454e545f4e554d424552
        4487 1000002f 3931333433383532333333373133303338393038393634383737363233383031343233353330393936373337383939
      67c8 1000003b 45a3 10000021 4157535f4b494e45534953564944454f5f5345525645525f54494d455354414d50
        4487 1000000e 313533373537343931352e323831
      67c8 10000034 45a3 10000023 4157535f4b494e45534953564944454f5f50524f44554345525f54494d455354414d50
        4487 10000005 302e303030`);
    const tags = writeTags([
      ['AWS_KINESISVIDEO_FRAGMENT_NUMBER', '91343852333713038908964877623801423530996737899'],
      ['AWS_KINESISVIDEO_SERVER_TIMESTAMP', '1537574915.281'],
      ['AWS_KINESISVIDEO_PRODUCER_TIMESTAMP', '0.000'],
    ]);
    expect(hexOf(tags)).toBe(seen);
    expect(tags).toHaveLength(234);
  });

  it("writes the service's tail tags to the byte", () => {
    const seen = plain(`
      1254c367 100000a1  7373 1000009b
      67c8 10000031 45a3 10000022 4157535f4b494e45534953564944454f5f4d494c4c49535f424548494e445f4e4f57 4487 10000003 393130
      67c8 1000005e 45a3 10000023 4157535f4b494e45534953564944454f5f434f4e54494e554154494f4e5f544f4b454e
        4487 1000002f 3931333433383532333333373133303338393038393634383737363233383031343233353330393936373337383939`);
    const tags = writeTags([
      ['AWS_KINESISVIDEO_MILLIS_BEHIND_NOW', '910'],
      ['AWS_KINESISVIDEO_CONTINUATION_TOKEN', '91343852333713038908964877623801423530996737899'],
    ]);
    expect(hexOf(tags)).toBe(seen);
  });

  it.each([
    ['1511852108.513', 235, 229, 61],
    ['0.000', 226, 220, 52],
  ])('has the sizes of the captures with a producer timestamp of %s', (time, tags, tag, last) => {
    const bytes = writeTags([
      ['AWS_KINESISVIDEO_FRAGMENT_NUMBER', '9'.repeat(47)],
      ['AWS_KINESISVIDEO_SERVER_TIMESTAMP', '1511852109.126'],
      ['AWS_KINESISVIDEO_PRODUCER_TIMESTAMP', time],
    ]);
    const view = Buffer.from(bytes);
    const sizeAt = (at: number): number => view.readUInt32BE(at) - 0x1000_0000;
    expect([sizeAt(4), sizeAt(10), sizeAt(16), sizeAt(20 + 91 + 2), sizeAt(view.length - last - 4)]).toEqual([
      ...[tags, tag, 91, 59, last],
    ]);
  });
});
