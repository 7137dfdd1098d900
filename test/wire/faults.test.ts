// What clients see of a connection that fails on purpose: to the byte, plain and over TLS.
import { describe, expect, it } from 'vitest';
import type { GivenFault } from '../../src/index.ts';
import { startEmulator } from '../support/emulator.ts';
import { watchedConnection } from '../support/endOfConnection.ts';
import { type Bytes, cluster, concat, ebmlHeader, info, segment, simpleBlock, tracks } from '../support/mkv.ts';
import { brief, putMedia } from '../support/putMedia.ts';
import { chunk, LAST_CHUNK, post, postJson } from '../support/rawSocket.ts';

const head = concat(ebmlHeader(), segment([info(), tracks()]));
const fragment = (timecode: number) =>
  cluster({ timecode }, [simpleBlock({ key: true, data: new Uint8Array(1000) }), simpleBlock({ time: 40 })]);
const recording = concat(head, fragment(0), fragment(2000), fragment(4000), fragment(6000));

const putHead = (...more: string[]): string =>
  post('/putMedia', 'x-amzn-stream-name: cam', 'x-amzn-fragment-timecode-type: ABSOLUTE', ...more);
const chunked = (bytes: Bytes): string => chunk(Buffer.from(bytes).toString('latin1'));
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

