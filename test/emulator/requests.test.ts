import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Journal, type JournalEntry, noteAck, noteWarning } from '../../src/domain/journal/journal.ts';
import { ControlError } from '../../src/emulator/controlError.ts';
import { requestsControl } from '../../src/emulator/requestsControl.ts';
import type { RequestEntry } from '../../src/index.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { entry } from '../support/journalEntry.ts';
import { openPut, putMedia } from '../support/putMedia.ts';
import { ask } from '../support/tour.ts';

const START = '2030-01-01T00:00:00.000Z';
const start = () => startEmulator({ clock: 'frozen', startTime: START });
interface Page {
  readonly requests: readonly RequestEntry[];
  readonly next: string | null;
  readonly dropped: number;
}
const get = async ({ url }: TestEmulator, query = '') => {
  const response = await fetch(`${url}/_kvs/requests${query}`);
  return { status: response.status, body: (await response.json()) as Page & { error: string; hint: string } };
};
const names = (entries: readonly RequestEntry[]) => entries.map(({ operation }) => operation);

describe('an entry of the journal', () => {
  it('tells of an upload all that is known, the same on both faces', async () => {
    const emulator = await start();
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    const file = fixture('h264-gop2s.mkv');
    await putMedia({ url: emulator.url, producerStart: String(Date.parse(START) / 1000) }, file);
    const [entry] = emulator.requests.list({ operation: 'PutMedia' });
    const { acks = [], warnings, ...rest } = entry ?? {};
    expect(rest).toEqual({
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      time: START,
      method: 'POST',
      path: '/putMedia',
      operation: 'PutMedia',
      stream: 'cam',
      channel: null,
      account: '000000000000',
      region: 'us-east-1',
      principal: null,
      status: 200,
      error: null,
      access: null,
      ms: expect.any(Number),
      bytesIn: file.length,
      bytesOut: acks.reduce((total, ack) => total + JSON.stringify(ack).length + 1, 0),
      throttled: null,
      faults: [],
      delivered: [],
    });
    expect(acks.map(({ EventType }) => EventType)).toContain('PERSISTED');
    expect(warnings).toContainEqual({ difference: 'noDataEndpoint', text: expect.any(String) });
    expect((await get(emulator, '?operation=PutMedia')).body.requests).toEqual([entry]);
  });

  it('says which channel it was about, and is found by that', async () => {
    const emulator = await start();
    await ask(emulator, '/createSignalingChannel', { ChannelName: 'door' });
    await ask(emulator, '/createStream', { StreamName: 'door' });
    expect((await get(emulator, '?channel=door')).body.requests).toMatchObject([{ channel: 'door', stream: null }]);
    expect((await get(emulator, '?stream=door')).body.requests).toMatchObject([{ channel: null, stream: 'door' }]);
  });

  it('has the status of an answer that goes on, and what it took when that is over', async () => {
    const emulator = await start();
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    const producer = openPut({ url: emulator.url });
    await producer.send(fixture('h264-gop2s.mkv').subarray(0, 20_000));
    await producer.next();
    expect(emulator.requests.list({ operation: 'PutMedia' })).toMatchObject([{ status: 200, ms: null, bytesIn: null }]);
    await emulator.clock.advance('1m');
    await producer.rest();
    const told = () => emulator.requests.list({ operation: 'PutMedia' })[0];
    while (told()?.ms === null) await eventLoopTurn();
    expect(told()).toMatchObject({ status: 200, ms: expect.any(Number), bytesIn: 20_000 });
  });
});

describe('the filters', () => {
  it.each([
    ['?status=abc', '"abc" cannot be "status".'],
    ['?status=1e3', '"1e3" cannot be "status".'],
    ['?since=soon', '"soon" cannot be "since".'],
    ['?since=1700000000', '1700000000 cannot be "since".'],
    ['?limit=0', '0 cannot be "limit".'],
    ['?limit=1001', '1001 cannot be "limit".'],
    ['?account=1', '"1" is no account: accounts are 12 digits.'],
    ['?count=3', '"count" says how many to wait for, and goes with "wait".'],
    ['?wait=2h', '"2h" cannot be "wait".'],
    ['?stream=a&stream=b', 'The stream is said twice.'],
    ['?__proto__=1', 'The journal knows no "__proto__".'],
  ])('refuse %s', async (query, error) => {
    const { status, body } = await get(await start(), query);
    expect({ status, ...body }).toEqual({ status: 400, error, hint: expect.any(String) });
  });

  it('are held to in the library too', async () => {
    const { requests } = await start();
    expect(() => requests.list({ status: 'abc' } as never)).toThrow(ControlError);
    expect(() => requests.list({ colour: 'red' } as never)).toThrow('The journal knows no "colour".');
    await expect(requests.waitFor({}, { count: 0 })).rejects.toThrow('0 cannot be "count".');
  });

  it('find what is of an account or a region', async () => {
    const emulator = await start();
    await ask(emulator, '/listStreams', {}, { account: '111122223333', region: 'eu-west-1' });
    await ask(emulator, '/listStreams', {});
    expect((await get(emulator, '?account=111122223333')).body.requests).toHaveLength(1);
    expect((await get(emulator, '?region=us-east-1')).body.requests).toHaveLength(1);
    expect(emulator.requests.list({ account: '000000000000', region: 'eu-west-1' })).toEqual([]);
  });
});

