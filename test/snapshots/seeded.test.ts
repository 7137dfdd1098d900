// What a seed has streams show is part of a snapshot: the rule, and the recording once.
import { describe, expect, it } from 'vitest';
import { fixture } from '../support/fixtures.ts';
import { mediaOf } from '../support/state.ts';
import { stores } from './stores.ts';

const file = Buffer.from(fixture('h264-gop2s.mkv')).toString('base64');
const media = [{ data: file, ago: '1m', until: 'now' }];
const seed = {
  streams: [
    { name: 'cam', retention: '24h', media },
    { name: 'door', retention: '24h', media },
  ],
};
describe.each(stores)('seeded media $store', ({ start }) => {
  it('comes back with it after it has gone', async () => {
    const emulator = await start({ seed });
    const before = await mediaOf(emulator, 'cam');
    expect(before.length).toBeGreaterThan(1000);
    const snapshot = await emulator.snapshot();
    await emulator.clock.advance('25h');
    expect(emulator.streams.get('cam').fragments).toBe(0);
    for (const _ of [1, 2]) {
      await snapshot.restore();
      expect(await mediaOf(emulator, 'cam')).toBe(before);
      expect(await mediaOf(emulator, 'door')).not.toBe('');
    }
  });

  it('is in an archive once, and shown by whoever reads that', async () => {
    const first = await start({ seed });
    const snapshot = await first.snapshot();
    const pieces: Uint8Array[] = [];
    for await (const piece of snapshot.stream()) pieces.push(piece);
    const archive = Buffer.concat(pieces);
    expect(archive.length).toBeLessThan(2 * fixture('h264-gop2s.mkv').length);
    const other = await start({ snapshot: archive });
    expect(await mediaOf(other, 'cam')).toBe(await mediaOf(first, 'cam'));
    expect(other.streams.get('door').fragments).toBe(first.streams.get('door').fragments);
    await other.reset();
    expect(await mediaOf(other, 'door')).toBe(await mediaOf(first, 'door'));
  });
});
