// Media of a seed is made when somebody asks for it, and nobody can tell: whatever is asked of a stream that shows a
// recording is answered as by one that the same recording has been placed in, fragment by fragment.
import { expect, it } from 'vitest';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import type { Bytes } from '../support/mkv.ts';
import { putMedia } from '../support/putMedia.ts';
import { recording } from '../support/simpleMedia.ts';
import { ask, authorization } from '../support/tour.ts';

const NOW = Date.parse('2030-01-02T00:00:00.000Z');
const MINUTE = 60_000;
const LOOPS = 4;
const CAM = { StreamName: 'cam' };

const REPEATED = { ago: '10m', loop: LOOPS } as const;
type When = typeof REPEATED | { readonly ago: string; readonly until: 'now' };

async function placed(file: Bytes, when: When = REPEATED): Promise<TestEmulator> {
  const emulator = await startEmulator({ clock: 'frozen', startTime: NOW });
  await ask(emulator, '/createStream', { ...CAM, DataRetentionInHours: 1 });
  await emulator.streams.place('cam', file, when);
  return emulator;
}
async function shown(file: Bytes, when: When = REPEATED): Promise<TestEmulator> {
  const data = Buffer.from(file).toString('base64');
  const media = [{ data, ...when }];
  const seed = { streams: [{ name: 'cam', retention: '1h', media }] };
  return startEmulator({ clock: 'frozen', startTime: NOW, seed });
}

interface Listed {
  readonly FragmentNumber: string;
}

/** Everything that can be seen of the stream, with fragments called by their order and not by their numbers. */
class Look {
  readonly emulator: TestEmulator;
  numbers: string[] = [];

  constructor(emulator: TestEmulator) {
    this.emulator = emulator;
  }

  async learn(): Promise<void> {
    this.numbers = [];
    let after: string | undefined;
    do {
      const { fragments, next } = await this.emulator.streams.fragments('cam', {
        limit: 7,
        ...(after ? { after } : {}),
      });
      this.numbers.push(...fragments.map(({ number }) => number));
      after = next ?? undefined;
    } while (after !== undefined);
    expect([...this.numbers].sort()).toEqual(this.numbers);
  }

