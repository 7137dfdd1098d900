import { describe, expect, it } from 'vitest';
import { children, contentOf, readElement } from '../../../src/media/ebml/elements.ts';
import { UNKNOWN_SIZE } from '../../../src/media/ebml/vint.ts';
import { ID } from '../../support/ids.ts';
import { claim, concat, element, hex, openMaster, uint, utf8, voidElement } from '../../support/mkv.ts';

const read = (bytes: Uint8Array, at = 0) => readElement(bytes, at, bytes.length);

describe('readElement', () => {
  it('finds id, size and content where they stand', () => {
    const bytes = concat(hex('0000'), element(ID.Title, hex('010203'), { sizeWidth: 4 }));
    const found = read(bytes, 2);
    expect(found).toEqual({ id: ID.Title, start: 2, sizeAt: 4, contentAt: 8, size: 3 });
    expect(contentOf(bytes, found!)).toEqual(hex('010203'));
  });

  it('does not need the content', () => {
    expect(read(claim(ID.Cues, 1_000_000))?.size).toBe(1_000_000);
    expect(read(openMaster(ID.Cluster, 'unknown8'))?.size).toBe(UNKNOWN_SIZE);
  });

  it('is undefined while the header is not whole', () => {
    const header = claim(ID.Segment, 5, 8);
    for (let length = 0; length < header.length; length++) expect(read(header.subarray(0, length))).toBeUndefined();
    expect(read(header)).toBeDefined();
  });

  it('is undefined where no element begins', () => {
    expect(read(hex('0081'))).toBeUndefined();
    expect(read(hex('0812345681'))).toBeUndefined();
    expect(read(hex('a300112233445566'))).toBeUndefined();
    expect(read(hex('ff81'))).toBeUndefined();
  });

  it('does not look behind the end it was given', () => {
    expect(readElement(hex('a381'), 0, 1)).toBeUndefined();
    expect(readElement(hex('a381'), 2, 2)).toBeUndefined();
  });
});

describe('children', () => {
  it('are all elements of the range, empty ones too', () => {
    const bytes = concat(uint(ID.TrackNumber, 1), utf8(ID.Name, ''), voidElement(40));
    expect(children(bytes)?.map(({ id, size }) => [id, size])).toEqual([
      [ID.TrackNumber, 1],
      [ID.Name, 0],
      [ID.Void, 38],
    ]);
    expect(children(bytes, 3, 6)?.map(({ id }) => id)).toEqual([ID.Name]);
    expect(children(new Uint8Array())).toEqual([]);
  });

  it.each([
    ['one passes the end', claim(ID.Name, 5)],
    ['one has no known size', openMaster(ID.Tags, 'unknown1')],
    ['one has an absurd size', claim(ID.Tags, 2n ** 56n - 2n)],
    ['something is left over', concat(uint(ID.TrackNumber, 1), hex('45'))],
    ['something is no element', concat(uint(ID.TrackNumber, 1), hex('0000'))],
  ])('are undefined when %s', (_, bytes) => {
    expect(children(bytes)).toBeUndefined();
  });
});
