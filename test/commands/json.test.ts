// What scripts read: one JSON document each.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { command as ca } from '../../src/commands/ca.ts';
import { UsageError } from '../../src/commands/command.ts';
import { command as get } from '../../src/commands/get.ts';
import { command as health } from '../../src/commands/health.ts';
import { command as put } from '../../src/commands/put.ts';
import { command as reset } from '../../src/commands/reset.ts';
import { startEmulator } from '../support/emulator.ts';
import { fixture, fixturePath } from '../support/fixtures.ts';
import { run } from './world.ts';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-json-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('with --json', () => {
  test('put says what was sent, and whether it went well', async () => {
    const { url } = await startEmulator();
    const { code, stdout } = await run(put, ['cam', fixturePath('h264-aac-gop1s.mkv'), '--json'], url);
    expect(code).toBe(0);
    const number = expect.stringMatching(/^\d{47}$/);
    const facts = { fragments: 4, stage: 'PERSISTED', first: number, last: number, warnings: [] };
    const counts = { bytes: expect.any(Number), durationMs: expect.any(Number) };
    expect(JSON.parse(stdout.toString())).toEqual({ ...facts, ...counts, error: null });
  });

  test('put says what went wrong in the same document', async () => {
    const { url } = await startEmulator();
    const file = join(scratch(), 'broken.mkv');
    writeFileSync(file, Buffer.concat([fixture('h264-gop2s.mkv'), Buffer.alloc(1000)]));
    const { code, stdout, stderr } = await run(put, ['cam', file, '--json'], url);
    expect(code).toBe(1);
    const { error } = JSON.parse(stdout.toString());
    expect(error).toMatch(/^INVALID_MKV_DATA \(4006\)/);
    expect(stderr).toContain(`kvs-emulator: ${error}\n`);
  });

  test('put says what was placed in the past', async () => {
    const { url } = await startEmulator();
    const { stdout } = await run(put, ['cam', fixturePath('h264-gop2s.mkv'), '--ago', '1h', '--json'], url);
    expect(JSON.parse(stdout.toString())).toMatchObject({ fragments: expect.any(Number), expired: 0, warnings: [] });
  });

  test('get says what was got, and needs a file for the media', async () => {
    const { url } = await startEmulator();
    await run(put, ['cam', fixturePath('h264-aac-gop1s.mkv')], url);
    const file = join(scratch(), 'a.mkv');
    const { code, stdout } = await run(get, ['cam', '--out', file, '--max-fragments', '2', '--json'], url);
    expect(code).toBe(0);
    const { length } = readFileSync(file);
    expect(JSON.parse(stdout.toString())).toEqual({
      ...{ fragments: 2, bytes: length, durationMs: expect.any(Number), ended: 'max-fragments', error: null },
    });
    for (const args of [['cam'], ['cam', '--out', '-']])
      expect((await run(get, [...args, '--json'], url)).error).toBeInstanceOf(UsageError);
  });

  test('reset, health and ca print what is answered', async () => {
    const emulator = await startEmulator();
    const said = async (command: typeof ca) =>
      JSON.parse((await run(command, ['--json'], emulator.url)).stdout.toString());
    await run(put, ['cam', fixturePath('h264-gop2s.mkv')], emulator.url);
    expect(await said(reset)).toEqual({ streams: 1 });
    expect(await said(health)).toMatchObject({ endpoint: emulator.url, status: 'ok', uptimeMs: expect.any(Number) });
    expect(await said(ca)).toEqual({ pem: await emulator.ca() });
  });
});

test('get leaves a file as it is when there is nothing to write', async () => {
  const { url } = await startEmulator();
  const folder = scratch();
  writeFileSync(join(folder, 'old.mkv'), 'kept');
  for (const name of ['old.mkv', 'new.mkv'])
    expect((await run(get, ['missing', '--out', join(folder, name)], url)).error).toBeDefined();
  expect(readFileSync(join(folder, 'old.mkv'), 'utf8')).toBe('kept');
  expect(existsSync(join(folder, 'new.mkv'))).toBe(false);
});
