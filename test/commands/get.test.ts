import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CommandError, UsageError } from '../../src/commands/command.ts';
import { command } from '../../src/commands/get.ts';
import { FRAGMENT } from '../client/peer.ts';
import { fragmentDocument, head, tags } from './mkv.ts';
import { notFound, run, service, terminal } from './world.ts';

const one = fragmentDocument(FRAGMENT, 0);
const two = fragmentDocument(FRAGMENT.replace(/2$/, '3'), 2000);

/** A stream whose media are `chunks`. With `live`, the session stays open after them. */
async function kvs(chunks: Uint8Array[], live = false) {
  const started = await service({
    'POST /getDataEndpoint': (response: ServerResponse) =>
      void response.end(JSON.stringify({ DataEndpoint: started.url })),
    'POST /getMedia': async (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'video/webm' });
      for (const chunk of chunks) response.write(chunk);
      if (!live) response.end();
    },
  });
  return started;
}

describe('get', () => {
  test('writes what the service sends to standard output, and says on standard error what it was', async () => {
    const { url } = await kvs([one, two]);
    const { code, stdout, stderr } = await run(command, ['cam'], url);
    expect(code).toBe(0);
    expect(stdout.equals(Buffer.concat([one, two]))).toBe(true);
    expect(stderr.split('\n')).toEqual([
      `fragment ${FRAGMENT}: ${one.length} B, 910 ms behind`,
      `fragment ${FRAGMENT.replace(/2$/, '3')}: ${two.length} B, 910 ms behind`,
      expect.stringMatching(
        new RegExp(`^Got 2 fragments, ${one.length + two.length} B in .*; the service ended the session\\.$`),
      ),
      '',
    ]);
  });

  test.each([[1], [7], [100_000]])(
    '--max-fragments cuts a live stream after the last byte of a fragment (chunks of %d)',
    async (size) => {
      const all = Buffer.concat([one, two, head()]);
      const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
        all.subarray(i * size, (i + 1) * size),
      );
      const { url } = await kvs(chunks, true);
      const { code, stdout, stderr } = await run(command, ['cam', '--max-fragments', '2'], url);
      expect(code).toBe(0);
      expect(stdout.equals(Buffer.concat([one, two]))).toBe(true);
      expect(stderr).toContain('; as many as --max-fragments says.');
    },
  );

  test('--out writes to a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kvs-get-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { url } = await kvs([one]);
    const { code, stdout } = await run(command, ['cam', '--out', join(folder, 'a.mkv')], url, { stdout: terminal() });
    expect(code).toBe(0);
    expect(stdout).toHaveLength(0);
    expect(readFileSync(join(folder, 'a.mkv')).equals(one)).toBe(true);
  });

  test.each([
    [['cam'], { StartSelectorType: 'EARLIEST' }],
    [['cam', '--start-selector', 'earliest'], { StartSelectorType: 'EARLIEST' }],
    [['cam', '--start-selector', 'now'], { StartSelectorType: 'NOW' }],
    [['cam', '--start-selector', FRAGMENT], { StartSelectorType: 'FRAGMENT_NUMBER', AfterFragmentNumber: FRAGMENT }],
    [
      ['cam', '--start-selector', '2030-01-01T00:00:00.5Z'],
      { StartSelectorType: 'PRODUCER_TIMESTAMP', StartTimestamp: 1893456000.5 },
    ],
    [
      ['cam', '--start-selector', 'server:2030-01-01T00:00:00Z'],
      { StartSelectorType: 'SERVER_TIMESTAMP', StartTimestamp: 1893456000 },
    ],
  ])('%j asks for %j', async (args, selector) => {
    const media = await service({ 'POST /getMedia': {} });
    const endpoint = await service({ 'POST /getDataEndpoint': { DataEndpoint: media.url } });
    await run(command, args, endpoint.url);
    expect(endpoint.calls[0]?.input).toEqual({ StreamName: 'cam', APIName: 'GET_MEDIA' });
    expect(media.calls[0]?.input).toEqual({ StreamName: 'cam', StartSelector: selector });
  });

  test('ends well when nobody reads any more', async () => {
    const { url } = await kvs([one, two], true);
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('EPIPE'), { code: 'EPIPE' }));
      },
    });
    const { code, stderr } = await run(command, ['cam'], url, { stdout });
    expect(code).toBe(0);
    expect(stderr).toContain('; nobody reads any more.');
  });

  test('ends well when it is stopped, even while a reader holds it back', async () => {
    const stop = new AbortController();
    const { url } = await kvs([one], true);
    const stdout = new Writable({ write: () => stop.abort() });
    const { code, stderr } = await run(command, ['cam'], url, { stdout, signal: stop.signal });
    expect(code).toBe(0);
    expect(stderr).toMatch(/Got .*; stopped\.\n$/);
  });

  test('shows one line on a terminal instead of many', async () => {
    const { url } = await kvs([one, two]);
    const stderr = terminal();
    await run(command, ['cam'], url, { stderr });
    const drawn = String(stderr.read());
    expect(drawn).not.toContain('fragment 9134');
    expect(drawn).toMatch(/^\r\d fragments?, \d+ B/);
    expect(drawn).toMatch(/\x5bK\r.*\x5bKGot 2 fragments/);
  });
});

