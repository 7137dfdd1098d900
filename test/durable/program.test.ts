import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FORMAT, frame } from '../../src/store/disk/frame.ts';
import type { Bytes } from '../support/mkv.ts';
import { openPut } from '../support/putMedia.ts';
import { clusterOf } from './producer.ts';
import { type Running, startProgram } from './program.ts';
import { call, dataFolder, listFragments, post } from './service.ts';

async function start(folder: string, ...options: readonly string[]): Promise<Running> {
  const running = await startProgram('--data-dir', folder, ...options);
  onTestFinished(() => running.kill());
  return running;
}

describe('the program with a data folder', () => {
  it('ends with 0 when it is asked to, though a producer sends, and leaves nothing to be repaired', async () => {
    const folder = dataFolder();
    const first = await start(folder);
    await call(first.url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    const put = openPut({ url: first.url });
    await put.send(clusterOf.head());
    for (let fragment = 0; fragment < 3; fragment++) await put.send(clusterOf(fragment * 1000, new Uint8Array(5000)));
    for (let ack = await put.next(); ack?.EventType !== 'PERSISTED'; ack = await put.next());
    expect(await first.stop()).toBe(0);
    const files = readdirSync(folder, { recursive: true }).map(String);
    expect(files.some((name) => name.endsWith('.idx'))).toBe(true);
    expect(files).not.toContain('lock');
    const second = await start(folder);
    expect((await listFragments(second.url, 'cam')).length).toBeGreaterThanOrEqual(1);
    expect(second.log()).toBe('');
    expect(await second.stop()).toBe(0);
  });

  it('is refused a folder that another process has, whose number it is told', async () => {
    const folder = dataFolder();
    const first = await start(folder);
    await expect(startProgram('--data-dir', folder)).rejects.toThrow(
      `it ended with 1: kvs-emulator: ${folder} is in use by another emulator, process ${first.pid}. Stop that one`,
    );
  });

  it('takes the folder over from one that was killed', async () => {
    const folder = dataFolder();
    const first = await start(folder);
    await first.kill();
    await start(folder);
  });

  it('refuses what a newer version has written, in words, and leaves it as it is', async () => {
    const folder = dataFolder();
    const first = await start(folder);
    await call(first.url, 'createStream', { StreamName: 'cam' });
    await first.stop();
    await (await start(folder)).stop();
    const path = join(folder, 'catalogue.json');
    const text = readFileSync(path, 'utf8').replace('"version":1', '"version":2');
    writeFileSync(path, text);
    await expect(startProgram('--data-dir', folder)).rejects.toThrow(
      /it ended with 2: kvs-emulator: .*catalogue.json was written by a newer version of kvs-emulator: it has version 2/,
    );
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('ends in words when media turn out to be of a newer version', async () => {
    const folder = dataFolder();
    const first = await start(folder);
    await call(first.url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    const put = openPut({ url: first.url });
    for (const bytes of [clusterOf.head(), clusterOf(0, new Uint8Array(5000))]) await put.send(bytes);
    put.end();
    for (let ack = await put.next(); ack?.EventType !== 'PERSISTED'; ack = await put.next());
    await first.stop();
    const index = readdirSync(folder, { recursive: true })
      .map(String)
      .find((name) => name.endsWith('.idx'));
    writeFileSync(join(folder, String(index)), frame('index', { format: FORMAT + 1, size: 0, lines: [] }));
    const second = await start(folder);
    await expect(post(second.url, 'listStreams', {})).rejects.toThrow();
    expect(await second.stop()).toBe(2);
    expect(second.log()).toMatch(/^kvs-emulator: .*\.idx was written by a newer version of kvs-emulator/);
    expect(readdirSync(folder)).not.toContain('lock');
  });

  it('refuses a folder that is none', async () => {
    const path = join(dataFolder(), 'file');
    writeFileSync(path, '');
    await expect(startProgram('--data-dir', path)).rejects.toThrow(
      `it ended with 2: kvs-emulator: ${path} cannot be used`,
    );
  });

  it('has all of a producer that repeats PutMedia until 200 and goes on behind the last PERSISTED', async () => {
    const folder = dataFolder();
    let running = await start(folder);
    const { port } = new URL(running.url);
    const { url } = running;
    await call(url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
    const producer = new Producer(url, 40);
    const producing = producer.run();
    for (let kills = 1; kills <= 2; kills++) {
      await producer.reached(kills * 12);
      await running.kill();
      running = await start(folder, '--port', port);
    }
    await producing;
    const times = (await listFragments(url, 'cam')).map(({ ProducerTimestamp }) =>
      Math.round(ProducerTimestamp * 1000),
    );
    expect([...new Set(times)].sort((a, b) => a - b)).toEqual(producer.times);
    expect(producer.connections).toBeGreaterThan(2);
  });
});

const START = 1_700_000_000_000;

/**
 * As the C and C++ producers have it: what has not been PERSISTED is kept; when the connection is gone the stream is
 * described, its endpoint asked for and PutMedia repeated until it is answered with 200, from the last PERSISTED on.
 */
class Producer {
  readonly times: number[];
  connections = 0;
  readonly #url: string;
  #persisted = 0;
  readonly #waiting = new Set<() => void>();

  constructor(url: string, fragments: number) {
    this.#url = url;
    this.times = Array.from({ length: fragments }, (_, index) => START + index * 1000);
  }

  async reached(count: number): Promise<void> {
    while (this.#persisted < count) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  async run(): Promise<void> {
    while (this.#persisted < this.times.length) {
      try {
        if ((await post(this.#url, 'describeStream', { StreamName: 'cam' })).status !== 200) continue;
        const { DataEndpoint } = await call<{ DataEndpoint: string }>(this.#url, 'getDataEndpoint', {
          StreamName: 'cam',
          APIName: 'PUT_MEDIA',
        });
        await this.#session(DataEndpoint);
      } catch {
        // Nobody is there: again.
      }
    }
  }

  async #session(url: string): Promise<void> {
    const put = openPut({ url, timecodeType: 'ABSOLUTE' });
    const gone = new Promise<void>((resolve) => put.request.once('close', resolve));
    const send = (bytes: Bytes): Promise<void> => Promise.race([put.send(bytes), gone]);
    if ((await put.response).statusCode !== 200) return;
    this.connections += 1;
    const from = this.#persisted;
    let over = false;
    const sending = (async () => {
      await send(clusterOf.head());
      for (const time of this.times.slice(from)) {
        if (over) return;
        await send(clusterOf(time, Buffer.alloc(3000, String(time))));
        // Not all of it at once: it is to be killed in between.
        await this.reached(this.times.indexOf(time) - 3);
      }
      put.end();
    })();
    try {
      for (let ack = await put.next(); ack !== undefined; ack = await put.next()) {
        if (ack.EventType !== 'PERSISTED') continue;
        this.#persisted = this.times.indexOf(Number(ack.FragmentTimecode)) + 1;
        for (const wake of this.#waiting) wake();
        this.#waiting.clear();
      }
      await sending;
    } finally {
      over = true;
    }
  }
}