describe('pages', () => {
  it('follow each other by the last id seen', async () => {
    const emulator = await start();
    for (const path of ['/listStreams', '/createStream', '/listSignalingChannels']) await ask(emulator, path, {});
    const first = (await get(emulator, '?limit=2')).body;
    expect(names(first.requests)).toEqual(['ListStreams', 'CreateStream']);
    expect(first.next).toBe(first.requests[1]?.requestId);
    const second = (await get(emulator, `?limit=2&after=${first.next}`)).body;
    expect(names(second.requests)).toEqual(['ListSignalingChannels']);
    expect(second.next).toBeNull();
    expect(names((await get(emulator, `?after=${first.next}&operation=ListStreams`)).body.requests)).toEqual([]);
    expect(await emulator.requests.page({ limit: 1 })).toMatchObject({ next: first.requests[0]?.requestId });
  });

  it('begin with the oldest there is if the one that was seen has been forgotten, and say how many have', async () => {
    const journal = new Journal();
    const requests = requestsControl(journal, new AbortController().signal);
    for (let at = 0; at < 1500; at++) journal.add(entry(String(at)));
    const page = await requests.page({ after: '3', limit: 2 });
    expect(page.requests.map(({ requestId }) => requestId)).toEqual(['500', '501']);
    expect(page.dropped).toBe(500);
    requests.clear();
    expect(await requests.page()).toEqual({ requests: [], next: null, dropped: 0 });
  });

  it('are of a size that is written down in no time, however much there is', async () => {
    const journal = new Journal();
    const requests = requestsControl(journal, new AbortController().signal);
    for (let at = 0; at < 1000; at++) {
      const one = entry(String(at));
      journal.add(one);
      for (let ack = 0; ack < 100; ack++)
        noteAck(one, JSON.stringify({ EventType: 'PERSISTED', FragmentNumber: 'x'.repeat(50) }));
      for (let kind = 0; kind < 10; kind++) noteWarning(one, `kind ${kind}`, 'y'.repeat(1000));
    }
    const seen: string[] = [];
    let longest = 0;
    for (let after: string | undefined; ; ) {
      const page = await requests.page({ after });
      longest = Math.max(longest, JSON.stringify(page).length);
      seen.push(...page.requests.map(({ requestId }) => requestId));
      if (page.next === null) break;
      after = page.next;
    }
    const there = requests.list().map(({ requestId }) => requestId);
    expect(seen).toEqual(there);
    expect(there.length).toBeGreaterThan(500);
    expect(longest).toBeLessThan(400_000);
  });
});

describe('waiting', () => {
  it('over HTTP holds the answer until so many have been answered', async () => {
    const emulator = await start();
    await ask(emulator, '/listStreams', {});
    const held = get(emulator, '?operation=ListStreams&wait=10m&count=3');
    await ask(emulator, '/listStreams', {});
    await ask(emulator, '/createStream', { StreamName: 'cam' });
    await ask(emulator, '/listStreams', {});
    const { body } = await held;
    expect(names(body.requests)).toEqual(['ListStreams', 'ListStreams', 'ListStreams']);
    expect(body.requests.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('over HTTP ends with what there is when its time is over, and when the emulator stops', async () => {
    const emulator = await start();
    await ask(emulator, '/listStreams', {});
    expect((await get(emulator, '?wait=0s&count=2')).body.requests).toHaveLength(1);
    expect((await get(emulator, '?wait=10ms&count=2')).body.requests).toHaveLength(1);
    const held = get(emulator, '?wait=10m&count=2');
    // Another request over the same program's connections: the one that is held has been read by then.
    await get(emulator);
    await emulator.stop();
    expect((await held).body.requests).toHaveLength(1);
  });

  it('in the library resolves to those that match, those there already among them', async () => {
    const emulator = await start();
    await ask(emulator, '/createStream', { StreamName: 'cam' });
    const waited = emulator.requests.waitFor({ stream: 'cam' }, { count: 2, timeout: '10m' });
    await ask(emulator, '/describeStream', { StreamName: 'other' });
    await ask(emulator, '/describeStream', { StreamName: 'cam' });
    expect(await waited).toMatchObject([
      { operation: 'CreateStream', status: 200 },
      { operation: 'DescribeStream', stream: 'cam', status: 200 },
    ]);
  });

  it('in the library rejects when its time is over, and when the emulator stops', async () => {
    const emulator = await start();
    const late = emulator.requests.waitFor({ stream: 'cam' }, { timeout: '5ms' });
    await expect(late).rejects.toThrow('There were 0 of 1 requests like {"stream":"cam"} within 5 ms.');
    const waited = emulator.requests.waitFor({}, { timeout: '10m' });
    const rejected = expect(waited).rejects.toThrow('before the emulator stopped');
    await emulator.stop();
    await rejected;
  });

  it('counts what is answered late only if it comes behind what has been seen', async () => {
    const journal = new Journal();
    const requests = requestsControl(journal, new AbortController().signal);
    const [early, seen, late] = [entry('early'), entry('seen'), entry('late')];
    for (const one of [early, seen, late]) journal.add(one);
    let page: Page | undefined;
    void requests.page({ after: 'seen', wait: '10m' }).then((told) => {
      page = told;
    });
    answer(journal, early);
    await eventLoopTurn();
    expect(page).toBeUndefined();
    answer(journal, late);
    await eventLoopTurn();
    expect(page?.requests.map(({ requestId }) => requestId)).toEqual(['late']);
  });

  it('is for a hundred at once', async () => {
    const stopping = new AbortController();
    setMaxListeners(0, stopping.signal);
    const requests = requestsControl(new Journal(), stopping.signal);
    const waiting = Array.from({ length: 100 }, () => requests.page({ wait: '1h' }));
    await expect(requests.page({ wait: '1h' })).rejects.toMatchObject({ kind: 'busy' });
    stopping.abort();
    await Promise.all(waiting);
  });
});

function answer(journal: Journal, one: JournalEntry): void {
  one.status = 200;
  journal.changed(one);
}