  plain(text: string): string {
    const ordinals = this.numbers.reduce((known, number, at) => known.replaceAll(number, `#${at}`), text);
    return ordinals
      .replaceAll(/SessionToken=[^&"\s<]+/g, 'SessionToken=X')
      .replaceAll(/mfhd[\s\S]{8}/g, 'mfhd')
      .replaceAll(/\d{47}/g, 'another')
      .replaceAll(`:${this.emulator.port}`, '');
  }

  async call(path: string, input: object): Promise<string> {
    const { status, text } = await ask(this.emulator, path, { ...CAM, ...input });
    return `${status} ${this.plain(text)}`;
  }

  async bytes(path: string, input: object): Promise<string> {
    const headers = { 'content-type': 'application/json', authorization: authorization() };
    const body = JSON.stringify({ ...CAM, ...input });
    const response = await fetch(this.emulator.url + path, { method: 'POST', headers, body });
    return `${response.status} ${this.plain(Buffer.from(await response.arrayBuffer()).toString('latin1'))}`;
  }

  async get(url: string): Promise<string> {
    const response = await fetch(url);
    return `${response.status} ${this.plain(Buffer.from(await response.arrayBuffer()).toString('latin1'))}`;
  }

  /** GetMedia, up to the end of the last fragment there is. */
  async media(selector: object): Promise<string> {
    const leave = new AbortController();
    const headers = { 'content-type': 'application/json', authorization: authorization() };
    const body = JSON.stringify({ ...CAM, StartSelector: selector });
    const { url } = this.emulator;
    const response = await fetch(`${url}/getMedia`, { method: 'POST', headers, body, signal: leave.signal });
    // That of the last fragment stands behind its bytes; its number alone stands in front of them, too.
    const tail = new RegExp(`AWS_KINESISVIDEO_CONTINUATION_TOKEN[\\s\\S]{0,8}${this.numbers.at(-1)}`);
    let text = '';
    try {
      for await (const piece of response.body ?? []) {
        text += Buffer.from(piece).toString('latin1');
        if (tail.test(text.slice(-100_000))) break;
      }
    } finally {
      leave.abort();
    }
    return this.plain(text);
  }

  async pages(axis: string, from: number, to: number): Promise<string[]> {
    const range = { StartTimestamp: from / 1000, EndTimestamp: to / 1000 };
    const first = { MaxResults: 3, FragmentSelector: { FragmentSelectorType: axis, TimestampRange: range } };
    const pages: string[] = [];
    let input: object = first;
    for (;;) {
      const { text } = await ask(this.emulator, '/listFragments', { ...CAM, ...input });
      const { Fragments, NextToken } = JSON.parse(text);
      // Within a page they come in no order.
      const inOrder = Fragments.toSorted((a: Listed, b: Listed) => (a.FragmentNumber < b.FragmentNumber ? -1 : 1));
      pages.push(this.plain(JSON.stringify(inOrder)));
      if (NextToken === null || NextToken === undefined) return pages;
      input = { ...first, NextToken };
    }
  }

  async inside(): Promise<unknown[]> {
    const { streams } = this.emulator;
    // Numbers of requests, and the readers of this test that may still be on their way out.
    const { lastAck: _, dataKeys: __, connections: ___, readers: ____, ...details } = streams.get('cam');
    const producer = await streams.fragments('cam', { axis: 'producer', limit: 1000 });
    const some = await streams.fragments('cam', { from: NOW - 9.95 * MINUTE, to: NOW - 9.9 * MINUTE });
    const document = await streams.fragment('cam', this.numbers[1] ?? '').catch(String);
    return [
      details,
      ...[producer, some].map((one) => this.plain(JSON.stringify(one))),
      this.plain(Buffer.from(document).toString('latin1')),
    ];
  }

  async lists(): Promise<unknown[]> {
    return [
      await this.pages('SERVER_TIMESTAMP', 0, NOW),
      await this.pages('PRODUCER_TIMESTAMP', 0, NOW),
      await this.pages('PRODUCER_TIMESTAMP', NOW - 10 * MINUTE + 3000, NOW - 10 * MINUTE + 9000),
      await this.pages('SERVER_TIMESTAMP', NOW - MINUTE, NOW),
    ];
  }

  async played(): Promise<unknown[]> {
    const seen: unknown[] = [];
    const range = { StartTimestamp: NOW / 1000 - 600, EndTimestamp: NOW / 1000 };
    for (const type of ['SERVER_TIMESTAMP', 'PRODUCER_TIMESTAMP']) {
      const selector = { FragmentSelectorType: type, TimestampRange: range };
      for (const ContainerFormat of ['FRAGMENTED_MP4', 'MPEG_TS']) {
        const asked = { PlaybackMode: 'ON_DEMAND', ContainerFormat, HLSFragmentSelector: selector };
        const { text } = await ask(this.emulator, '/getHLSStreamingSessionURL', { ...CAM, ...asked });
        const master = JSON.parse(text).HLSStreamingSessionURL;
        // Of H.265 there is no MPEG-TS.
        if (master === undefined) {
          seen.push(text);
          continue;
        }
        const first = await (await fetch(master)).text();
        const lists = first.split('\n').filter((line) => /^\w/.test(line));
        const list = new URL(lists[0] ?? '', master).href;
        const playlist = await (await fetch(list)).text();
        seen.push(this.plain(first), this.plain(playlist));
        const urls = playlist.split('\n').filter((line) => /^\w/.test(line));
        expect(urls.length).toBeGreaterThan(3);
        for (const url of [urls[0], urls.at(-1)]) seen.push(await this.get(new URL(url ?? '', list).href));
      }
      const asked = {
        PlaybackMode: 'LIVE_REPLAY',
        DASHFragmentSelector: { ...selector, TimestampRange: { StartTimestamp: range.StartTimestamp } },
      };
      const { text } = await ask(this.emulator, '/getDASHStreamingSessionURL', { ...CAM, ...asked });
      seen.push(await this.get(JSON.parse(text).DASHStreamingSessionURL));
      const clip = { FragmentSelectorType: type, TimestampRange: { ...range, EndTimestamp: NOW / 1000 - 590 } };
      seen.push(await this.bytes('/getClip', { ClipFragmentSelector: clip }));
      const few = { StartTimestamp: range.StartTimestamp, EndTimestamp: NOW / 1000 - 595, SamplingInterval: 2000 };
      seen.push(await this.call('/getImages', { ImageSelectorType: type, Format: 'JPEG', ...few }));
    }
    return seen;
  }

  async read(): Promise<unknown[]> {
    const at = (time: number) => ({ StartTimestamp: time / 1000 });
    const [first = '', second = ''] = this.numbers;
    return [
      await this.media({ StartSelectorType: 'EARLIEST' }),
      await this.media({ StartSelectorType: 'FRAGMENT_NUMBER', AfterFragmentNumber: first }),
      await this.media({ StartSelectorType: 'CONTINUATION_TOKEN', ContinuationToken: second }),
      await this.media({ StartSelectorType: 'SERVER_TIMESTAMP', ...at(NOW - 10 * MINUTE + 2500) }),
      await this.media({ StartSelectorType: 'PRODUCER_TIMESTAMP', ...at(NOW - 10 * MINUTE + 2500) }),
      await this.bytes('/getMediaForFragmentList', { Fragments: [this.numbers.at(-1), first, second] }),
      await this.bytes('/getMediaForFragmentList', { Fragments: ['9'.repeat(47)] }),
    ];
  }
}

it.each([
  ['with sound', fixture('h264-aac-gop1s.mkv')],
  ['of H.265', fixture('h265-aac-gop1s.mkv')],
  ['with tags in front of its first fragment', fixture('gst-streamable.mkv')],
])('a recording %s is what it would be if each fragment of it had come', async (_what, file) => {
  const both = [new Look(await placed(file)), new Look(await shown(file))] as const;
  const same = async (what: string, see: (look: Look) => Promise<unknown>): Promise<void> => {
    const [before, now] = [await see(both[0]), await see(both[1])];
    expect(now, what).toEqual(before);
  };
  for (const look of both) await look.learn();
  expect(both[1].numbers.length).toBe(both[0].numbers.length);
  expect(both[1].numbers.length).toBeGreaterThan(LOOPS);
  await same('from within', (look) => look.inside());
  await same('listed', (look) => look.lists());
  await same('read', (look) => look.read());
  await same('played', (look) => look.played());
  await same('with the key disabled', async ({ emulator, numbers, ...look }) => {
    const one = new Look(emulator);
    one.numbers = numbers;
    const selector = {
      FragmentSelectorType: 'SERVER_TIMESTAMP',
      TimestampRange: { StartTimestamp: NOW / 1000 - 600, EndTimestamp: NOW / 1000 - 590 },
    };
    // The rest of a session that was open before is refused too.
    const begun = { PlaybackMode: 'ON_DEMAND', HLSFragmentSelector: selector };
    const { text } = await ask(emulator, '/getHLSStreamingSessionURL', { ...CAM, ...begun });
    const open = JSON.parse(text).HLSStreamingSessionURL;
    emulator.keys.change('alias/aws/kinesisvideo', { state: 'Disabled' });
    const refused = [
      await one.bytes('/getMediaForFragmentList', { Fragments: [numbers[0]] }),
      await one.bytes('/getMedia', { StartSelector: { StartSelectorType: 'EARLIEST' } }),
      await one.call('/getHLSStreamingSessionURL', {
        PlaybackMode: 'ON_DEMAND',
        HLSFragmentSelector: {
          FragmentSelectorType: 'SERVER_TIMESTAMP',
          TimestampRange: { StartTimestamp: NOW / 1000 - 600, EndTimestamp: NOW / 1000 },
        },
      }),
      await one.call('/getDASHStreamingSessionURL', { PlaybackMode: 'ON_DEMAND', DASHFragmentSelector: selector }),
      await one.bytes('/getClip', { ClipFragmentSelector: selector }),
      await (await fetch(open)).text(),
      await emulator.streams.fragment('cam', numbers[0] ?? '').catch((error) => error.message),
    ];
    for (const one of refused) expect(one).toMatch(/KMS|key/);
    emulator.keys.change('alias/aws/kinesisvideo', { state: 'Enabled' });
    return [refused, Object.keys(look)];
  });
  await same('behind it, what comes', async (look) => {
    await putMedia({ url: look.emulator.url, streamName: 'cam', producerStart: String(NOW / 1000) }, recording(2));
    await look.learn();
    const last = look.numbers.at(-3) ?? '';
    return [await look.lists(), await look.media({ StartSelectorType: 'FRAGMENT_NUMBER', AfterFragmentNumber: last })];
  });
  await same('when a part has expired', async (look) => {
    await look.emulator.clock.advance(50 * 60 + 12);
    const gone = look.numbers[0] ?? '';
    await look.learn();
    expect(look.numbers).not.toContain(gone);
    return [
      await look.inside(),
      await look.lists(),
      await look.bytes('/getMediaForFragmentList', { Fragments: [gone] }),
      await look.media({ StartSelectorType: 'FRAGMENT_NUMBER', AfterFragmentNumber: gone }),
    ];
  });
  await same('with a longer retention', async (look) => {
    const { text } = await ask(look.emulator, '/describeStream', CAM);
    const { Version } = JSON.parse(text).StreamInfo;
    const change = { CurrentVersion: Version, Operation: 'INCREASE_DATA_RETENTION', DataRetentionChangeInHours: 2 };
    await ask(look.emulator, '/updateDataRetention', { ...CAM, ...change });
    return look.inside();
  });
  await same('when all has expired', async (look) => {
    await look.emulator.clock.advance('5h');
    return [
      look.emulator.streams.get('cam').fragments,
      look.emulator.streams.get('cam').bytesHeld,
      await look.call('/listFragments', {}),
    ];
  });
  await same('when the stream has been deleted and made again', async (look) => {
    await ask(look.emulator, '/deleteStream', { StreamARN: look.emulator.streams.get('cam').arn });
    await ask(look.emulator, '/createStream', { ...CAM, DataRetentionInHours: 1 });
    return look.emulator.streams.get('cam').fragments;
  });
});

it('a recording that goes on until now is live', async () => {
  const file = fixture('h264-aac-gop1s.mkv');
  const when = { ago: '5m', until: 'now' } as const;
  const both = [new Look(await placed(file, when)), new Look(await shown(file, when))] as const;
  const seen: string[][] = [];
  for (const look of both) {
    await look.learn();
    const { text } = await ask(look.emulator, '/getHLSStreamingSessionURL', { ...CAM, PlaybackMode: 'LIVE' });
    const master = JSON.parse(text).HLSStreamingSessionURL;
    const first = await (await fetch(master)).text();
    const list = new URL(first.split('\n').find((line) => /^\w/.test(line)) ?? '', master).href;
    const before = await look.get(list);
    await look.emulator.clock.advance(5);
    const manifest = await ask(look.emulator, '/getDASHStreamingSessionURL', { ...CAM, PlaybackMode: 'LIVE' });
    seen.push([before, await look.get(list), await look.get(JSON.parse(manifest.text).DASHStreamingSessionURL)]);
  }
  expect(seen[1]?.[0]).toMatch(/getMP4MediaFragment/);
  expect(seen[1]).toEqual(seen[0]);
});