describe('get fails', () => {
  test("with the service's own error, after what came before it", async () => {
    const error = Buffer.concat([
      head(),
      tags({ AWS_KINESISVIDEO_ERROR_CODE: 'FRAGMENT_NOT_FOUND', AWS_KINESISVIDEO_ERROR_ID: '4000' }),
    ]);
    const { url } = await kvs([one, error]);
    const { error: thrown, stdout } = await run(command, ['cam'], url);
    expect(thrown).toEqual(new CommandError('The service broke off: FRAGMENT_NOT_FOUND (4000).'));
    expect(stdout.equals(Buffer.concat([one, error]))).toBe(true);
  });

  test('with --json, in a document once something has come; what could not begin has none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kvs-get-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const error = Buffer.concat([
      head(),
      tags({ AWS_KINESISVIDEO_ERROR_CODE: 'FRAGMENT_NOT_FOUND', AWS_KINESISVIDEO_ERROR_ID: '4000' }),
    ]);
    const { url } = await kvs([one, error]);
    const args = ['cam', '--out', join(folder, 'a.mkv'), '--json'];
    const broken = await run(command, args, url);
    expect(JSON.parse(broken.stdout.toString())).toEqual({
      ...{ fragments: 1, bytes: one.length + error.length, durationMs: expect.any(Number), ended: 'error' },
      error: 'The service broke off: FRAGMENT_NOT_FOUND (4000).',
    });
    expect(broken.error).toBeInstanceOf(CommandError);
    const missing = await run(command, args, (await service({ 'POST /getDataEndpoint': notFound })).url);
    expect([missing.stdout.length, missing.error]).toEqual([0, expect.any(CommandError)]);
  });

  test('for a stream that is not there, and says how to find others', async () => {
    const { url } = await service({ 'POST /getDataEndpoint': notFound });
    const { error } = await run(command, ['cam'], url);
    expect(error).toEqual(
      new CommandError(
        'ResourceNotFoundException: The requested stream is not found or not active. `kvs-emulator streams` lists what there is in us-east-1.',
      ),
    );
  });

  test('for a file that cannot be written', async () => {
    const { url } = await kvs([one]);
    const { error } = await run(command, ['cam', '--out', '/nowhere/a.mkv'], url);
    expect(error).toEqual(new CommandError('/nowhere/a.mkv cannot be written (ENOENT).'));
  });

  test('for a terminal, which media would ruin', async () => {
    const { error } = await run(command, ['cam'], 'http://127.0.0.1:1', { stdout: terminal() });
    expect(error).toBeInstanceOf(UsageError);
  });

  test.each([
    [[], 'STREAM is missing.'],
    [['cam', '--start-selector', 'yesterday'], '--start-selector must be now, earliest'],
    [['cam', '--max-fragments', '0'], '--max-fragments must be a whole number from 1'],
  ])('for wrong use: %j', async (args, message) => {
    const { error } = await run(command, args, 'http://127.0.0.1:1');
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(message);
  });
});
