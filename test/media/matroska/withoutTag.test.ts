import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutTag } from '../../../src/media/matroska/withoutTag.ts';
import { ID } from '../../support/ids.ts';
import { type Bytes, concat, element, hex, tags, utf8, voidElement, withCrc } from '../../support/mkv.ts';

const NAME = 'SIGNAL';
const simple = (name: string, value?: string, ...inside: Bytes[]): Bytes =>
  element(ID.SimpleTag, [
    utf8(ID.TagName, name),
    ...(value === undefined ? [] : [utf8(ID.TagString, value)]),
    ...inside,
  ]);
const tag = (...parts: Bytes[]): Bytes => element(ID.Tag, parts);
const all = (...parts: Bytes[]): Bytes => element(ID.Tags, parts);
const targets = element(ID.Targets, [element(ID.TagTrackUID, hex('01'))]);
const signal = simple(NAME, '');
const user = simple('user', 'value');
const nothing = new Uint8Array();
const crc = element(ID.CRC32, hex('01020304'));

describe('Tags without a tag', () => {
  const cases: [string, Bytes, Bytes][] = [
    ['alone in its element: nothing is left', all(tag(signal)), nothing],
    ['without a value', all(tag(simple(NAME))), nothing],
    ['with a value', all(tag(simple(NAME, 'now'))), nothing],
    ['whose name is padded with NULs', all(tag(simple(`${NAME}\0\0\0`, '\0'))), nothing],
    ['with a target', all(tag(targets, signal)), nothing],
    ['between padding', all(voidElement(5), tag(voidElement(3), signal), voidElement(2)), nothing],
    ['behind checksums', all(crc, tag(crc, signal)), nothing],
    ['several times', all(tag(signal), tag(signal, signal)), nothing],
    ['with tags of its own inside', all(tag(simple(NAME, '', user))), nothing],
    ["as the last Tag of the user's element", all(tag(user), tag(user), tag(signal)), all(tag(user), tag(user))],
    ['as the first', all(tag(signal), tag(user)), all(tag(user))],
    ["in one Tag with the user's", all(tag(targets, user, signal, user)), all(tag(targets, user, user))],
    ['inside another', all(tag(simple('user', '1', signal, user))), all(tag(simple('user', '1', user)))],
    [
      'deep inside others',
      all(tag(simple('a', '', simple('b', '', signal)))),
      all(tag(simple('a', '', simple('b', '')))),
    ],
    ['beside what nobody knows', all(tag(signal), element(0x7374, hex('00'))), all(element(0x7374, hex('00')))],
    [
      'under checksums, which no longer fit',
      all(...withCrc([tag(...withCrc([signal, user])), tag(crc, user)])),
      all(tag(user), tag(crc, user)),
    ],
    ['beside padding that stays', all(voidElement(4), tag(signal), tag(user)), all(voidElement(4), tag(user))],
    ['beside a Tag that says nothing', all(tag(signal), tag(targets)), all(tag(targets))],
  ];
  it.each(cases)('%s', (_, sent, kept) => {
    expect(withoutTag(sent, NAME)).toEqual(kept);
  });

  it.each<[string, Bytes]>([
    ['hold none', all(tag(user), tag(targets, user))],
    ['are empty', all()],
    ['hold its name as a value', all(tag(simple('user', NAME)))],
    ['hold a longer name', all(tag(simple(`${NAME}S`, ''), simple(NAME.toLowerCase(), '')))],
    ['have children that do not fill them', all(tag(signal), hex('7373ff'))],
    ['hold a checksum and padding', all(...withCrc([tag(user), voidElement(9)]))],
  ])('that %s stay as they are', (_, sent) => {
    expect(withoutTag(sent, NAME)).toBe(sent);
  });

  it('keep the widths of their sizes, 1 to 8 bytes', () => {
    for (let sizeWidth = 1; sizeWidth <= 8; sizeWidth++) {
      const pairs = (...names: string[]) => names.map((name): [string, string] => [name, '1234567']);
      const sent = tags(pairs('a', NAME, 'b'), { sizeWidth });
      expect(withoutTag(sent, NAME)).toEqual(tags(pairs('a', 'b'), { sizeWidth }));
    }
    const long = (value: string) => ({ [NAME]: '', a: value });
    for (const length of [117, 118, 16_374, 16_375]) {
      const value = 'v'.repeat(length);
      const kept = withoutTag(tags(long(value), { sizeWidth: 4 }), NAME);
      expect(kept).toEqual(tags({ a: value }, { sizeWidth: 4 }));
    }
  });

  it('keep all others in order, byte for byte, however they are mixed', () => {
    const width = fc.constantFrom(2, 3, 4, 8);
    const item = fc.record({
      name: fc.constantFrom(NAME, 'a', 'b', ''),
      value: fc.string({ maxLength: 5 }),
      sizeWidth: width,
    });
    const written = fc.record({ items: fc.array(item, { maxLength: 4 }), sizeWidth: width });
    const build = (
      list: readonly { items: readonly { name: string; value: string; sizeWidth: number }[]; sizeWidth: number }[],
    ) =>
      list.map(({ items, sizeWidth }) =>
        element(
          ID.Tag,
          items.map((one) => element(ID.SimpleTag, [utf8(ID.TagName, one.name), utf8(ID.TagString, one.value)], one)),
          { sizeWidth },
        ),
      );
    fc.assert(
      fc.property(fc.array(written, { maxLength: 4 }), width, (list, sizeWidth) => {
        const kept = list
          .map((one) => ({ ...one, items: one.items.filter(({ name }) => name !== NAME), was: one.items.length }))
          .filter(({ items, was }) => items.length > 0 || was === 0);
        const sent = element(ID.Tags, build(list), { sizeWidth });
        const some = list.some(({ items }) => items.some(({ name }) => name === NAME));
        const left = some && kept.length === 0 ? nothing : element(ID.Tags, build(kept), { sizeWidth });
        expect(withoutTag(sent, NAME)).toEqual(left);
      }),
      { seed: 20_261_130, numRuns: 200 },
    );
  });

  it('nested without end cost no more than their size', () => {
    let deep: Bytes = signal;
    for (let depth = 0; depth < 5000; depth++)
      deep = concat(hex('67c8'), hex(`08${deep.length.toString(16).padStart(8, '0')}`), deep);
    const sent = all(tag(deep));
    expect(withoutTag(sent, NAME)).toBe(sent);
  });
});
