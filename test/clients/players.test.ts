// Browser players, unmodified, in Chromium: they play what a producer sends, while it sends and afterwards.
import { spawnSync } from 'node:child_process';
import { CreateStreamCommand } from '@aws-sdk/client-kinesis-video';
import {
  GetDASHStreamingSessionURLCommand,
  GetHLSStreamingSessionURLCommand,
} from '@aws-sdk/client-kinesis-video-archived-media';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { fixturePath } from '../support/fixtures.ts';
import { type Bytes, concat, hex } from '../support/mkv.ts';
import { output, start } from '../support/programs.ts';
import { openPut } from '../support/putMedia.ts';
import { remuxed } from '../support/remuxed.ts';
import { archivedClient, controlClient } from '../support/sdk.ts';
import { bundlePath, type Player, playwright, type Seen, serveDocumentedPage, servePage } from './playerPage.ts';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
];

const COMBINATIONS: readonly [Player, 'HLS' | 'DASH', object][] = [
  ['hls.js', 'HLS', {}],
  ['hls.js', 'HLS', { ContainerFormat: 'MPEG_TS' }],
  ['dash.js', 'DASH', {}],
  ['shaka', 'HLS', {}],
  ['shaka', 'DASH', {}],
];
const players = [...new Set(COMBINATIONS.map(([player]) => player))];
const library = await playwright();
const missing = [
  ...(library ? [] : ['playwright-core']),
  ...players.filter((player) => bundlePath(player) === undefined),
  ...(spawnSync(CHROMIUM, ['--version']).status === 0 ? [] : ['chromium']),
];
if (missing.length > 0) {
  const text = `players: ${missing.join(', ')} not installed (npm ci --prefix test/players, and Debian's chromium)`;
  if (process.env.KVS_REQUIRE_CLIENTS === '1') throw new Error(text);
  process.stderr.write(`skipped: ${text}\n`);
}

/**
 * Sends `seconds` of H.264 and AAC, a fragment a second: in real time as a camera does, or as fast as it goes.
 * @param dress what is sent instead of the whole recording
 */
async function produce(
  emulator: TestEmulator,
  seconds: number,
  { live, dress }: { live: boolean; dress?: (recording: Bytes) => Bytes },
): Promise<void> {
  const pace = live ? ['-re'] : [];
  const producer = start('ffmpeg', [
    ...['-hide_banner', '-loglevel', 'error', ...pace, '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25'],
    ...[...pace, '-f', 'lavfi', '-i', 'sine=frequency=440:beep_factor=4:sample_rate=48000', '-t', String(seconds)],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-threads', '1'],
    ...['-pix_fmt', 'yuv420p', '-g', '25', '-sc_threshold', '0', '-c:a', 'aac', '-ac', '1'],
    ...['-cluster_time_limit', '5000', '-cluster_size_limit', '5000000', '-f', 'matroska', '-flush_packets', '1', '-'],
  ]);
  const put = openPut({ url: emulator.url, producerStart: String(emulator.clock.now() / 1000) });
  const recording: Bytes[] = [];
  for await (const piece of producer.stdout) {
    if (dress === undefined) await put.send(piece);
    else recording.push(piece);
  }
  if (dress !== undefined) await put.send(dress(concat(...recording)));
  put.end();
  const acks = await put.rest();
  if (acks.at(-1)?.EventType !== 'PERSISTED') throw new Error(`PutMedia: ${put.received()}`);
}

async function sessionUrl(
  emulator: TestEmulator,
  protocol: 'HLS' | 'DASH',
  mode: object,
  rest: object,
): Promise<string> {
  const client = archivedClient({ endpoint: emulator.url });
  if (protocol === 'HLS') {
    const input = { StreamName: 'cam', ...mode, ...rest };
    const { HLSStreamingSessionURL } = await client.send(new GetHLSStreamingSessionURLCommand(input));
    return HLSStreamingSessionURL as string;
  }
  const { HLSFragmentSelector, ...others } = mode as { HLSFragmentSelector?: never };
  const input = { StreamName: 'cam', ...others, ...rest, DASHFragmentSelector: HLSFragmentSelector };
  const { DASHStreamingSessionURL } = await client.send(new GetDASHStreamingSessionURLCommand(input));
  return DASHStreamingSessionURL as string;
}

