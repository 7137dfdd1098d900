import { describe, expect, it } from 'vitest';
import { type Difference, differences } from '../../src/protocol/differences.ts';
import { sha256Hex, signHeaders } from '../../src/protocol/sigv4/sign.ts';
import { startEmulator } from '../support/emulator.ts';

interface Sent {
  path: string;
  method?: string;
  body?: object;
  service?: string;
  /** Hours off the machine's clock. */
  signedAgo?: number;
  unsigned?: boolean;
  headers?: Record<string, string>;
}

function sign(url: string, method: string, body: string, how: { service: string | undefined; hoursAgo: number }) {
  const { host, pathname } = new URL(url);
  const { host: _, ...headers } = signHeaders(
    { method, path: pathname, headers: { host }, payloadHash: sha256Hex(body) },
    {
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      region: 'us-east-1',
      now: Date.now() - how.hoursAgo * 3_600_000,
      ...(how.service === undefined ? {} : { service: how.service }),
    },
  );
  return headers;
}

async function start(strict: boolean) {
  const log: string[] = [];
  const emulator = await startEmulator({ strict, logLevel: 'warn', log: (line) => log.push(line) });
  async function send({ path, method = 'POST', body = {}, service, signedAgo = 0, unsigned, headers = {} }: Sent) {
    const url = path.startsWith('http') ? path : emulator.url + path;
    const text = method === 'GET' ? undefined : JSON.stringify(body);
    const signed = unsigned ? {} : sign(url, method, text ?? '', { service, hoursAgo: signedAgo });
    const response = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...signed, ...headers },
      ...(text === undefined ? {} : { body: text }),
    });
    const type = response.headers.get('x-amzn-errortype')?.split(':')[0];
    return { status: response.status, type, text: await response.text() };
  }
  await send({ path: '/createStream', body: { StreamName: 'camera', DataRetentionInHours: 1 } });
  await send({ path: '/createStream', body: { StreamName: 'door' } });
  const endpoint = async (StreamName: string, APIName: string): Promise<string> =>
    JSON.parse((await send({ path: '/getDataEndpoint', body: { StreamName, APIName } })).text).DataEndpoint;
  emulator.requests.clear();
  log.length = 0;
  return { emulator, log, send, endpoint };
}
type Started = Awaited<ReturnType<typeof start>>;

const range = { TimestampRange: { StartTimestamp: 0, EndTimestamp: 4e9 }, FragmentSelectorType: 'SERVER_TIMESTAMP' };
const list = { StreamName: 'camera', FragmentSelector: range };
/** What works here and fails on AWS: how to provoke it, what it answers by default, and how `--strict` refuses it. */
const cases: Record<Difference, [(started: Started) => Promise<Sent>, number, string, number]> = {
  noDataEndpoint: [async () => ({ path: '/listFragments', body: list }), 200, 'UnknownOperationException', 404],
  otherDataEndpoint: [
    async ({ endpoint }) => {
      const door = await endpoint('door', 'LIST_FRAGMENTS');
      return { path: `${withLabel(door, 'b-00000000')}/listFragments`, body: list };
    },
    200,
    'InvalidEndpointException',
    400,
  ],
  noChannelEndpoint: [
    async ({ send }) => {
      const made = await send({ path: '/createSignalingChannel', body: { ChannelName: 'front' } });
      return { path: '/v1/get-ice-server-config', body: { ChannelARN: JSON.parse(made.text).ChannelARN } };
    },
    200,
    'UnknownOperationException',
    404,
  ],
  controlOnDataEndpoint: [
    async ({ endpoint }) => ({ path: `${withLabel(await endpoint('camera', 'GET_MEDIA'), 's-00000000')}/listStreams` }),
    200,
    'UnknownOperationException',
    404,
  ],
  unknownPath: [async () => ({ path: '/ListStreams' }), 200, 'UnknownOperationException', 404],
  doubledSlash: [async () => ({ path: '//listStreams' }), 200, 'UnknownOperationException', 404],
  unknownMember: [async () => ({ path: '/listStreams', body: { MaxResult: 1 } }), 200, 'SerializationException', 400],
  endInFuture: [
    async ({ send, endpoint }) => {
      await send({ path: '/createStream', body: { StreamName: 'kept', DataRetentionInHours: 1 } });
      const now = Date.now() / 1000;
      const TimestampRange = { StartTimestamp: now - 60, EndTimestamp: now + 3600 };
      const ClipFragmentSelector = { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange };
      const path = `${await endpoint('kept', 'GET_CLIP')}/getClip`;
      return { path, body: { StreamName: 'kept', ClipFragmentSelector } };
    },
    404,
    'InvalidArgumentException',
    400,
  ],
  unsigned: [async () => ({ path: '/listStreams', unsigned: true }), 200, 'MissingAuthenticationTokenException', 403],
  otherService: [async () => ({ path: '/listStreams', service: 's3' }), 200, 'InvalidSignatureException', 403],
  signatureOffTime: [async () => ({ path: '/listStreams', signedAgo: 1 }), 200, 'InvalidSignatureException', 403],
};
/** By default endpoints have no label of their own. */
const withLabel = (url: string, label: string): string => (/\/[sb]-/.test(url) ? url : `${url}/${label}`);

