import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Scanner } from '../../src/client/scanner.ts';
import { CommandError, UsageError } from '../../src/commands/command.ts';
import { command } from '../../src/commands/put.ts';
import { ackText, FRAGMENT } from '../client/peer.ts';
import { cluster, head, recording } from './mkv.ts';
import { type Call, notFound, putMediaRoute, Refusal, run, service, terminal } from './world.ts';

function file(name: string, bytes: Uint8Array | string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-put-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

const info = (more: object = {}) => ({
  StreamInfo: { StreamName: 'cam', Status: 'ACTIVE', DataRetentionInHours: 24, CreationTime: 1.7e9, ...more },
});
const clock = { now: '2030-01-01T00:00:00.250Z', mode: 'frozen', rate: 1, offsetMs: 0 };
const acks = [ackText('BUFFERING', 0), ackText('RECEIVED', 0), ackText('PERSISTED', 0), ackText('PERSISTED', 2000)];

/** A service with an active stream `cam`; `routes` in place of its answers. */
async function kvs(routes: Record<string, unknown> = {}, ...sessions: string[][]) {
  const bodies: Buffer[] = [];
  const started = await service({
    'POST /describeStream': info(),
    'GET /_kvs/clock': clock,
    'POST /getDataEndpoint': (response: import('node:http').ServerResponse) =>
      void response.end(JSON.stringify({ DataEndpoint: `${started.url}/s-1a2b3c4d` })),
    'POST /s-1a2b3c4d/putMedia': putMediaRoute(bodies, ...(sessions.length > 0 ? sessions : [acks])),
    ...routes,
  });
  return { ...started, bodies };
}

const putMediaHeaders = (calls: readonly Call[]) => calls.find(({ what }) => what.endsWith('/putMedia'))?.headers ?? {};

describe('put', () => {
  test('sends the file to the data endpoint, with a line for each persisted fragment and one at the end', async () => {
    const media = recording(2);
    const { url, calls, bodies } = await kvs();
    const { code, stdout, stderr } = await run(command, ['cam', file('a.mkv', media)], url);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout.toString().split('\n')).toEqual([
      `persisted ${FRAGMENT} timecode 0`,
      `persisted ${FRAGMENT} timecode 2000`,
      expect.stringMatching(
        new RegExp(`^Sent ${media.length} B in \\S+ m?s \\(\\S+ k?M?B/s\\), 2 fragments persisted: ${FRAGMENT}\\.$`),
      ),
      '',
    ]);
    expect(bodies).toEqual([media]);
    expect(calls.map(({ what }) => what)).toEqual([
      'POST /describeStream',
      'GET /_kvs/clock',
      'POST /getDataEndpoint',
      'POST /s-1a2b3c4d/putMedia',
      'GET /_kvs/requests?requestId=req-1',
    ]);
    expect(calls[3]?.headers).toMatchObject({
      'x-amzn-stream-name': 'cam',
      'x-amzn-fragment-timecode-type': 'RELATIVE',
      'x-amzn-producer-start-timestamp': '1893456000.250',
    });
  });

  test('creates a stream that is not there, and waits until it is active', async () => {
    const states = [notFound, info({ Status: 'CREATING' }), info({ DataRetentionInHours: 48 })];
    const { url, calls } = await kvs({ 'POST /describeStream': states, 'POST /createStream': {} });
    const { code, stderr } = await run(command, ['cam', file('a.mkv', recording(1)), '--retention', '48'], url);
    expect(code).toBe(0);
    expect(stderr).toBe('Created cam, which retains 48 h.\n');
    expect(calls.find(({ what }) => what === 'POST /createStream')?.input).toEqual({
      StreamName: 'cam',
      DataRetentionInHours: 48,
    });
  });

  test('takes a stream that somebody else has created at the same time', async () => {
    const { url } = await kvs({
      'POST /describeStream': [notFound, info()],
      'POST /createStream': new Refusal(400, 'ResourceInUseException', 'in use'),
    });
    expect(await run(command, ['cam', file('a.mkv', recording(1))], url)).toMatchObject({ code: 0, stderr: '' });
  });

  test('counts received fragments where nothing is retained', async () => {
    const { url } = await kvs({ 'POST /describeStream': info({ DataRetentionInHours: 0 }) });
    const { stdout } = await run(command, ['cam', file('a.mkv', recording(1))], url);
    expect(stdout.toString()).toMatch(
      /^received \d{47} timecode 0\nSent .*, 1 fragment received \(the stream retains nothing\): /,
    );
  });

  test('draws a bar on a terminal instead of lines, and takes it away', async () => {
    const stderr = terminal();
    const { url } = await kvs();
    const { stdout } = await run(command, ['cam', file('a.mkv', recording(2))], url, { stderr });
    const drawn = String(stderr.read());
    expect(drawn).toMatch(/^\r\[=+] 100% {2}\d+ B of \d+ B .*finishing/);
    expect(drawn.endsWith('finishing\x1b[K\r\x1b[K')).toBe(true);
    expect(stdout.toString()).toMatch(/^Sent [^\n]*\n$/);
  });

  test('--loop sends the file again in a new session, later by as long as it lasts', async () => {
    const { url, calls, bodies } = await kvs();
    const { code } = await run(command, ['cam', file('a.mkv', recording(2)), '--loop', '3'], url);
    expect(code).toBe(0);
    expect(bodies).toEqual([recording(2), recording(2), recording(2)]);
    const starts = calls.map(({ headers }) => headers['x-amzn-producer-start-timestamp']).filter(Boolean);
    expect(starts).toEqual(['1893456000.250', '1893456004.250', '1893456008.250']);
  });

  test('--absolute says that timecodes are dates', async () => {
    const { url, calls } = await kvs();
    await run(command, ['cam', file('a.mkv', recording(1)), '--absolute'], url);
    expect(putMediaHeaders(calls)['x-amzn-fragment-timecode-type']).toBe('ABSOLUTE');
  });

  test('--recut cuts Clusters at key frames, from a file and from standard input', async () => {
    // Recordings of half a second a Cluster, as a pipe of ffmpeg may have them.
    const media = Buffer.concat([head(), ...[0, 500, 1000, 1500, 2000].map((time) => cluster(time, 0))]);
    for (const [name, stdin] of [[file('a.mkv', media)], ['-', Readable.from([media])]] as const) {
      const { url, bodies } = await kvs();
      expect((await run(command, ['cam', name, '--recut'], url, stdin && { stdin })).code).toBe(0);
      const marks = [...new Scanner().push(bodies[0] as Buffer)];
      expect(marks.flatMap((mark) => (mark.kind === 'cluster' ? [mark.ms] : []))).toEqual([0, 1000, 2000]);
      expect(marks.filter(({ kind }) => kind === 'block')).toHaveLength(5);
    }
  });

  test('--recut says where what it is to cut is none', async () => {
    const { url } = await kvs();
    const { error } = await run(
      command,
      ['cam', file('a.mkv', Buffer.concat([recording(1), Buffer.alloc(20)])), '--recut'],
      url,
    );
    expect(String(error)).toMatch(/a\.mkv cannot be cut anew: no Matroska element, at byte \d+\.$/);
  });

  test('reads standard input', async () => {
    const media = recording(1);
    const stdin = Readable.from([media.subarray(0, 2), media.subarray(2)]);
    const { url, bodies } = await kvs();
    expect((await run(command, ['cam', '-'], url, { stdin })).code).toBe(0);
    expect(bodies).toEqual([media]);
  });

  test('starts now where the service has no clock of its own', async () => {
    const before = Date.now();
    const { url, calls } = await kvs({ 'GET /_kvs/clock': undefined });
    await run(command, ['cam', file('a.mkv', recording(1))], url);
    const start = Number(putMediaHeaders(calls)['x-amzn-producer-start-timestamp']) * 1000;
    expect(start).toBeGreaterThanOrEqual(before);
    expect(start).toBeLessThanOrEqual(Date.now());
  });
});

