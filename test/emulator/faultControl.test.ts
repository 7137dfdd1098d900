import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ControlError, type GivenFault } from '../../src/index.ts';
import { startEmulator } from '../support/emulator.ts';

/** What is refused, the path that is told, and a word of the sentence. */
const SENSELESS: readonly (readonly [given: unknown, path: string | undefined, about: RegExp])[] = [
  [{}, '/effect', /missing/],
  [{ effect: {} }, '/effect', /does nothing/],
  [{ effect: { status: 503 }, when: 1 }, '/when', /knows no "when"/],
  [{ effect: { stauts: 503 } }, '/effect/stauts', /"effect" knows no "stauts"\. Did you mean "status"\?/],
  [
    { match: { operatoin: 'x' }, effect: { status: 503 } },
    '/match/operatoin',
    /"match" knows no "operatoin"\. Did you mean "operation"\?/,
  ],
  [{ id: 'a b', effect: { status: 503 } }, '/id', /cannot be/],
  [{ id: 'sets', effect: { status: 503 } }, '/id', /no id/],
  // What it is about.
  [{ match: { operation: 'PutMeda' }, effect: { status: 503 } }, '/match/operation', /no operation/],
  [{ match: { operation: ['PutMedia', 'putmedia'] }, effect: { status: 503 } }, '/match/operation/1', /no operation/],
  [{ match: { operation: [] }, effect: { status: 503 } }, '/match/operation', /cannot be/],
  [{ match: { stream: 'a', channel: 'b' }, effect: { status: 503 } }, '/match/channel', /not both/],
  [{ match: { operation: 'ListStreams', stream: 'a' }, effect: { status: 503 } }, '/match/stream', /names no stream/],
  [{ match: { operation: 'PutMedia', channel: 'a' }, effect: { status: 503 } }, '/match/channel', /names no channel/],
  [{ match: { account: '12' }, effect: { status: 503 } }, '/match/account', /12 digits/],
  [{ match: { nth: 0 }, effect: { status: 503 } }, '/match/nth', /cannot be/],
  [{ match: { nth: [1, 'x'] }, effect: { status: 503 } }, '/match/nth/1', /cannot be/],
  [{ match: { nth: [] }, effect: { status: 503 } }, '/match/nth', /cannot be/],
  [{ match: { times: 1.5 }, effect: { status: 503 } }, '/match/times', /cannot be/],
  [{ match: { probability: 0 }, effect: { status: 503 } }, '/match/probability', /cannot be/],
  [{ match: { probability: 1.1 }, effect: { status: 503 } }, '/match/probability', /cannot be/],
  [{ match: { from: 'soon' }, effect: { status: 503 } }, '/match/from', /cannot be/],
  [
    { match: { from: '2030-01-02T00:00:00Z', until: '2030-01-01T00:00:00Z' }, effect: { status: 503 } },
    '/match/until',
    /not behind/,
  ],
  // Where in a call.
  [{ match: { fragment: 3 }, effect: { status: 503 } }, '/match/fragment', /says nothing to "status"/],
  [{ match: { afterBytes: 3 }, effect: { latency: 1 } }, '/match/afterBytes', /says nothing to "latency"/],
  [{ match: { direction: 'up' }, effect: { ack: 5000 } }, '/match/direction', /says nothing to "ack"/],
  [{ match: { operation: 'GetClip', fragment: 2 }, effect: { reset: true } }, '/match/fragment', /no fragments/],
  [
    { match: { operation: 'PutMedia', fragment: 2, direction: 'down' }, effect: { reset: true } },
    '/match/direction',
    /other way/,
  ],
  [
    { match: { operation: 'CreateStream', afterBytes: 5, direction: 'up' }, effect: { reset: true } },
    '/match/afterBytes',
    /read whole/,
  ],
  [{ match: { operation: 'ConnectAsMaster', afterBytes: 5 }, effect: { reset: true } }, '/match/afterBytes', /no body/],
  [
    { match: { operation: 'ListStreams', direction: 'up' }, effect: { bandwidth: '1mbit' } },
    '/match/direction',
    /read whole/,
  ],
  [{ match: { operation: 'GetMedia' }, effect: { truncate: true } }, '/effect/truncate', /needs a place/],
  // What becomes of it.
  [{ match: { operation: 'ListStreams' }, effect: { ack: 5000 } }, '/effect/ack', /acknowledges nothing/],
  [{ match: { operation: 'control' }, effect: { ack: 5000 } }, '/effect/ack', /No operation/],
  [{ effect: { ack: 4242 } }, '/effect/ack', /no ERROR/],
  [{ effect: { ack: 'NO_SUCH_ERROR' } }, '/effect/ack', /no ERROR/],
  [{ effect: { error: 'TeapotException' } }, '/effect/status', /none of the service/],
  [{ effect: { status: 200 } }, '/effect/status', /cannot be/],
  [{ effect: { message: 'x' } }, '/effect/message', /not there/],
  [{ effect: { error: 'InternalFailure', message: 'a\r\nb' } }, '/effect/message', /cannot be/],
  [{ effect: { jitter: '5ms' } }, '/effect/jitter', /not there/],
  [{ effect: { latency: '5ms', jitter: '6ms' } }, '/effect/jitter', /longer/],
  [{ effect: { latency: 0 } }, '/effect/latency', /cannot be/],
  [{ effect: { stall: '2d' } }, '/effect/stall', /cannot be/],
  [{ effect: { bandwidth: 'fast' } }, '/effect/bandwidth', /cannot be/],
  [{ effect: { bandwidth: '0kbit' } }, '/effect/bandwidth', /cannot be/],
  [{ effect: { reset: false } }, '/effect/reset', /true or not said/],
  [{ effect: { reset: true, close: true } }, '/effect/reset', /both/],
  [{ effect: { status: 503, ack: 5000 } }, '/effect/status', /both/],
  [{ effect: { acks: ['PERSISTED'] } }, '/effect/acks', /not there/],
  [{ effect: { ackDrop: true, acks: ['LOST'] } }, '/effect/acks/0', /cannot be/],
  [{ effect: { ackDrop: true, ackDelay: '1s' } }, '/effect/ackDrop', /never sent/],
  [{ effect: { status: 503, ackDrop: true } }, '/effect/ackDrop', /nothing left/],
  [{ effect: { endpoint: 'there' } }, '/effect/endpoint', /cannot be/],
  [{ match: { operation: 'ListStreams' }, effect: { endpoint: 'gone' } }, '/effect/endpoint', /no endpoint/],
  [{ match: { operation: 'GetMedia' }, effect: { listDelay: '3s' } }, '/effect/listDelay', /neither/],
  [{ match: { operation: 'PutMedia' }, effect: { drop: true } }, '/effect/drop', /no message/],
  [{ match: { operation: 'SDP_OFFER' }, effect: { reset: true } }, '/effect/reset', /is a message/],
  [{ match: { operation: 'SDP_OFFER' }, effect: { drop: true, duplicate: true } }, '/effect/duplicate', /nothing left/],
  [{ match: { operation: 'ListStreams' }, effect: { refuse: 403 } }, '/effect/refuse', /neither/],
  [{ effect: { reorder: 0 } }, '/effect/reorder', /cannot be/],
  ['outage', undefined, /no object/],
];