describe('what works here and fails on AWS', () => {
  it.each(Object.keys(differences) as Difference[])(
    '%s is answered, logged once and kept in the journal',
    async (name) => {
      const started = await start(false);
      const [provoke, status] = cases[name];
      const sent = await provoke(started);
      for (const _ of [1, 2]) expect((await started.send(sent)).status).toBe(status);
      const warnings = started.emulator.requests.list().flatMap((entry) => entry.warnings);
      expect(warnings).toContainEqual({ difference: name, text: differences[name] });
      expect(started.log.filter((line) => line.includes(differences[name]))).toHaveLength(1);
    },
  );

  it.each(Object.keys(differences) as Difference[])('%s is refused when strict', async (name) => {
    const started = await start(true);
    const [provoke, , type, status] = cases[name];
    const answer = await started.send(await provoke(started));
    expect(answer).toMatchObject({ status, type });
    expect(answer.text.length).toBeGreaterThan(20);
  });

  it('does not include what a client does that asks for its endpoints', async () => {
    for (const strict of [false, true]) {
      const { emulator, send, endpoint, log } = await start(strict);
      const archive = await endpoint('camera', 'LIST_FRAGMENTS');
      expect(archive.endsWith('/')).toBe(false);
      expect((await send({ path: `${archive}/listFragments`, body: list })).status).toBe(200);
      const media = await endpoint('camera', 'PUT_MEDIA');
      const headers = { 'x-amzn-stream-name': 'camera', 'x-amzn-fragment-timecode-type': 'ABSOLUTE' };
      expect((await send({ path: `${media}/putMedia`, headers })).text).toContain('"ErrorId":4006');
      expect((await send({ path: '/listStreams' })).status).toBe(200);
      expect(emulator.requests.list().flatMap((entry) => entry.warnings)).toEqual([]);
      expect(log.filter((line) => line.includes('AWS'))).toEqual([]);
    }
  });

  it('leaves the preflight and the emulator itself alone when strict', async () => {
    const { emulator } = await start(true);
    expect((await fetch(`${emulator.url}/getMedia`, { method: 'OPTIONS' })).status).toBe(200);
    expect((await fetch(`${emulator.url}/_kvs/health`)).status).toBe(200);
  });
});

describe('the journal', () => {
  it('tells of each request what was asked and what was answered, and can be filtered and cleared', async () => {
    const { emulator, send } = await start(false);
    await send({ path: '/describeStream', body: { StreamName: 'camera' } });
    await send({ path: '/describeStream', body: { StreamName: 'nobody' } });
    const journal = async (query = '') =>
      ((await (await fetch(`${emulator.url}/_kvs/requests${query}`)).json()) as { requests: Record<string, unknown>[] })
        .requests;
    expect(await journal()).toHaveLength(2);
    expect(await journal('?status=404')).toMatchObject([
      {
        operation: 'DescribeStream',
        stream: 'nobody',
        status: 404,
        error: 'ResourceNotFoundException',
        method: 'POST',
      },
    ]);
    expect(await journal('?stream=camera&operation=DescribeStream')).toHaveLength(1);
    const [one, other] = await journal();
    expect(await journal(`?requestId=${one?.requestId}`)).toEqual([one]);
    expect(emulator.requests.list({ requestId: String(other?.requestId) })).toMatchObject([
      { stream: 'nobody', channel: null },
    ]);
    expect(await journal('?requestId=1')).toEqual([]);
    expect(await journal('?since=2999-01-01T00:00:00Z')).toHaveLength(0);
    expect((await fetch(`${emulator.url}/_kvs/requests?colour=red`)).status).toBe(400);
    expect((await fetch(`${emulator.url}/_kvs/requests?status=abc`)).status).toBe(400);
    await fetch(`${emulator.url}/_kvs/requests`, { method: 'DELETE' });
    expect(await journal()).toEqual([]);
  });

  it('has a warning once for a request, however often it is met there', async () => {
    const { emulator, send } = await start(false);
    await send({ path: '/listStreams', body: { MaxResult: 1, NextTokens: 'x', Colour: 'red' } });
    expect(emulator.requests.list().flatMap(({ warnings }) => warnings)).toEqual([
      { difference: 'unknownMember', text: differences.unknownMember },
    ]);
  });

  it('keeps the acknowledgements of PutMedia', async () => {
    const { emulator, send } = await start(false);
    const headers = { 'x-amzn-stream-name': 'camera', 'x-amzn-fragment-timecode-type': 'ABSOLUTE' };
    await send({ path: '/putMedia', headers });
    expect(emulator.requests.list({ operation: 'PutMedia' })[0]?.acks).toEqual([
      { EventType: 'ERROR', ErrorCode: 'INVALID_MKV_DATA', ErrorId: 4006 },
    ]);
  });

  it('forgets the oldest of more than a thousand', async () => {
    const { Journal } = await import('../../src/domain/journal/journal.ts');
    const journal = new Journal();
    for (let time = 0; time < 2500; time += 1) journal.add({ time, acks: [], warnings: [] } as never);
    expect(journal.list().map(({ time }) => time)).toEqual(Array.from({ length: 1000 }, (_, index) => 1500 + index));
  });
});
