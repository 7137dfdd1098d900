import { expect, test, vi } from 'vitest';
import { admin, call, media } from '../../src/client/call.ts';
import { ConnectionError } from '../../src/client/putMedia.ts';
import { LONG } from '../support/long.ts';
import { type Peer, serve } from './peer.ts';
import { settled } from './session.ts';

const options = (endpoint: string) => ({ endpoint, region: 'us-east-1' });

/** Reads a body of the length that its head names. */
async function body(peer: Peer, headers: Record<string, string>): Promise<string> {
  return (await peer.plain(Number(headers['content-length']))).toString();
}

test('a call is signed JSON to the path, and gives what the service gives', async () => {
  const { url } = await serve(async (peer) => {
    const { line, headers } = await peer.head();
    expect(line).toBe('POST /base/describeStream HTTP/1.1');
    expect(headers['content-type']).toBe('application/json');
    expect(headers.authorization).toContain('SignedHeaders=content-type;host;x-amz-date,');
    expect(await body(peer, headers)).toBe('{"StreamName":"cam"}');
    await peer.answer('200 OK', '', '{"StreamInfo":{"Status":"ACTIVE"}}');
  });
  const output = await call(options(`${url}/base`), '/describeStream', { StreamName: 'cam' });
  expect(output).toEqual({ StreamInfo: { Status: 'ACTIVE' } });
});

test('an answer without a body is an empty object', async () => {
  const { url } = await serve(async (peer) => {
    await peer.head();
    await peer.answer('200 OK', '', '');
  });
  expect(await call(options(url), '/tagStream')).toEqual({});
});

test.each([
  [
    '404 Not Found',
    'x-amzn-ErrorType: ResourceNotFoundException:x\r\n',
    '{"Message":"gone"}',
    { name: 'ResourceNotFoundException', message: 'gone', status: 404 },
  ],
  [
    '400 Bad Request',
    '',
    '{"error":"There is no such thing.","hint":"Look elsewhere."}',
    { name: 'Http400', message: 'There is no such thing. Look elsewhere.' },
  ],
  [
    '200 OK',
    '',
    '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}',
    { name: 'UnknownOperationException' },
  ],
  ['200 OK', '', '<html>', { name: 'InvalidResponse', message: 'Expected JSON, got "<html>"' }],
])('an error in a %s is a KinesisVideoError (%#)', async (status, headers, text, expected) => {
  const { url } = await serve(async (peer) => {
    await peer.head();
    await peer.answer(status, headers, text);
  });
  await expect(call(options(url), '/describeStream')).rejects.toMatchObject(expected);
});

test('an answer that breaks off is a ConnectionError', async () => {
  const { url } = await serve(async (peer) => {
    await peer.head();
    await peer.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half"');
    peer.socket.destroy();
  });
  const failed = call(options(url), '/describeStream');
  await expect(failed).rejects.toBeInstanceOf(ConnectionError);
  await expect(failed).rejects.toThrow(`The connection to ${url} was lost after 7 bytes`);
});

test("the emulator's own API is under /_kvs, with a query", async () => {
  const { url } = await serve(async (peer) => {
    const { line, headers } = await peer.head();
    expect(line).toBe('POST /_kvs/reset?account=000000000000 HTTP/1.1');
    expect(headers['content-length']).toBe('0');
    await peer.answer('200 OK', '', '{}');
  });
  expect(await admin(options(url), 'POST', '/reset', { query: '?account=000000000000' })).toEqual({});
});

test('media is what the service sends, as it sends it; leaving the loop closes the connection', async () => {
  const input = { StreamName: 'cam', StartSelector: { StartSelectorType: 'EARLIEST' } };
  let closed = false;
  const { url } = await serve(async (peer) => {
    const { line, headers } = await peer.head();
    expect(line).toBe('POST /getMedia HTTP/1.1');
    const text = await body(peer, headers);
    expect(JSON.parse(text)).toEqual(input);
    await peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    await peer.chunk('one');
    await peer.gone();
    closed = true;
  });
  for await (const chunk of media(options(url), '/getMedia', input)) {
    expect(Buffer.from(chunk).toString()).toBe('one');
    break;
  }
  await vi.waitFor(() => expect(closed).toBe(true), LONG);
});

test('media ends when the service ends it', async () => {
  const { url } = await serve(async (peer) => {
    await peer.head();
    await peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    await peer.chunk('one');
    await peer.chunk('two');
    await peer.end();
  });
  const chunks: string[] = [];
  for await (const chunk of media(options(url), '/getMedia', { StreamName: 'cam' })) chunks.push(String(chunk));
  expect(chunks.join('')).toBe('onetwo');
});

test('a slow reader of media holds the service back', async () => {
  let sent = 0;
  const { url } = await serve(async (peer) => {
    await peer.head();
    await peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    const piece = 'x'.repeat(65_536);
    while (sent < 200_000_000 && !peer.socket.destroyed) {
      await peer.chunk(piece);
      sent += piece.length;
    }
  });
  const session = media(options(url), '/getMedia', { StreamName: 'cam' });
  await session.next();
  expect(await settled(() => sent)).toBeLessThan(20_000_000);
  await session.return();
});
