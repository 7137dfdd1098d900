import { describe, expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/index.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { openPut, putMedia } from '../support/putMedia.ts';
import { rawSocket } from '../support/rawSocket.ts';
import { ask, authorization } from '../support/tour.ts';

type Line = Record<string, unknown> & { level: string; message: string };

/** An emulator, and what it logs. Each step of a test ends when the lines that it asks for are there. */
async function start(options: EmulatorOptions = {}) {
  const lines: string[] = [];
  let look: () => void = () => undefined;
  const log = (line: string): void => {
    lines.push(line);
    look();
  };
  const settings = { logLevel: 'info', logFormat: 'json', clock: 'frozen', startTime: '2030-01-01T00:00:00Z' } as const;
  const emulator = await startEmulator({ ...settings, ...options, log });
  /** All lines so far, once there are so many. */
  const until = (count: number): Promise<Line[]> =>
    new Promise((resolve) => {
      look = () => {
        if (lines.length >= count) resolve(lines.map((line) => JSON.parse(line)));
      };
      look();
    });
  /** Forgets the lines so far, once there are so many. */
  const skip = async (count: number): Promise<void> => {
    await until(count);
    lines.length = 0;
  };
  return { emulator, lines, until, skip };
}
const producerStart = String(Date.parse('2030-01-01T00:00:00Z') / 1000);
const put = ({ url }: TestEmulator) => putMedia({ url, producerStart }, fixture('h264-gop2s.mkv'));

describe('the line of a request', () => {
  it('tells operation, stream, region, status, bytes and ms', async () => {
    const { emulator, until } = await start();
    await ask(emulator, '/createStream', { StreamName: 'cam' });
    const { text } = await ask(emulator, '/describeStream', { StreamName: 'cam' });
    const lines = await until(2);
    expect(lines.map(({ message }) => message)).toEqual(['CreateStream', 'DescribeStream']);
    expect(lines[1]).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      level: 'info',
      message: 'DescribeStream',
      stream: 'cam',
      region: 'us-east-1',
      status: 200,
      bytes: text.length,
      ms: expect.any(Number),
    });
    // The time is the machine's.
    expect(String(lines[1]?.time) < '2030').toBe(true);
  });

  it('is for people by default, in one line', async () => {
    const { emulator, lines } = await start({ logFormat: 'pretty' });
    await ask(emulator, '/createStream', { StreamName: 'cam' }, { account: '111122223333', region: 'eu-west-1' });
    await emulator.stop();
    expect(lines.join('\n')).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} INFO {2}CreateStream stream=cam region=eu-west-1 account=111122223333 status=200 bytes=\d+ ms=[\d.]+$/,
    );
  });

  it('names the account if it is not the default one, and channels as such', async () => {
    const { emulator, until } = await start();
    const who = { account: '111122223333' };
    const { text } = await ask(emulator, '/createSignalingChannel', { ChannelName: 'front' }, who);
    const [ChannelARN, ResourceARN] = Array(2).fill(JSON.parse(text).ChannelARN);
    await ask(emulator, '/describeSignalingChannel', { ChannelARN }, who);
    await ask(emulator, '/ListTagsForResource', { ResourceARN }, who);
    for (const line of await until(3)) expect(line).toMatchObject({ channel: 'front', account: '111122223333' });
  });

  it('tells the error of a refusal and why', async () => {
    const { emulator, until } = await start();
    await ask(emulator, '/createStream', { StreamName: 'a b' });
    await ask(emulator, '/describeStream', {});
    expect(await until(2)).toMatchObject([
      { message: 'CreateStream', stream: 'a b', status: 400, error: 'ValidationException', why: expect.any(String) },
      { status: 400, error: 'InvalidArgumentException', why: 'Either StreamName or StreamARN must be given.' },
    ]);
  });

  it('is written for a path that is no operation as well, behind the warning', async () => {
    const { emulator, until } = await start();
    for (const _ of [1, 2]) await fetch(`${emulator.url}/${'x'.repeat(2000)}`);
    const lines = await until(3);
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info', 'info']);
    expect(lines[2]).toMatchObject({ message: `GET /${'x'.repeat(255)}`, status: 404 });
  });

  it('says that the client had gone before its answer', async () => {
    const { emulator, until } = await start();
    const client = await rawSocket(emulator.port);
    client.send(
      'POST /listStreams HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 9\r\n' +
        `Authorization: ${authorization()}\r\n\r\n`,
    );
    await client.until('100 Continue');
    client.socket.destroy();
    const [line] = await until(1);
    expect(line).toMatchObject({ message: 'ListStreams', error: 'ClientGone', bytes: 0 });
    expect(line).not.toHaveProperty('status');
  });

  it('is one, whatever becomes of the request: nothing is logged twice', async () => {
    const { emulator, lines } = await start();
    const calls: [string, object][] = [
      ['/createStream', { StreamName: 'cam', DataRetentionInHours: 1 }],
      ['/describeStream', { StreamName: 'cam' }],
      ['/describeStream', { StreamName: 'nobody' }],
      ['/describeStream', { StreamName: 5 }],
      ['/listStreams', {}],
    ];
    for (const [path, body] of calls) await ask(emulator, path, body);
    await emulator.stop();
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(calls.map(() => 'info'));
  });
});

