import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/commands/command.ts';
import { command as requests } from '../../src/commands/requests.ts';
import { startEmulator } from '../support/emulator.ts';
import { ask } from '../support/tour.ts';
import { run, service } from './world.ts';

const START = '2030-01-01T00:00:00.000Z';

async function filled() {
  const emulator = await startEmulator({ clock: 'frozen', startTime: START });
  await ask(emulator, '/createStream', { StreamName: 'cam' });
  await ask(emulator, '/describeStream', { StreamName: 'nobody' });
  await ask(emulator, '/describeSignalingChannel', { ChannelName: 'door' }, { region: 'eu-west-1' });
  await fetch(`${emulator.url}/nothing`);
  return emulator;
}

describe('requests', () => {
  test('shows a line for each, with how it was answered and what AWS would say', async () => {
    const { url } = await filled();
    const { code, stdout, stderr } = await run(requests, [], url);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.toString().trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^TIME +STATUS +REQUEST +STREAM +TOOK +IN +OUT +SAID$/);
    expect(lines[1]).toMatch(/^2030-01-01T00:00:00\.000Z +200 +CreateStream +cam +\S+ ms +20 B +\d+ B/);
    expect(lines[2]).toMatch(/ 404 +DescribeStream +nobody .* ResourceNotFoundException/);
    expect(lines[3]).toMatch(/ 404 +DescribeSignalingChannel +door /);
    expect(lines[4]).toMatch(/ 404 +GET \/nothing +- .* unknownPath/);
  });

  test.each([
    [['--operation', 'DescribeStream'], ['DescribeStream']],
    [['--stream', 'cam'], ['CreateStream']],
    [['--channel', 'door'], ['DescribeSignalingChannel']],
    [['--status', '200'], ['CreateStream']],
    [['--region', 'eu-west-1'], ['DescribeSignalingChannel']],
    [['--account', '111122223333'], []],
    [['--since', '2031-01-01T00:00:00Z'], []],
    [
      ['--limit', '2'],
      ['CreateStream', 'DescribeStream'],
    ],
  ])('%j are those that are asked for, as JSON', async (args, operations) => {
    const { url } = await filled();
    const { stdout } = await run(requests, [...args, '--json'], url);
    const lines = stdout.toString().split('\n').filter(Boolean);
    expect(lines.map((line) => JSON.parse(line).operation)).toEqual(operations);
  });

  test('says that there are none to people, not to scripts', async () => {
    const { url } = await startEmulator();
    const { stdout, stderr } = await run(requests, [], url);
    expect([stdout.toString(), stderr]).toEqual(['', 'There are no such requests.\n']);
    expect(await run(requests, ['--json'], url)).toMatchObject({ code: 0, stderr: '' });
  });

  test('turns the pages, and says what is lost', async () => {
    const page = (id: string, next: string | null) => ({ requests: [{ requestId: id }], next, dropped: 7 });
    const answers = [page('a', 'a'), page('b', null)];
    const { url, calls } = await service({ 'GET /_kvs/requests': answers });
    const { stdout, stderr } = await run(requests, ['--json', '--stream', 'cam'], url);
    expect(stdout.toString()).toBe('{"requestId":"a"}\n{"requestId":"b"}\n');
    expect(stderr).toBe('7 older requests have been forgotten.\n');
    expect(calls.map(({ what }) => what)).toEqual([
      'GET /_kvs/requests?stream=cam',
      'GET /_kvs/requests?stream=cam&after=a',
    ]);
  });

  test('forgets them', async () => {
    const emulator = await filled();
    const { stdout } = await run(requests, ['--clear'], emulator.url);
    expect(stdout.toString()).toBe('Forgot the requests so far.\n');
    expect(emulator.requests.list()).toEqual([]);
  });

  test('follows them, each once, until it is stopped', async () => {
    const emulator = await filled();
    const stdout = new PassThrough();
    const stop = new AbortController();
    const followed = run(requests, ['--follow', '--json'], emulator.url, { stdout, signal: stop.signal });
    let text = '';
    let wake: () => void = () => undefined;
    stdout.on('data', (bytes) => {
      text += bytes;
      wake();
    });
    const told = async (count: number) => {
      while (text.split('\n').length <= count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    await told(4);
    await ask(emulator, '/listStreams', {});
    await told(5);
    await ask(emulator, '/listSignalingChannels', {});
    await told(6);
    const lines = text.split('\n').filter(Boolean);
    expect(lines.map((line) => JSON.parse(line).operation)).toEqual([
      'CreateStream',
      'DescribeStream',
      'DescribeSignalingChannel',
      null,
      'ListStreams',
      'ListSignalingChannels',
    ]);
    stop.abort();
    expect((await followed).code).toBe(0);
  });

  test('follows what is answered late behind what has been answered already', async () => {
    const entry = (requestId: string, status: number | null) => ({ requestId, status, ms: null });
    const page = (...entries: object[]) => ({ requests: entries, next: null, dropped: 0 });
    const asked: string[] = [];
    const stop = new AbortController();
    const answers = [
      page(entry('a', 200), entry('b', null), entry('c', 200)),
      page(entry('b', null), entry('c', 200), entry('d', 200)),
      page(entry('b', 404), entry('c', 200), entry('d', 200)),
    ].map((body) => (response: { end(text: string): void }, { url = '' }) => {
      asked.push(url.replace(/^.*\?/, ''));
      response.end(JSON.stringify(body));
    });
    const last = (_response: unknown, { url = '' }) => {
      asked.push(url.replace(/^.*\?/, ''));
      stop.abort();
    };
    const { url } = await service({ 'GET /_kvs/requests': [...answers, last] as never });
    const { stdout } = await run(requests, ['--follow', '--json'], url, { signal: stop.signal });
    expect(asked).toEqual([
      'wait=30s&count=1',
      'after=a&wait=30s&count=2',
      'after=a&wait=30s&count=3',
      'after=d&wait=30s&count=1',
    ]);
    const told = stdout.toString().split('\n').filter(Boolean);
    expect(told.map((line) => JSON.parse(line).requestId)).toEqual(['a', 'c', 'd', 'b']);
  });

  test.each([
    [['cam'], 'There is one argument too many: "cam".'],
    [['--clear', '--stream', 'cam'], '--clear forgets all requests and goes alone.'],
    [['--follow', '--limit', '3'], '--follow goes on: it takes no --limit.'],
    [['--limit', 'all'], '--limit must be a whole number from 1, not "all".'],
  ])('refuses %j', async (args, message) => {
    const { error } = await run(requests, args, 'http://127.0.0.1:1');
    expect(error).toEqual(new UsageError(message));
  });

  test('says what the emulator says of a filter that makes no sense', async () => {
    const { url } = await filled();
    const { error, stdout } = await run(requests, ['--status', 'abc'], url);
    expect(stdout.toString()).toBe('');
    expect(String(error)).toMatch(/"abc" cannot be "status"\. Give a status like 400\./);
  });
});
