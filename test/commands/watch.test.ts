import { once } from 'node:events';
import { request } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { command as put } from '../../src/commands/put.ts';
import { command as watch } from '../../src/commands/watch.ts';
import { serveWatchPage } from '../../src/commands/watchServer.ts';
import { startEmulator } from '../support/emulator.ts';
import { fixturePath } from '../support/fixtures.ts';
import { rawSocket } from '../support/rawSocket.ts';
import { run } from './world.ts';

/** As a browser asks that was led there by the name `host`. */
const ask = (url: string, host = new URL(url).host): Promise<{ status: number | undefined; text: string }> =>
  new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    })
      .on('error', reject)
      .end();
  });

async function rawStatus(url: string, path: string): Promise<string> {
  const socket = await rawSocket(Number(new URL(url).port));
  socket.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return (await socket.until(/^HTTP.*\r\n/)).slice(0, 12);
}

async function page(...streams: string[]) {
  const emulator = await startEmulator();
  const served = await serveWatchPage({ endpoint: emulator.url, region: 'us-east-1' }, streams, {
    ...{ host: '127.0.0.1', port: 0 },
  });
  onTestFinished(() => served.close());
  return { emulator, url: served.url };
}

describe('the page of `kvs-emulator watch`', () => {
  it('has a player for each stream, and loads nothing from elsewhere', async () => {
    const { url } = await page('door', 'yard');
    const { status, text } = await ask(url);
    expect(status).toBe(200);
    expect([...text.matchAll(/<figure data-stream="(\w+)">/g)].map(([, name]) => name)).toEqual(['door', 'yard']);
    expect(text).not.toMatch(/(src|href)="(?!data:)/);
    expect(text).not.toMatch(/https?:/);
  });

  it('is given sessions that play: live ones, and ones of the past', async () => {
    const { emulator, url } = await page('door');
    await run(put, ['door', fixturePath('h264-aac-gop1s.mkv')], emulator.url);
    for (const ago of ['0', '600']) {
      const { status, text } = await ask(`${url}/session?stream=door&ago=${ago}`);
      expect(status).toBe(200);
      expect(await (await fetch(text)).text()).toMatch(/^#EXTM3U\n/);
    }
  });

  it('leads to the emulator by the name by which it was reached itself', async () => {
    const { emulator, url } = await page('door');
    await run(put, ['door', fixturePath('h264-gop2s.mkv')], emulator.url);
    const { text } = await ask(`${url}/session?stream=door&ago=0`, 'localhost:1');
    expect(text).toMatch(new RegExp(`^http://localhost:${emulator.port}/hls/`));
  });

  it('says what is missing: media, a stream, a page', async () => {
    const { emulator, url } = await page('door');
    expect((await ask(`${url}/session?stream=door&ago=0`)).status).toBe(502);
    await fetch(`${emulator.url}/createStream`, {
      method: 'POST',
      body: '{"StreamName":"door","DataRetentionInHours":1}',
    });
    expect((await ask(`${url}/session?stream=door&ago=0`)).text).toContain('No fragments found');
    expect((await ask(`${url}/session?stream=other&ago=0`)).status).toBe(404);
    expect((await ask(`${url}/other`)).status).toBe(404);
    // Paths of which no address can be made.
    for (const path of ['//', '/\\', '/%', '/session?%']) expect(await rawStatus(url, path)).toBe('HTTP/1.1 404');
  });

  it('is for nobody who comes by the name of another', async () => {
    const { url } = await page('door');
    expect((await ask(url, 'evil.example:80')).status).toBe(403);
    expect((await ask(`${url}/session?stream=door`, 'evil.example')).status).toBe(403);
    expect((await ask(url, '[::1]:80')).status).toBe(200);
  });
});

describe('kvs-emulator watch', () => {
  it('says where the page is, and ends when it is stopped', async () => {
    const emulator = await startEmulator();
    await run(put, ['door', fixturePath('h264-gop2s.mkv')], emulator.url);
    const stop = new AbortController();
    const stdout = new PassThrough();
    const watching = run(watch, ['door'], emulator.url, { signal: stop.signal, stdout });
    const [said] = await once(stdout, 'data');
    const [, url = ''] = /^Watch door at (http:\S+) until Ctrl-C\./.exec(String(said)) ?? [];
    expect((await ask(url)).status).toBe(200);
    stop.abort();
    expect((await watching).code).toBe(0);
    await expect(ask(url)).rejects.toThrow(/ECONNREFUSED|hang up/);
  });

  it('prints addresses for other players as one JSON document', async () => {
    const emulator = await startEmulator();
    await run(put, ['door', fixturePath('h264-gop2s.mkv')], emulator.url);
    const { code, stdout } = await run(watch, ['door', '--json'], emulator.url);
    expect(code).toBe(0);
    const { sessions } = JSON.parse(stdout.toString());
    expect((await fetch(sessions.door)).status).toBe(200);
  });

  it('names a stream that is not there, and a port that is taken', async () => {
    const emulator = await startEmulator();
    expect(String((await run(watch, ['door'], emulator.url)).error)).toContain('`kvs-emulator streams` lists what');
    await run(put, ['door', fixturePath('h264-gop2s.mkv')], emulator.url);
    const { error } = await run(watch, ['door', '--page-port', String(emulator.port)], emulator.url);
    expect(String(error)).toContain(`127.0.0.1:${emulator.port} is in use. Choose another port for the page`);
  });
});
