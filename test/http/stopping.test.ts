// The built program, told to stop while everything is open that goes on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { putMedia } from '../../src/client/putMedia.ts';
import { fixturePath } from '../support/fixtures.ts';
import { asSdk } from '../support/presign.ts';
import { postJson, rawSocket } from '../support/rawSocket.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

async function program() {
  const child = spawn(process.execPath, [MAIN, 'start', '--port', '0', '--log-level', 'silent'], {
    env: { PATH: process.env.PATH },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const [ready] = await once(child.stdout.setEncoding('utf8'), 'data');
  const url = /http:\S+/.exec(String(ready))?.[0] ?? '';
  const call = async (path: string, input: object) =>
    (await (await fetch(url + path, { method: 'POST', body: JSON.stringify(input) })).json()) as Record<string, string>;
  return { child, exit, url, port: Number(new URL(url).port), call };
}

/** Media, and then nothing more for as long as nobody ends it. */
async function* endless(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield* createReadStream(fixturePath('h264-aac-gop1s.mkv'));
  await once(signal, 'abort');
}

it.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends each answer that goes on in its own way, and the program with 0',
  async (signal) => {
    const { child, exit, url, port, call } = await program();
    await call('/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    const { ChannelARN: arn = '' } = await call('/createSignalingChannel', { ChannelName: 'front' });

    const over = new AbortController();
    const put = putMedia({
      ...{ endpoint: url, region: 'us-east-1', streamName: 'cam', fragmentTimecodeType: 'RELATIVE' },
      body: endless(over.signal),
    });
    for (let persisted = 0; persisted < 3; ) {
      const { value } = await put.next();
      if (value?.EventType === 'PERSISTED') persisted++;
    }
    const media = await rawSocket(port);
    media.send(postJson('/getMedia', '{"StreamName":"cam","StartSelector":{"StartSelectorType":"NOW"}}'));
    await media.until(/200 OK/);
    const events = await rawSocket(port);
    events.send('GET /_kvs/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await events.until(/text\/event-stream/);
    const idle = await rawSocket(port);
    idle.send(postJson('/describeStream', '{"StreamName":"cam"}'));
    await idle.until(/\}$/);
    const master = new WebSocket(asSdk({ endpoint: url.replace('http', 'ws'), arn }));
    await once(master, 'open');
    const left = once(master, 'close');

    child.kill(signal);
    expect(await exit).toBe(0);
    await Promise.all([media.ended, events.ended, idle.ended]);
    // Each with the last of its chunks: whole, as far as HTTP can tell.
    expect(media.received()).toMatch(/\r\n0\r\n\r\n$/);
    expect(events.received()).toMatch(/\r\n0\r\n\r\n$/);
    expect((await left)[0]).toBe(1001);
    // The producer is told that the fragment that it was in the middle of is lost; then its session has an end.
    expect((await put.next()).value).toMatchObject({ EventType: 'ERROR', ErrorCode: 'STREAM_READ_ERROR' });
    await expect(put.next()).rejects.toThrow(/^STREAM_READ_ERROR \(4000\)/);
    over.abort();
  },
);

it('a second signal ends the program at once, whoever does not let go', async () => {
  const { child, exit, port, call } = await program();
  await call('/createStream', { StreamName: 'cam' });
  // A client that sends the half of a body keeps its connection until the time for that is over.
  const half = await rawSocket(port);
  half.send('POST /describeStream HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
  await call('/describeStream', { StreamName: 'cam' });
  child.kill('SIGTERM');
  child.kill('SIGINT');
  expect(await exit).toBe(1);
});