describe('a rule that makes no sense', () => {
  it('is refused with the path of the member, alone or in a list, and changes nothing', async () => {
    const { faults } = await startEmulator();
    const kept = faults.add({ id: 'kept', effect: { status: 503 } });
    const refusal = (act: () => unknown): ControlError => {
      try {
        act();
      } catch (error) {
        if (error instanceof ControlError) return error;
        throw error;
      }
      throw new Error('it was taken');
    };
    for (const [given, path, about] of SENSELESS) {
      const what = JSON.stringify(given);
      const alone = refusal(() => faults.add(given as GivenFault));
      expect([alone.path, alone.message, alone.hint], what).toEqual([
        path,
        expect.stringMatching(about),
        expect.any(String),
      ]);
      const listed = refusal(() => faults.replace([{ effect: { reset: true } }, given as GivenFault]));
      expect(listed.path, what).toBe(`/1${path ?? ''}`);
    }
    expect(faults.list()).toEqual(kept);
  });

  it('is refused over HTTP with the path in the body', async () => {
    const { url } = await startEmulator();
    const post = async (method: string, path: string, body: unknown) => {
      const answer = await fetch(`${url}/_kvs${path}`, { method, body: JSON.stringify(body) });
      return [answer.status, ((await answer.json()) as { path?: string }).path];
    };
    const bad = { match: { nth: 'x' }, effect: { status: 503 } };
    expect(await post('POST', '/faults', bad)).toEqual([400, '/match/nth']);
    expect(await post('POST', '/faults', [bad])).toEqual([400, '/0/match/nth']);
    expect(await post('PUT', '/faults', { faults: [bad] })).toEqual([400, '/faults/0/match/nth']);
    expect(await post('POST', '/faults', { id: 'a', effect: { status: 503 } })).toEqual([200, undefined]);
    expect(await post('POST', '/faults', { id: 'a', effect: { status: 503 } })).toEqual([409, '/id']);
    expect(await post('POST', '/faults/sets/outage', { nth: 'x' })).toEqual([400, '/nth']);
    expect(await post('POST', '/faults/sets/outage', { operation: 'CreateStream' })).toEqual([400, '/operation']);
    expect(await post('POST', '/faults/sets/none', {})).toEqual([404, undefined]);
    expect(await post('POST', '/faults?accuont=1', { effect: { status: 503 } })).toEqual([400, undefined]);
    expect(await post('POST', '/faults/sets/outage?set=1', {})).toEqual([400, undefined]);
    expect((await fetch(`${url}/_kvs/faults/a?x=1`)).status).toBe(400);
    expect((await fetch(`${url}/_kvs/faults/none`, { method: 'DELETE' })).status).toBe(404);
  });
});