describe('what lasts', () => {
  it('is logged when it begins and when it ends, with the bytes that came or went', async () => {
    const { emulator, until, skip } = await start();
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    await ask(emulator, '/getDataEndpoint', { StreamName: 'cam', APIName: 'PUT_MEDIA' });
    await skip(2);
    const media = fixture('h264-gop2s.mkv');
    const producer = openPut({ url: emulator.url, producerStart, headers: { authorization: 'AWS4-HMAC-SHA256 x' } });
    await producer.response;
    const [, began] = await until(2);
    expect(began).toMatchObject({ level: 'info', message: 'PutMedia began', stream: 'cam', region: 'us-east-1' });
    expect(began).not.toHaveProperty('status');
    await skip(2);
    await producer.send(media);
    producer.end();
    await producer.rest();
    expect((await until(1))[0]).toMatchObject({ message: 'PutMedia ended', status: 200, bytes: media.length });
    await skip(1);
    const body = { StreamName: 'cam', StartSelector: { StartSelectorType: 'EARLIEST' } };
    const reading = ask(emulator, '/getMedia', body);
    expect((await until(1))[0]).toMatchObject({ message: 'GetMedia began', stream: 'cam' });
    await skip(1);
    await emulator.clock.advance('30s');
    await reading;
    const [ended] = await until(1);
    expect(ended).toMatchObject({ message: 'GetMedia ended', status: 200 });
    expect(Number(ended?.bytes)).toBeGreaterThan(media.length);
  });

  it('has one line if it is refused', async () => {
    const { emulator, until } = await start();
    const body = { StreamName: 'cam', StartSelector: { StartSelectorType: 'NOW' } };
    await ask(emulator, '/getMedia', body);
    expect(await until(1)).toMatchObject([{ message: 'GetMedia', status: 404, error: 'ResourceNotFoundException' }]);
  });
});

describe('a 404', () => {
  async function nearOf(name: string, path = '/describeStream', member = 'StreamName'): Promise<unknown> {
    const { emulator, until, skip } = await start();
    await ask(emulator, '/createStream', { StreamName: 'front-door' });
    await ask(emulator, '/createStream', { StreamName: 'garden' }, { region: 'eu-west-1' });
    await ask(emulator, '/createStream', { StreamName: 'gate' }, { account: '111122223333', region: 'eu-west-1' });
    await ask(emulator, '/createSignalingChannel', { ChannelName: 'porch' });
    const { text } = await ask(emulator, '/createStream', { StreamName: 'gone' });
    await ask(emulator, '/deleteStream', JSON.parse(text));
    await skip(6);
    expect((await ask(emulator, path, { [member]: name })).status).toBe(404);
    return (await until(1))[0]?.near;
  }

  it.each([
    ['garden', 'there is a stream garden in eu-west-1'],
    ['gate', 'there is a stream gate in account 111122223333, eu-west-1'],
    ['frontdoor', 'there is front-door'],
    ['Front-Doro', 'there is front-door'],
    ['porch', 'porch is a signaling channel'],
    ['gone', 'gone has been deleted'],
    ['something else', undefined],
  ])('of %s says what is near: %j', async (name, near) => {
    expect(await nearOf(name.replace(' ', '-'))).toBe(near);
  });

  it('of a channel likewise', async () => {
    expect(await nearOf('porhc', '/describeSignalingChannel', 'ChannelName')).toBe('there is porch');
    expect(await nearOf('front-door', '/describeSignalingChannel', 'ChannelName')).toBe('front-door is a stream');
  });

  it('of a stream that is there says in what state it is, and its ARN', async () => {
    const { emulator, until } = await start({ creatingDelay: '1h' });
    const { text } = await ask(emulator, '/createStream', { StreamName: 'cam' });
    const { StreamARN } = JSON.parse(text) as { StreamARN: string };
    await ask(emulator, '/getDataEndpoint', { StreamName: 'cam', APIName: 'PUT_MEDIA' });
    await ask(emulator, '/describeStream', { StreamARN: `${StreamARN}1` });
    const lines = await until(3);
    for (const line of lines.slice(1))
      expect(line).toMatchObject({ status: 404, near: `cam is CREATING: ${StreamARN}` });
  });

  it('costs no more among very many streams', async () => {
    const { emulator, until, skip } = await start();
    for (let i = 0; i < 1100; i++) await ask(emulator, '/createStream', { StreamName: `camera-${i + 10_000}` });
    await ask(emulator, '/createStream', { StreamName: 'zebra' });
    await skip(1101);
    await ask(emulator, '/describeStream', { StreamName: 'zebro' });
    await ask(emulator, '/describeStream', { StreamName: 'camera-10000-' });
    const near = (await until(2)).map((line) => line.near);
    expect(near).toEqual([undefined, 'there is camera-10000, camera-10001, camera-10002']);
  });
});

