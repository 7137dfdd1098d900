import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { compose } from '../../src/compose.ts';
import { readOptions } from '../../src/config/options.ts';
import { silentLog } from '../../src/runtime/log.ts';
import { makeWorld } from '../../src/world.ts';
import { deferred } from '../support/testServer.ts';

/** An emulator whose service is there when the test says so. */
async function startLoading() {
  const loaded = deferred();
  const wanted = deferred();
  const make = async () => {
    wanted.resolve();
    await loaded.promise;
    return makeWorld;
  };
  const log = { ...silentLog, level: 'silent' as const };
  const { url, port, stop } = await compose(readOptions({ port: 0 }), log, { make, first: false });
  onTestFinished(async () => {
    loaded.resolve();
    await stop();
  });
  return { url, port, stop, wanted: wanted.promise, load: () => loaded.resolve() };
}

const create = (url: string, name: string) =>
  fetch(`${url}/createStream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ StreamName: name }),
  });

it('says that it is there while the service is still being loaded', async () => {
  const { url } = await startLoading();
  const answer = await fetch(`${url}/_kvs/health`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ status: 'ok' });
});

it('answers calls that came too early once the service is there, all on the one service', async () => {
  const { url, wanted, load } = await startLoading();
  const early = [create(url, 'a'), create(url, 'b'), create(url, 'a'), fetch(`${url}/_kvs/streams`)];
  await wanted;
  expect((await fetch(`${url}/_kvs/health`)).status).toBe(200);
  load();
  const [a, b, again, streams] = await Promise.all(early);
  expect([a?.status, again?.status].sort()).toEqual([200, 400]);
  expect(b?.status).toBe(200);
  expect(streams?.status).toBe(200);
  expect(await (await fetch(`${url}/_kvs/streams`)).json()).toMatchObject({ streams: [{ name: 'a' }, { name: 'b' }] });
});

it('asks a client that waits for 100 Continue to go on when the service is there', async () => {
  const { port, wanted, load } = await startLoading();
  const headers = { 'content-type': 'application/json', expect: '100-continue' };
  const call = request({ port, host: '127.0.0.1', method: 'POST', path: '/createStream', headers });
  const answered = new Promise<string>((resolve, reject) => {
    call.on('response', (response) => resolve(text(response)));
    call.on('error', reject);
  });
  call.on('continue', () => call.end('{"StreamName":"door"}'));
  call.flushHeaders();
  await wanted;
  load();
  expect(await answered).toContain('"StreamARN"');
});

it('goes on with others when one that waited has gone', async () => {
  const { url, port, wanted, load } = await startLoading();
  const gone = connect(port, '127.0.0.1');
  gone.write(
    'GET /?X-Amz-ChannelARN=x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
  await wanted;
  const waiting = create(url, 'door');
  gone.resetAndDestroy();
  load();
  expect((await waiting).status).toBe(200);
});

it('stops with a call that waits', async () => {
  const { url, wanted, load, stop } = await startLoading();
  const waiting = create(url, 'door').catch((error: Error) => error.message);
  await wanted;
  const stopped = stop();
  expect(await waiting).toBe('fetch failed');
  load();
  await stopped;
});