describe('put fails', () => {
  test('with what an ERROR means and what to do', async () => {
    const error = ackText('ERROR', 2000, ',"ErrorCode":"FRAMES_MISSING_FOR_TRACK","ErrorId":4011');
    const { url } = await kvs({}, [ackText('PERSISTED', 0), error]);
    const { code, stdout, stderr } = await run(command, ['cam', file('a.mkv', recording(2))], url);
    expect(code).toBe(1);
    expect(stdout.toString()).toBe(`persisted ${FRAGMENT} timecode 0\n`);
    expect(stderr).toMatch(
      /^kvs-emulator: FRAMES_MISSING_FOR_TRACK \(4011\) in the fragment with timecode 2000\. A fragment has no frame of one of the tracks.*\nSent .*, 1 fragment persisted: \d+\.\n$/,
    );
  });

  test('when the connection is lost, and says what was persisted', async () => {
    const { url } = await kvs({
      'POST /s-1a2b3c4d/putMedia': (response: import('node:http').ServerResponse) => {
        response.writeHead(200);
        response.write(ackText('PERSISTED', 0), () => response.destroy());
      },
    });
    const { code, stderr } = await run(command, ['cam', file('a.mkv', recording(2))], url);
    expect(code).toBe(1);
    expect(stderr).toContain('The connection was lost after 1 persisted fragment (0 received)');
    expect(stderr).toContain('What was persisted stays.');
  });

  test('when it is stopped', async () => {
    const stop = new AbortController();
    const { url } = await kvs({
      'POST /s-1a2b3c4d/putMedia': (response: import('node:http').ServerResponse) => {
        response.writeHead(200);
        response.flushHeaders();
        stop.abort();
      },
    });
    const { code, stderr } = await run(command, ['cam', file('a.mkv', recording(2))], url, { signal: stop.signal });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^kvs-emulator: Stopped; .*\nSent /);
  });

  test('but not when it was to repeat until stopped', async () => {
    const stop = new AbortController();
    const bodies: Buffer[] = [];
    const route = putMediaRoute(bodies, acks) as (...args: unknown[]) => Promise<void>;
    const { url } = await kvs({
      'POST /s-1a2b3c4d/putMedia': async (...args: unknown[]) => {
        if (bodies.length === 2) stop.abort();
        else await route(...args);
      },
    });
    const { code, stdout } = await run(command, ['cam', file('a.mkv', recording(1)), '--loop', '0'], url, {
      signal: stop.signal,
    });
    expect(code).toBe(0);
    expect(stdout.toString()).toContain('4 fragments persisted');
  });

  test.each<[string, string[], string]>([
    ['no file named', ['cam'], 'FILE is missing.'],
    ['no stream named', [], 'STREAM is missing.'],
    ['too many arguments', ['cam', 'a', 'b'], 'There is one argument too many: "b".'],
    [
      'a start that is no date',
      ['cam', 'a', '--start', 'noon'],
      '--start must be a date like 2030-01-01T00:00:00Z, not "noon".',
    ],
    ['a start beside dates', ['cam', 'a', '--start', '2030-01-01', '--absolute'], '--absolute takes'],
    ['two beginnings', ['cam', 'a', '--start', '2030-01-01', '--ago', '1h'], 'give one of them'],
    ['an age that is none', ['cam', 'a', '--ago', 'old'], '--ago must be a duration'],
    ['an end of no past', ['cam', 'a', '--until', 'now'], '--until goes with --start or --ago'],
    ['a past without an end', ['cam', 'a', '--ago', '1h', '--loop', '0'], 'give --until now instead'],
    ['a past that is live', ['cam', 'a', '--ago', '1h', '--realtime'], 'neither --absolute nor --realtime'],
    ['repeated dates', ['cam', 'a', '--loop', '2', '--absolute'], '--absolute and --loop exclude each other'],
    ['repeated input', ['cam', '-', '--loop', '2'], 'Standard input can be read only once'],
    ['a loop that is no number', ['cam', 'a', '--loop', 'x'], '--loop must be a whole number from 0, not "x".'],
    ['a negative retention', ['cam', 'a', '--retention=-1'], '--retention must be a whole number from 0, not "-1".'],
  ])('for wrong use: %s', async (_what, args, message) => {
    const { error } = await run(command, args, 'http://127.0.0.1:1');
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(message);
  });

  test.each<[string, string[], object, string]>([
    ['a file that is not there', ['cam', '/nowhere/a.mkv'], {}, 'There is no file /nowhere/a.mkv.'],
    ['a folder', ['cam', tmpdir()], {}, 'is not a file.'],
    [
      'input that is no recording',
      ['cam', '-'],
      { stdin: Readable.from([Buffer.from('#EXTM3U\n')]) },
      'What comes from standard input is neither Matroska nor a recording of another kind that is known here.',
    ],
    [
      'input of another kind where there is no ffmpeg',
      ['cam', '-'],
      { stdin: Readable.from([Buffer.from('FLV\x01\x05\0\0\0\x09')]), env: { PATH: '/nowhere' } },
      'standard input is FLV, and the service takes Matroska. Install ffmpeg, and put does the rest by itself',
    ],
    ['no input at all', ['cam', '-'], {}, 'Nothing came from standard input.'],
  ])('for %s', async (_what, args, world, message) => {
    const { url } = await kvs();
    const { error } = await run(command, args, url, world);
    expect(error).toBeInstanceOf(CommandError);
    expect(String(error)).toContain(message);
  });

  test.each([
    [
      'a.mp4',
      '....ftypisom',
      /a\.mp4 is MP4, and the service takes Matroska\. Install ffmpeg, .*OUTPUT\.mkv.*--recut\.$/,
    ],
    ['a.mkv', 'no Matroska', /a\.mkv is neither Matroska nor .*ffmpeg -i INPUT -c copy OUTPUT\.mkv$/],
    ['empty.mkv', '', /empty\.mkv is empty\.$/],
  ])('for %s that is not Matroska, before anything is created', async (name, bytes, message) => {
    const { url, calls } = await kvs();
    const { error } = await run(command, ['cam', file(name, bytes)], url, { env: { PATH: '/nowhere' } });
    expect(error).toBeInstanceOf(CommandError);
    expect(String(error)).toMatch(message);
    expect(calls).toEqual([]);
  });

  test('for a stream that is being deleted, and for a call that is refused', async () => {
    const media = file('a.mkv', recording(1));
    const deleting = await kvs({ 'POST /describeStream': info({ Status: 'DELETING' }) });
    expect(String((await run(command, ['cam', media], deleting.url)).error)).toContain(
      'cam is being deleted. Try again',
    );
    const refusing = await kvs({
      'POST /s-1a2b3c4d/putMedia': new Refusal(400, 'ConnectionLimitExceededException', 'Too many.'),
    });
    expect(String((await run(command, ['cam', media], refusing.url)).error)).toContain(
      'ConnectionLimitExceededException: Too many.',
    );
  });
});