describe('a session', () => {
  async function playing(options: EmulatorOptions = {}) {
    const started = await start(options);
    const { emulator, skip } = started;
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    await ask(emulator, '/getDataEndpoint', { StreamName: 'cam', APIName: 'GET_HLS_STREAMING_SESSION_URL' });
    await ask(emulator, '/getDataEndpoint', { StreamName: 'cam', APIName: 'PUT_MEDIA' });
    await put(emulator);
    const { text } = await ask(emulator, '/getHLSStreamingSessionURL', { StreamName: 'cam' });
    // PutMedia is not signed, and warned of.
    await skip(7);
    return { ...started, url: JSON.parse(text).HLSStreamingSessionURL as string };
  }

  it('is quiet while it plays, but for level debug', async () => {
    const { emulator, url, lines } = await playing();
    for (const name of ['Master', 'Media']) expect((await fetch(url.replace('Master', name))).status).toBe(200);
    await fetch(`${emulator.url}/_kvs/health`);
    await fetch(`${emulator.url}/_kvs/none`);
    await fetch(`${emulator.url}/listStreams`, { method: 'OPTIONS' });
    await emulator.stop();
    expect(lines).toEqual([]);
    const loud = await playing({ logLevel: 'debug' });
    await fetch(loud.url);
    await fetch(`${loud.emulator.url}/_kvs/health`);
    expect(await loud.until(2)).toMatchObject([
      { level: 'debug', message: 'GetHLSMasterPlaylist', stream: 'cam', status: 200 },
      { level: 'debug', message: 'GET /_kvs/health', status: 200 },
    ]);
  });

  it('is said to be over once, however often its player asks', async () => {
    const { emulator, url, lines } = await playing();
    await emulator.clock.advance('300s');
    for (const name of ['Master', 'Media', 'Media', 'Media']) {
      expect((await fetch(url.replace('Master', name))).status).toBe(403);
    }
    await emulator.stop();
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        message: 'GetHLSMasterPlaylist',
        status: 403,
        error: 'NotAuthorizedException',
        near: 'the session has expired, or went with a reset: ask for another URL',
      }),
    ]);
  });

  it('of a stream that is gone says so', async () => {
    const { emulator, url, until, skip } = await playing();
    const { text } = await ask(emulator, '/describeStream', { StreamName: 'cam' });
    await ask(emulator, '/deleteStream', { StreamARN: JSON.parse(text).StreamInfo.StreamARN });
    await skip(2);
    expect((await fetch(url)).status).toBe(404);
    expect(await until(1)).toMatchObject([{ stream: 'cam', status: 404, near: 'cam has been deleted' }]);
  });
});

describe('a strict refusal', () => {
  it('is logged, with what it was refused for', async () => {
    const { emulator, until } = await start({ strict: true });
    await fetch(`${emulator.url}/listStreams`, { method: 'POST', body: '{}' });
    await ask(emulator, '/ListStreams', {});
    await ask(emulator, '/listStreams', { MaxResult: 1 });
    expect(await until(3)).toMatchObject([
      { message: 'ListStreams', status: 403, error: 'MissingAuthenticationTokenException', strict: 'unsigned' },
      { message: 'POST /ListStreams', status: 404, error: 'UnknownOperationException', strict: 'unknownPath' },
      { message: 'ListStreams', status: 400, error: 'SerializationException', strict: 'unknownMember' },
    ]);
  });
});

describe('the library’s default', () => {
  it('is quiet about whatever is asked', async () => {
    const { emulator, lines } = await start({ logLevel: 'warn' });
    await ask(emulator, '/createStream', { StreamName: 'cam' });
    await ask(emulator, '/describeStream', { StreamName: 'nobody' });
    await ask(emulator, '/describeStream', { StreamName: 5 });
    await fetch(`${emulator.url}/_kvs/none`);
    await emulator.stop();
    expect(lines).toEqual([]);
  });
});

describe('a name full of control characters', () => {
  it.each(['pretty', 'json'] as const)('is escaped, as %s', async (logFormat) => {
    const { emulator, lines } = await start({ logFormat });
    await ask(emulator, '/describeStream', { StreamName: 'a\n12:00 INFO fake\u001b[2J\u202e' });
    await ask(emulator, '/describeStream', { StreamName: 'x'.repeat(100_000) });
    await emulator.stop();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('a\\n12:00 INFO fake\\u001b[2J\\u202e');
    expect(lines[0]).not.toMatch(/[\n\u202e]/);
    expect(lines[1]?.length).toBeLessThan(1000);
  });
});