async function startWithStream(): Promise<TestEmulator> {
  const emulator = await startEmulator();
  const create = new CreateStreamCommand({ StreamName: 'cam', DataRetentionInHours: 1 });
  await controlClient({ endpoint: emulator.url }).send(create);
  return emulator;
}

/** What the page says of its video. */
const LOOK = `(() => {
  const video = document.getElementById('video');
  const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
  return {
    time: video.currentTime, frames: totalVideoFrames, dropped: droppedVideoFrames, ready: video.readyState,
    audio: video.webkitAudioDecodedByteCount, width: video.videoWidth, ended: video.ended, ...window.seen,
  };
})()`;
interface Look extends Seen {
  readonly time: number;
  readonly frames: number;
  readonly dropped: number;
  readonly ready: number;
  readonly audio: number;
  readonly width: number;
  readonly ended: boolean;
}

interface Page {
  look(): Promise<Look>;
  /** Resolves when the expression over the page's video is true; rejects if it is not within so many seconds. */
  until(expression: string, seconds?: number): Promise<void>;
  evaluate(code: string): Promise<unknown>;
}

async function openPages(
  combinations: typeof COMBINATIONS,
  url: (of: (typeof COMBINATIONS)[number]) => Promise<string>,
) {
  const browser = await library.chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  onTestFinished(() => browser.close());
  return Promise.all(
    combinations.map(async (combination): Promise<[string, Page]> => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(`${await servePage(combination[0])}#${encodeURIComponent(await url(combination))}`);
      const name = `${combination[0]} ${combination[1]} ${JSON.stringify(combination[2])}`;
      return [
        name,
        {
          look: () => page.evaluate(LOOK),
          evaluate: (code) => page.evaluate(code),
          until: async (expression, seconds = 30) => {
            const wait = `(() => { const look = ${LOOK}; return ${expression} || look.errors.length > 0; })()`;
            await page.waitForFunction(wait, undefined, { timeout: seconds * 1000, polling: 100 }).catch(async () => {
              throw new Error(`${name}: not ${expression}: ${JSON.stringify(await page.evaluate(LOOK))}`);
            });
            if (process.env.KVS_SCREENSHOTS) {
              const path = `${process.env.KVS_SCREENSHOTS}/${name.replaceAll(/\W+/g, '-')}.png`;
              await page.screenshot({ path });
            }
          },
        },
      ];
    }),
  );
}

/** Plays on for so many seconds, without an error, all of it seen and heard. */
async function expectPlays(name: string, page: Page, seconds: number): Promise<void> {
  // On a busy machine a browser takes its time to start.
  await page.until('look.frames > 0 && look.time > 0', 60);
  const before = await page.look();
  await page.until(`look.time > ${before.time + seconds}`, seconds + 30);
  const after = await page.look();
  if (after.errors.length > 0) throw new Error(`${name}: ${JSON.stringify(after)}`);
  expect(after.width, name).toBe(320);
  expect(after.frames - before.frames, `${name}: frames`).toBeGreaterThan(seconds * 15);
  expect(after.audio, `${name}: sound`).toBeGreaterThan(before.audio);
}

/** A list longer than the usual one: five browsers at once on a small machine are sometimes late. */
const TEN = { HLS: { MaxMediaPlaylistFragmentResults: 10 }, DASH: { MaxManifestFragmentResults: 10 } };

/**
 * How long they play live. With KVS_LIVE_SECONDS=120 and the machine to themselves none may stall; beside other tests five
 * browsers and an encoder may have to wait for a processor.
 */
const LIVE_SECONDS = Number(process.env.KVS_LIVE_SECONDS ?? 14);
const ALONE = process.env.KVS_LIVE_SECONDS !== undefined;

