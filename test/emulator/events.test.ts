import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Events } from '../../src/domain/events/events.ts';
import { eventsControl } from '../../src/emulator/eventsControl.ts';
import type { EmulatorEvent } from '../../src/emulator/eventView.ts';
import { createEmulator } from '../../src/index.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { cluster, concat, simpleBlock } from '../support/mkv.ts';
import { putMedia } from '../support/putMedia.ts';
import { recording } from '../support/simpleMedia.ts';
import { ask } from '../support/tour.ts';

const START = '2030-01-01T00:00:00.000Z';
const SECONDS = String(Date.parse(START) / 1000);
const start = () => startEmulator({ clock: 'frozen', startTime: START });

async function take(events: AsyncIterable<EmulatorEvent>, count: number): Promise<EmulatorEvent[]> {
  const taken: EmulatorEvent[] = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
}

/** Reads server-sent events until so many have come. */
async function read({ url }: TestEmulator, query: string, count: number, headers: Record<string, string> = {}) {
  const gone = new AbortController();
  const response = await fetch(`${url}/_kvs/events${query}`, { headers, signal: gone.signal });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  let text = '';
  const decoder = new TextDecoder();
  const done = (async () => {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.split('\n\nid: ').length + text.split('\n\nevent: ').length - 2 >= count && text.endsWith('\n\n')) break;
    }
    return text;
  })();
  return { text: done, leave: () => gone.abort() };
}

const states = (events: readonly EmulatorEvent[]): string[] =>
  events.map(({ type, data }) => {
    if (type === 'fragment') return `${data.state} ${data.bytes > 0}`;
    return type === 'ack' ? data.ack.EventType : type;
  });

describe('events in the library', () => {
  it('tell what becomes of fragments, and which acknowledgements are sent, in the order in which that happens', async () => {
    const emulator = await start();
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    const follows = emulator.events.follow({ types: ['fragment', 'ack'], stream: 'cam' });
    await putMedia({ url: emulator.url, producerStart: SECONDS }, recording(2));
    await emulator.clock.advance('2h');
    const events = await take(follows, 14);
    expect(states(events).filter((state) => state.includes(' '))).toEqual([
      ...['begun false', 'received true', 'begun false', 'persisted true', 'received true', 'persisted true'],
      ...['expired true', 'expired true'],
    ]);
    expect(
      states(events)
        .filter((state) => !state.includes(' '))
        .sort(),
    ).toEqual(['BUFFERING', 'BUFFERING', 'PERSISTED', 'PERSISTED', 'RECEIVED', 'RECEIVED'].sort());
    const [first] = events;
    expect(first).toMatchObject({
      type: 'fragment',
      data: { time: START, stream: 'cam', account: '000000000000', region: 'us-east-1', state: 'begun' },
    });
    // When its time was over, and not when the clock stood still again.
    expect(events.at(-2)?.data).toMatchObject({ state: 'expired', time: '2030-01-01T01:00:00.000Z' });
    expect(events.at(-1)?.data).toMatchObject({ state: 'expired', time: '2030-01-01T01:00:00.001Z' });
  });

  it('tell of requests as the journal does, of the clock and of the log', async () => {
    const emulator = await startEmulator({ clock: 'frozen', startTime: START, logLevel: 'info', log: () => undefined });
    const follows = emulator.events.follow({ types: ['request', 'clock', 'log'] });
    await ask(emulator, '/describeStream', { StreamName: 'none' });
    await emulator.clock.advance('1h');
    const events = await take(follows, 3);
    const request = events.find(({ type }) => type === 'request');
    const [entry] = emulator.requests.list();
    expect(request?.data).toMatchObject({ requestId: entry?.requestId, status: 404, stream: 'none' });
    expect(events.find(({ type }) => type === 'clock')?.data).toMatchObject({ now: '2030-01-01T01:00:00.000Z' });
    expect(events.find(({ type }) => type === 'log')?.data).toMatchObject({
      level: 'info',
      text: expect.stringContaining('DescribeStream'),
    });
  });

  it('tell that a fragment was dropped which will never be whole', async () => {
    const emulator = await start();
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    const follows = emulator.events.follow({ types: ['fragment'] });
    // The second begins before the first.
    const broken = concat(recording(1), cluster({ timecode: 0 }, [simpleBlock({ key: true })]));
    await putMedia({ url: emulator.url, producerStart: SECONDS }, broken);
    const events = await take(follows, 5);
    expect(events.map(({ data }) => 'state' in data && data.state).sort()).toEqual(
      ['begun', 'begun', 'dropped', 'persisted', 'received'].sort(),
    );
  });

  it('end with the loop, with a signal and with the emulator', async () => {
    const emulator = await createEmulator({ logLevel: 'silent' });
    const gone = new AbortController();
    const withSignal = emulator.events.follow({}, gone.signal);
    const withEmulator = emulator.events.follow();
    gone.abort();
    expect(await withSignal.next()).toEqual({ done: true, value: undefined });
    await emulator.stop();
    expect((await take(withEmulator, 1)).length).toBeLessThanOrEqual(1);
  });

  it('are refused with a filter that makes no sense', async () => {
    const emulator = await start();
    const wrong = { types: ['nothing'] } as unknown as { types: [] };
    expect(() => emulator.events.follow(wrong)).toThrow(/cannot be "types"/);
  });
});