async function start(...faults: GivenFault[]) {
  const emulator = await startEmulator({ clock: 'frozen' });
  const call = async (operation: string, input: object) => {
    const answer = await fetch(`${emulator.url}/${operation}`, { method: 'POST', body: JSON.stringify(input) });
    return JSON.parse(await answer.text());
  };
  await call('createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
  emulator.faults.add(faults);
  return { emulator, call, connection: (ca?: string) => watchedConnection(emulator.port, ca) };
}

describe('a connection', () => {
  it.each(['reset', 'closed'])('is %s in place of an answer: the call was made, or never was', async (how) => {
    const effect = how === 'reset' ? { reset: true } : { close: true };
    const { call, connection } = await start(
      { match: { operation: 'CreateStream', stream: 'made' }, effect },
      { match: { operation: 'CreateStream', stream: 'unmade', direction: 'up' }, effect },
    );
    for (const StreamName of ['made', 'unmade']) {
      const client = await connection();
      client.send(postJson('/createStream', JSON.stringify({ StreamName })));
      expect(await client.over()).toBe(how);
      expect(client.received()).toBe('');
    }
    const { StreamInfoList } = await call('listStreams', {});
    expect(StreamInfoList.map(({ StreamName }: { StreamName: string }) => StreamName)).toEqual(['cam', 'made']);
  });

  it.each(['reset', 'closed'])('is %s after so many bytes of an answer whose length was told', async (how) => {
    const effect = how === 'reset' ? { reset: true } : { close: true };
    const match = { operation: 'DescribeStream', afterBytes: 25 };
    const { emulator, connection } = await start({ id: 'cut', match, effect });
    const client = await connection();
    client.send(postJson('/describeStream', '{"StreamName":"cam"}'));
    expect(await client.over()).toBe(how);
    const [, length, body] = /Content-Length: (\d+).*?\r\n\r\n(.*)$/s.exec(client.received()) ?? [];
    expect(body).toBe('{"StreamInfo":{"CreationT'.slice(0, 25));
    expect(Number(length)).toBeGreaterThan(200);
    expect(emulator.faults.get('cut').fired).toBe(1);
  });

  it('goes on behind an answer that was truncated: its length is right', async () => {
    const match = { operation: 'DescribeStream', afterBytes: 25, nth: 1 };
    const { connection } = await start({ match, effect: { truncate: true } });
    const client = await connection();
    const request = postJson('/describeStream', '{"StreamName":"cam"}');
    client.send(request + request);
    const [first, second] = (await client.until(/Content-Length: \d{3}.*"\}?\}$/s)).split(/(?<=.)HTTP\/1.1/s);
    expect(first).toMatch(/Content-Length: 25\r\n.*\r\n\r\n.{25}$/s);
    expect(second).toContain('"StreamName":"cam"');
  });

  it.each(['reset', 'closed'])('is %s in the middle of the third fragment that is sent', async (how) => {
    const effect = how === 'reset' ? { reset: true } : { close: true };
    const match = { operation: 'PutMedia', fragment: 3 };
    const { emulator, call, connection } = await start({ id: 'third', match, effect });
    const bodies = [
      putHead('Transfer-Encoding: chunked') + chunked(recording) + LAST_CHUNK,
      putHead(`Content-Length: ${recording.length}`) +
        latin1(Buffer.from(recording).toString('latin1')).toString('latin1'),
    ];
    for (const body of bodies) {
      const client = await connection();
      client.send(latin1(body));
      expect(await client.over()).toBe(how);
      expect(client.received()).not.toContain('"ERROR"');
      expect(client.received()).not.toMatch(/\r\n0\r\n\r\n$/);
    }
    const TimestampRange = { StartTimestamp: 0, EndTimestamp: 4e9 };
    const FragmentSelector = { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange };
    const { Fragments } = await call('listFragments', { StreamName: 'cam', FragmentSelector });
    expect(Fragments).toHaveLength(4);
    const [request] = emulator.requests.list({ operation: 'PutMedia' });
    expect(request?.faults).toEqual(['third']);
    expect(emulator.faults.get('third')).toMatchObject({
      fired: 2,
      lastRequests: [request?.requestId, expect.any(String)],
    });
  });

  it.each(['reset', 'closed'])('is %s after so many bytes of a stream that is read', async (how) => {
    const effect = how === 'reset' ? { reset: true } : { close: true };
    const match = { operation: 'GetMedia', afterBytes: 1000 };
    const { emulator, connection } = await start({ match, effect });
    await putMedia({ url: emulator.url }, recording);
    const client = await connection();
    client.send(postJson('/getMedia', '{"StreamName":"cam","StartSelector":{"StartSelectorType":"EARLIEST"}}'));
    expect(await client.over()).toBe(how);
    expect(bytesOfChunks(client.received())).toBe(1000);
    expect(client.received()).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  it('ends a stream that is read after so many bytes as if that were all', async () => {
    const match = { operation: 'GetMediaForFragmentList', fragment: 2, afterBytes: 500 };
    const { emulator, connection } = await start({ match, effect: { truncate: true } });
    const { acks } = await putMedia({ url: emulator.url }, recording);
    const Fragments = acks.filter(({ EventType }) => EventType === 'PERSISTED').map((ack) => ack.FragmentNumber);
    const client = await connection();
    client.send(postJson('/getMediaForFragmentList', JSON.stringify({ StreamName: 'cam', Fragments })));
    const received = await client.until(/\r\n0\r\n\r\n$/);
    const clusters = received.split(latin1('\x1f\x43\xb6\x75').toString('latin1'));
    expect(clusters).toHaveLength(3);
    expect(clusters[2]?.replace(/\r\n0\r\n\r\n$/, '').replaceAll(/\r\n[0-9a-f]+\r\n/g, '')).toHaveLength(500 - 4);
  });
});

describe('a connection with TLS', () => {
  it('resets a connection over TLS, or closes it, after what it was to send', async () => {
    const { emulator, connection } = await start();
    const ca = await emulator.ca();
    for (const [effect, how] of [
      [{ reset: true }, 'reset'],
      [{ close: true }, 'closed'],
    ] as const) {
      emulator.faults.replace([
        { match: { operation: 'DescribeStream', afterBytes: 25 }, effect },
        { match: { operation: 'PutMedia', fragment: 2 }, effect },
      ]);
      const reader = await connection(ca);
      reader.send(postJson('/describeStream', '{"StreamName":"cam"}'));
      expect(await reader.over()).toBe(how);
      expect(reader.received()).toMatch(/Content-Length: \d{3}\r\n.*\r\n\r\n.{25}$/s);
      const producer = await connection(ca);
      producer.send(latin1(putHead('Transfer-Encoding: chunked') + chunked(recording) + LAST_CHUNK));
      expect(await producer.over()).toBe(how);
      expect(producer.received()).not.toContain('ERROR');
    }
  });
});

/** How many bytes the chunks of an answer have together. */
function bytesOfChunks(received: string): number {
  let rest = received.slice(received.indexOf('\r\n\r\n') + 4);
  let bytes = 0;
  for (;;) {
    const [line, size] = /^([0-9a-f]+)\r\n/.exec(rest) ?? [];
    if (line === undefined || size === undefined) return bytes;
    bytes += Math.min(Number.parseInt(size, 16), rest.length - line.length);
    rest = rest.slice(line.length + Number.parseInt(size, 16) + 2);
  }
}

describe('an answer', () => {
  it('has the error that is asked for, with the texts of the service where there is one', async () => {
    const { emulator } = await start();
    const answered = async (fault: GivenFault) => {
      emulator.faults.replace([fault]);
      const answer = await fetch(`${emulator.url}/describeStream`, { method: 'POST', body: '{"StreamName":"cam"}' });
      const body = JSON.parse(await answer.text());
      const type = answer.headers.get('x-amzn-errortype')?.split(':')[0];
      return `${answer.status} ${type} ${body.Message ?? body.message}`;
    };
    expect(await answered({ effect: { error: 'ClientLimitExceededException' } })).toBe(
      "400 ClientLimitExceededException Limit exceeded on number of requests for DescribeStream API for resource 'cam'",
    );
    expect(await answered({ effect: { error: 'ExpiredTokenException' } })).toBe(
      '403 ExpiredTokenException The security token included in the request is expired',
    );
    expect(await answered({ effect: { error: 'ResourceNotFoundException', message: 'gone', status: 410 } })).toBe(
      '410 ResourceNotFoundException gone',
    );
    expect(await answered({ id: 'odd', effect: { error: 'TeapotException', status: 418 } })).toBe(
      '418 TeapotException The fault odd of the emulator answers so.',
    );
    expect(await answered({ effect: { status: 503 } })).toBe(
      '503 ServiceUnavailable The request has failed due to a temporary failure of the server.',
    );
    expect(await answered({ effect: { status: 500 } })).toMatch(/^500 InternalFailure /);
  });

  it('of an upload is cut in the middle of an acknowledgement, and the journal knows what was to be sent', async () => {
    const match = { operation: 'PutMedia', direction: 'down', afterBytes: 40 } as const;
    const { emulator } = await start({ match, effect: { truncate: true } });
    const client = await watchedConnection(emulator.port);
    client.send(latin1(putHead('Transfer-Encoding: chunked') + chunked(recording) + LAST_CHUNK));
    const received = await client.until(/\r\n0\r\n\r\n$/);
    expect(bytesOfChunks(received)).toBe(40);
    expect(emulator.requests.list({ operation: 'PutMedia' })[0]?.acks[0]).toMatchObject({ EventType: 'BUFFERING' });
  });

  it('is given up when a client leaves while it stalls', async () => {
    const { emulator } = await start({ match: { operation: 'ListStreams' }, effect: { stall: '1d' } });
    const abort = new AbortController();
    const answer = await fetch(`${emulator.url}/listStreams`, { method: 'POST', body: '{}', signal: abort.signal });
    expect(answer.status).toBe(200);
    abort.abort();
    const [request] = await emulator.requests.waitFor({ operation: 'ListStreams' });
    expect(request?.faults).toHaveLength(1);
    const leaving = await fetch(`${emulator.url}/listStreams`, { method: 'POST', body: '{}' });
    await leaving.body?.cancel();
  });

  it('of GetDataEndpoint may be an address where nobody answers', async () => {
    const { emulator, call } = await start({ match: { nth: 1 }, effect: { endpoint: 'gone' } });
    const ask = () => call('getDataEndpoint', { StreamName: 'cam', APIName: 'PUT_MEDIA' });
    const gone = (await ask()).DataEndpoint;
    expect(gone).not.toBe(emulator.url);
    await expect(fetch(`${gone}/putMedia`, { method: 'POST' })).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
    expect((await ask()).DataEndpoint).toBe(emulator.url);
  });

  it('comes late, and slowly, and whole', async () => {
    const { emulator, call } = await start(
      {
        id: 'late',
        match: { operation: 'DescribeStream' },
        effect: { latency: '5ms', jitter: '5ms', bandwidth: '64kB' },
      },
      { id: 'early', match: { operation: 'PutMedia' }, effect: { latency: '2ms', bandwidth: '10MB', stall: '1ms' } },
    );
    expect((await call('describeStream', { StreamName: 'cam' })).StreamInfo.StreamName).toBe('cam');
    const { acks } = await putMedia({ url: emulator.url }, recording);
    expect(brief(acks).filter((ack) => ack.startsWith('PERSISTED'))).toHaveLength(4);
    expect(emulator.faults.list().map(({ fired }) => fired)).toEqual([1, 1]);
  });
});