describe.skipIf(missing.length > 0)('players in a browser', () => {
  it('play LIVE while a producer sends, goes and comes back', { timeout: (LIVE_SECONDS + 100) * 1000 }, async () => {
    const emulator = await startWithStream();
    const producing = (async () => {
      await produce(emulator, 5 + LIVE_SECONDS / 2, { live: true });
      await produce(emulator, 13 + LIVE_SECONDS / 2, { live: true });
    })();
    producing.catch(() => undefined);
    await firstFragments(emulator, 4);
    const pages = await openPages(COMBINATIONS, ([, protocol, rest]) =>
      sessionUrl(emulator, protocol, {}, { ...rest, ...TEN[protocol] }),
    );
    const outcomes = await Promise.allSettled(
      pages.map(async ([name, page]) => {
        await expectPlays(name, page, LIVE_SECONDS);
        if (ALONE) expect((await page.look()).stalls, `${name}: stalls`).toBe(0);
      }),
    );
    expect(outcomes.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))).toEqual([]);
  });

  const RECORDED = (now: number) => ({
    HLSFragmentSelector: {
      FragmentSelectorType: 'PRODUCER_TIMESTAMP',
      TimestampRange: { StartTimestamp: new Date(now - 1000), EndTimestamp: new Date(now + 60_000) },
    },
  });

  it('play LIVE_REPLAY', { timeout: 120_000 }, async () => {
    const emulator = await startWithStream();
    const now = emulator.clock.now();
    await produce(emulator, 20, { live: false });
    const mode = { PlaybackMode: 'LIVE_REPLAY', ...RECORDED(now) };
    const pages = await openPages(COMBINATIONS, ([, protocol, rest]) =>
      sessionUrl(emulator, protocol, mode, { ...rest, ...TEN[protocol] }),
    );
    const outcomes = await Promise.allSettled(pages.map(([name, page]) => expectPlays(name, page, 6)));
    expect(outcomes.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))).toEqual([]);
  });

  it('try again when a playlist has failed twice, and a segment once, and play', { timeout: 120_000 }, async () => {
    const emulator = await startWithStream();
    const now = emulator.clock.now();
    await produce(emulator, 8, { live: false });
    emulator.faults.add([
      { match: { operation: 'GetHLSMediaPlaylist', nth: [1, 2] }, effect: { status: 503 } },
      { match: { operation: 'GetMP4MediaFragment', nth: 3 }, effect: { reset: true } },
    ]);
    const mode = { PlaybackMode: 'ON_DEMAND', ...RECORDED(now) };
    const pages = await openPages([['hls.js', 'HLS', {}]], ([, protocol, rest]) =>
      sessionUrl(emulator, protocol, mode, rest),
    );
    for (const [, page] of pages) {
      // What it has overcome is no error.
      const overcome = 'window.overcome = (window.overcome ?? []).concat(look.errors.splice(0))';
      await page.until(`(${overcome}, look.time > 5)`, 60);
      const errors = (await page.evaluate('window.overcome')) as string[];
      expect(errors.filter((error) => !error.endsWith(' false'))).toEqual([]);
      expect((await page.look()).frames).toBeGreaterThan(60);
    }
    expect(emulator.faults.list().map(({ fired }) => fired)).toEqual([2, 1]);
  });

  it('play ON_DEMAND, seek in it and come to its end', { timeout: 120_000 }, async () => {
    const emulator = await startWithStream();
    const now = emulator.clock.now();
    await produce(emulator, 12, { live: false });
    const mode = { PlaybackMode: 'ON_DEMAND', ...RECORDED(now) };
    const pages = await openPages(COMBINATIONS, ([, protocol, rest]) => sessionUrl(emulator, protocol, mode, rest));
    const outcomes = await Promise.allSettled(
      pages.map(async ([name, page]) => {
        await expectPlays(name, page, 2);
        await page.evaluate('const v = document.getElementById("video"); v.currentTime = v.seekable.end(0) - 3');
        await page.until('look.ended');
        expect(await page.look()).toMatchObject({ errors: [], ended: true });
      }),
    );
    expect(outcomes.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))).toEqual([]);
  });

  it('play on over pictures that cannot be read, to the end', { timeout: 120_000 }, async () => {
    const emulator = await startWithStream();
    const now = emulator.clock.now();
    await produce(emulator, 12, { live: false, dress: spoilt });
    const mode = { PlaybackMode: 'ON_DEMAND', ...RECORDED(now) };
    const pages = await openPages(COMBINATIONS, ([, protocol, rest]) => sessionUrl(emulator, protocol, mode, rest));
    const outcomes = await Promise.allSettled(
      pages.map(async ([name, page]) => {
        await page.until('look.ended', 60);
        const end = await page.look();
        if (end.errors.length > 0) throw new Error(`${name}: ${JSON.stringify(end)}`);
        expect(end.ended, name).toBe(true);
      }),
    );
    expect(outcomes.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))).toEqual([]);
  });
});