describe('rules', () => {
  it('are told as they were given, and what is told can be given back', async () => {
    const { faults, url } = await startEmulator();
    const given = {
      match: { operation: ['media', 'GetClip'], stream: 'door*', nth: 2 },
      effect: { bandwidth: '1mbit' },
    };
    faults.add([given, { id: 'mine', effect: { status: 503 } }]);
    expect(faults.list()).toEqual([
      { id: 'fault-1', ...given, fired: 0, lastFiredAt: null, lastRequests: [] },
      { id: 'mine', match: {}, effect: { status: 503 }, fired: 0, lastFiredAt: null, lastRequests: [] },
    ]);
    const body = await (await fetch(`${url}/_kvs/faults`)).text();
    expect((await fetch(`${url}/_kvs/faults`, { method: 'PUT', body })).status).toBe(200);
    expect(`${JSON.stringify({ faults: faults.list() })}\n`).toBe(body);
  });

  it('say how often they have fired, when last and on which requests, in the journal and the log, too', async () => {
    const lines: string[] = [];
    const log = { logLevel: 'info', log: (line: string) => void lines.push(line) } as const;
    const emulator = await startEmulator({ clock: 'frozen', startTime: '2030-01-01T00:00:00Z', ...log });
    emulator.faults.add({ id: 'busy', match: { operation: 'ListStreams', times: 12 }, effect: { status: 503 } });
    const statuses: number[] = [];
    for (let i = 0; i < 13; i++) {
      statuses.push((await fetch(`${emulator.url}/listStreams`, { method: 'POST', body: '{}' })).status);
    }
    expect(statuses).toEqual([...new Array(12).fill(503), 200]);
    const met = emulator.requests.list().filter(({ faults }) => faults[0] === 'busy');
    expect(met).toHaveLength(12);
    expect(lines.filter((line) => line.includes('status=503') && line.includes('faults=busy'))).toHaveLength(12);
    expect(emulator.faults.get('busy')).toMatchObject({
      fired: 12,
      lastFiredAt: '2030-01-01T00:00:00.000Z',
      lastRequests: met.slice(2).map(({ requestId }) => requestId),
    });
  });

  it('that have never fired are named when the emulator stops', async () => {
    const lines: string[] = [];
    const emulator = await startEmulator({ logLevel: 'warn', log: (line) => void lines.push(line) });
    emulator.faults.add([
      { id: 'idle', match: { operation: 'ListStreams', stream: undefined }, effect: { status: 503 } },
      { id: 'used', match: { operation: 'ListSignalingChannels' }, effect: { status: 503 } },
    ]);
    await fetch(`${emulator.url}/listSignalingChannels`, { method: 'POST', body: '{}' });
    await emulator.stop();
    const named = lines.filter((line) => line.includes('never fired'));
    expect(named).toHaveLength(1);
    expect(named[0]).toContain('idle');
  });

  it('are a thousand at most', async () => {
    const { faults } = await startEmulator();
    const rule = { effect: { status: 503 } };
    expect(faults.add(new Array(1000).fill(rule)).at(-1)?.id).toBe('fault-1000');
    expect(() => faults.add(rule)).toThrow('1000 is the most');
  });

  it('of a file are there from the start and after a reset, or the emulator does not start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'faults-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = (name: string, content: unknown): string => {
      writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
      return join(folder, name);
    };
    const rules = { faults: [{ id: 'first', effect: { status: 503 } }] };
    const { faults, reset } = await startEmulator({ faults: file('rules.json', rules) });
    faults.clear();
    faults.add({ id: 'later', effect: { status: 503 } });
    await reset();
    expect(faults.list().map(({ id, fired }) => [id, fired])).toEqual([['first', 0]]);
    const bad = startEmulator({ faults: file('bad.json', [{ effect: { status: 200 } }]) });
    await expect(bad).rejects.toThrow(/bad\.json cannot be had at \/0\/effect\/status: 200 cannot be "status"/);
    await expect(startEmulator({ faults: file('no.json', '[') })).rejects.toThrow(/no\.json cannot be had: .*JSON/);
    await expect(startEmulator({ faults: join(folder, 'none') })).rejects.toThrow(/none cannot be had: ENOENT/);
  });

  it('go with a reset', async () => {
    const { faults, reset } = await startEmulator();
    faults.add([{ effect: { status: 503 } }, { match: { account: '111111111111' }, effect: { status: 503 } }]);
    await reset({ account: '111111111111' });
    expect(faults.list().map(({ id }) => id)).toEqual(['fault-1']);
    await reset();
    expect(faults.list()).toEqual([]);
  });
});

