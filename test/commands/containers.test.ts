import { describe, expect, it } from 'vitest';
import { containerOf, isMatroska } from '../../src/commands/containers.ts';
import { fixture } from '../support/fixtures.ts';

const bytes = (hex: string, length = 0): Uint8Array => {
  const head = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return Buffer.concat([head, Buffer.alloc(Math.max(0, length - head.length))]);
};
const packets = (packet: number, from = 0): Uint8Array => {
  const head = Buffer.alloc(512);
  for (let at = from; at < head.length; at += packet) head[at] = 0x47;
  return head;
};

describe('a recording is known by its first bytes', () => {
  it.each<[string, Uint8Array]>([
    ['MP4', bytes('00000020 66747970 69736f6d')],
    ['MP4', bytes('00000018 6d6f6f76 00000000')],
    ['QuickTime', bytes('00000014 66747970 71742020')],
    ['AVI', bytes('52494646 07200200 41564920')],
    ['WAV', bytes('52494646 eeba0600 57415645')],
    ['FLV', bytes('464c5601 0500000009')],
    ['Ogg', bytes('4f676753 0002')],
    ['FLAC', bytes('664c6143 00000022')],
    ['IVF', bytes('444b4946 00002000')],
    ['ASF (WMV)', bytes('3026b275 8e66cf11')],
    ['MPEG-PS', bytes('000001ba 21000100')],
    ['a bare video stream (H.264, H.265)', bytes('00000001 67640016')],
    ['a bare video stream (H.264, H.265)', bytes('000001 67640016')],
    ['MPEG-TS', packets(188)],
    ['MPEG-TS', packets(192, 4)],
    ['AAC (ADTS)', bytes('fff15040 213ffc')],
    ['MP3', bytes('49443304 00000000')],
    ['MP3', bytes('fffb9064 00000000')],
  ])('%s: %#', (name, head) => {
    expect(isMatroska(head)).toBe(false);
    expect(containerOf(head)?.name).toBe(name);
  });

  it.each<[string, Uint8Array]>([
    ['a playlist', Buffer.from('#EXTM3U')],
    ['text', Buffer.from('GIF89a and more of that, at some length'.repeat(20))],
    ['one G among many letters', bytes('47', 512)],
    ['nothing', new Uint8Array()],
    ['a JPEG picture', bytes('ffd8ffe0 00104a46')],
  ])('%s is none', (_, head) => {
    expect(containerOf(head)).toBeUndefined();
    expect(isMatroska(head)).toBe(false);
  });

  it('Matroska is what needs nothing', () => {
    expect(isMatroska(fixture('aac.mkv'))).toBe(true);
  });
});