/** How the page of docs/playback.md gets through a recording, and with how many of its pictures. */
async function playedByThePage(emulator: TestEmulator, fragmentSelectorType: string, realtime: boolean) {
  const now = emulator.clock.now();
  await sendFixture(emulator, { realtime });
  const TimestampRange = { StartTimestamp: new Date(now - 1000), EndTimestamp: new Date(now + 60_000) };
  const HLSFragmentSelector = { FragmentSelectorType: fragmentSelectorType, TimestampRange };
  const url = await sessionUrl(emulator, 'HLS', { PlaybackMode: 'ON_DEMAND', HLSFragmentSelector }, {});
  const browser = await library.chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${await serveDocumentedPage()}#${url}`);
  const over = '(document.getElementById("video").ended || document.getElementById("error").textContent !== "")';
  await page.waitForFunction(over, undefined, { timeout: 60_000, polling: 100 });
  return page.evaluate(`(() => {
    const video = document.getElementById('video');
    const pictures = video.getVideoPlaybackQuality().totalVideoFrames;
    return { pictures, error: document.getElementById('error').textContent };
  })()`);
}

describe.skipIf(missing.length > 0)('the page of docs/playback.md', () => {
  it.each([
    ['PRODUCER_TIMESTAMP', false],
    ['SERVER_TIMESTAMP', true],
  ])('plays a recording whole by %s, sent in real time: %s', { timeout: 120_000 }, async (type, realtime) => {
    expect(await playedByThePage(await startWithStream(), type, realtime)).toEqual({ pictures: 100, error: '' });
  });
});

/** Sends four fragments of 25 pictures, as `put` does. */
async function sendFixture({ url }: TestEmulator, { realtime }: { realtime: boolean }): Promise<void> {
  const put = ['dist/main.js', 'put', 'cam', fixturePath('h264-aac-gop1s.mkv'), ...(realtime ? ['--realtime'] : [])];
  await output('node', put, { env: { KVS_ENDPOINT: url } });
}

/** Every tenth picture is spoilt, each time in another way; the first of a fragment among them. */
function spoilt(recording: Bytes): Bytes {
  let count = 0;
  const ways: ((data: Bytes) => Bytes)[] = [
    (data) => data.subarray(0, data.length >> 1),
    () => new Uint8Array(300).fill(0x55),
    () => new Uint8Array(),
    // A message, and a slice that breaks off.
    (data) => concat(hex('00000005 0605010080'), data.subarray(0, data.length >> 1)),
    (data) => concat(data, new Uint8Array(7)),
    (data) => concat(data, hex('0000ffff 41')),
  ];
  const data = ({ data: own }: { data: Bytes }): Bytes => {
    const way = count % 10 === 5 ? ways[Math.floor(count / 10) % ways.length] : undefined;
    count += 1;
    return way?.(own) ?? own;
  };
  return remuxed(recording, { 1: { data } });
}

/** Resolves when so many fragments are in the archive. */
async function firstFragments(emulator: TestEmulator, count: number): Promise<void> {
  const client = archivedClient({ endpoint: emulator.url });
  const { ListFragmentsCommand } = await import('@aws-sdk/client-kinesis-video-archived-media');
  const range = { StartTimestamp: new Date(0), EndTimestamp: new Date(emulator.clock.now() + 1e9) };
  const FragmentSelector = { FragmentSelectorType: 'SERVER_TIMESTAMP' as const, TimestampRange: range };
  for (;;) {
    const { Fragments } = await client.send(new ListFragmentsCommand({ StreamName: 'cam', FragmentSelector }));
    if ((Fragments ?? []).length >= count) return;
  }
}