describe('one who reads slowly', () => {
  const follow = (after?: number) => {
    const events = new Events({ clock: { now: () => 0 } });
    const tell = (count: number): void => {
      for (let n = 0; n < count; n++) events.tell('fault', {}, () => ({ id: 'f', requestId: 'r' }));
    };
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const control = eventsControl(events, () => ({}) as never, signal);
    return { events, tell, control, reader: control.follow(after === undefined ? {} : { after }) };
  };

  it('has the first thousand, is told how many it has lost, and then what comes', async () => {
    const { tell, reader } = follow();
    tell(2500);
    const all = await take(reader, 1001);
    expect(all[999]).toMatchObject({ id: 1000, type: 'fault' });
    expect(all[1000]).toEqual({ id: null, type: 'lost', data: { count: 1500 } });
  });

  it('and has all that comes when it has caught up', async () => {
    const { tell, reader } = follow();
    tell(1001);
    const seen: (number | null)[] = [];
    for (let n = 0; n < 1001; n++) seen.push((await reader.next()).value?.id ?? null);
    tell(1);
    expect([seen.at(-1), (await reader.next()).value?.id]).toEqual([null, 1002]);
  });

  it('is told of what is not kept any more when it comes back', async () => {
    const { tell, control } = follow();
    tell(1500);
    const [lost, next] = await take(control.follow({ after: 100 }), 2);
    expect([lost, next?.id]).toEqual([{ id: null, type: 'lost', data: { count: 400 } }, 501]);
  });

  it('may not be one of more than a hundred', () => {
    const { control } = follow();
    for (let n = 1; n < 100; n++) control.follow();
    expect(() => control.follow()).toThrow('100 listen already');
  });
});

describe('GET /_kvs/events', () => {
  it('sends them with type, id and data, and resumes behind Last-Event-ID', async () => {
    const emulator = await start();
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    const first = await read(emulator, '?types=ack&stream=cam', 6);
    await putMedia({ url: emulator.url, producerStart: SECONDS }, recording(2));
    const text = await first.text;
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    expect(text).toContain('event: ack\ndata: {"time":"2030-01-01T00:00:00.000Z","stream":"cam"');
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    const last = ids[3] ?? 0;
    const again = await read(emulator, '?types=ack', 2, { 'last-event-id': String(last) });
    expect([...(await again.text).matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual(ids.slice(4));
  });

  it('refuses what makes no sense, and lets go of those who leave', async () => {
    const emulator = await start();
    const response = await fetch(`${emulator.url}/_kvs/events?types=fragment,nothing`);
    expect([response.status, ((await response.json()) as { hint: string }).hint]).toEqual([
      400,
      expect.stringContaining('"fragment"'),
    ]);
    // More than may listen at a time: each has a place once those before have been seen to leave.
    for (let n = 0; n < 110; n++) {
      const gone = new AbortController();
      const listen = async (): Promise<number> =>
        (await fetch(`${emulator.url}/_kvs/events`, { signal: gone.signal })).status;
      while ((await listen()) === 503) await eventLoopTurn();
      gone.abort();
    }
  });
});
