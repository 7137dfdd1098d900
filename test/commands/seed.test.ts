import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command as seed } from '../../src/commands/seed.ts';
import { startEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { run } from './world.ts';

function folderOfSeeds(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-seed-'));
  mkdirSync(join(folder, 'media'));
  writeFileSync(join(folder, 'media', 'door.mkv'), fixture('h264-aac-gop1s.mkv'));
  const media = [{ file: 'media/door.mkv', ago: '1h', loop: 2 }];
  const door = { name: 'door', retention: '24h', media };
  const yard = { accounts: { '111111111111': { 'eu-west-1': { streams: [{ ...door, name: 'yard' }] } } } };
  writeFileSync(join(folder, 'a.json'), JSON.stringify({ streams: [door], channels: [{ name: 'front' }] }));
  writeFileSync(join(folder, 'b.json'), JSON.stringify(yard));
  return folder;
}

describe('kvs-emulator seed', () => {
  it('makes what a file says, with recordings that the emulator itself could not read', async () => {
    const emulator = await startEmulator();
    const folder = folderOfSeeds();
    const made = await run(seed, [join(folder, 'a.json')], emulator.url);
    expect([made.code, String(made.stdout)]).toEqual([0, 'Made 1 stream, 1 channel, 8 fragments.\n']);
    const all = await run(seed, [folder], emulator.url);
    expect(String(all.stdout)).toBe(
      [
        ...['Made nothing new.', 'The stream door is there already, and left as it is.'],
        ...['The channel front is there already, and left as it is.', 'Made 1 stream, 8 fragments.', ''],
      ].join('\n'),
    );
    expect(emulator.streams.get('yard', { account: '111111111111', region: 'eu-west-1' }).fragments).toBe(8);
  });

  it('is of another account if that is said, and prints JSON for scripts', async () => {
    const emulator = await startEmulator();
    const file = join(folderOfSeeds(), 'a.json');
    const { stdout } = await run(seed, [file, '--account', '222222222222', '--json'], emulator.url);
    expect(JSON.parse(String(stdout))).toMatchObject({ streams: 1, fragments: 8, left: [] });
    expect(emulator.streams.get('door', { account: '222222222222' }).fragments).toBe(8);
  });

  it('prints the schema', async () => {
    const emulator = await startEmulator();
    const { stdout } = await run(seed, ['--schema'], emulator.url);
    expect(JSON.parse(String(stdout)).properties.streams.type).toBe('array');
  });

  it('says what is wrong, and where', async () => {
    const emulator = await startEmulator();
    const folder = mkdtempSync(join(tmpdir(), 'kvs-seed-'));
    const file = join(folder, 'a.json');
    const said = async (content: string): Promise<unknown> => {
      writeFileSync(file, content);
      return (await run(seed, [file], emulator.url)).error;
    };
    expect(String(await said('{'))).toContain('is not JSON');
    expect(String(await said('{"streams":[{"name":"a b"}]}'))).toContain('/streams/0/name');
    expect(String(await said('{"streams":[{"name":"a","media":[{"file":"no.mkv"}]}]}'))).toContain(
      'no.mkv, which the seed names',
    );
    expect(String((await run(seed, [], emulator.url)).error)).toContain('Say a FILE, or --schema');
    expect(String((await run(seed, [mkdtempSync(join(tmpdir(), 'kvs-seed-'))], emulator.url)).error)).toContain(
      'no .json file',
    );
  });
});