describe('a set of rules', () => {
  it.each(['outage', 'flaky-uplink', 'expired-credentials', 'slow-consumer', 'hot-shard'])(
    '%s is added, narrowed, told apart from others and taken back',
    async (name) => {
      const { faults } = await startEmulator();
      faults.add({ id: 'mine', effect: { latency: '1ms' } });
      const rules = faults.addSet(name);
      const set = faults.sets().find((one) => one.name === name);
      expect(rules.map(({ match, effect }) => ({ match, effect }))).toEqual(set?.faults);
      expect(rules.map(({ id }) => id)).toEqual(rules.map((_, index) => `${name}-${index + 1}`));
      const narrowed = faults.addSet(name, { stream: 'door*', times: 3 });
      for (const { match } of narrowed) expect(match).toMatchObject({ stream: 'door*', times: 3 });
      expect(faults.list({ set: name })).toHaveLength(rules.length + narrowed.length);
      expect(faults.clear({ set: name })).toEqual({ faults: rules.length + narrowed.length });
      expect(faults.list().map(({ id }) => id)).toEqual(['mine']);
    },
  );

  it('is narrowed to an operation by what it has for it', async () => {
    const { faults } = await startEmulator();
    expect(faults.addSet('outage', { operation: 'GetClip' }).map(({ match, effect }) => [match, effect])).toEqual([
      [{ operation: ['GetClip'] }, { status: 503 }],
    ]);
    expect(faults.addSet('outage', { operation: 'media' })[0]?.match.operation).toEqual(
      expect.arrayContaining(['PutMedia', 'GetMedia']),
    );
  });
});
