// Options that may be others while the emulator runs, over the library and over HTTP.
import { expect, it } from 'vitest';
import { createLog } from '../../src/runtime/log.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { ask } from '../support/tour.ts';

const patch = async ({ url }: TestEmulator, body: object) => {
  const answer = await fetch(`${url}/_kvs/config`, { method: 'PATCH', body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

const endpointOf = async (emulator: TestEmulator): Promise<string> => {
  await ask(emulator, '/createStream', { StreamName: 'cam' }).catch(() => undefined);
  const { text } = await ask(emulator, '/getDataEndpoint', { StreamName: 'cam', APIName: 'PUT_MEDIA' });
  return (JSON.parse(text) as { DataEndpoint: string }).DataEndpoint;
};

it('the public address is another for what is handed out from then on, and that of the start after a reset', async () => {
  const emulator = await startEmulator();
  const publicUrl = 'https://kvs.example.test:8443';
  expect(emulator.config.get()).toMatchObject({ publicUrl: null, sns: null });
  expect((await patch(emulator, { publicUrl })).body).toMatchObject({ publicUrl });
  expect(await endpointOf(emulator)).toBe(publicUrl);
  // It is one of its own names now: requests for it, and pages of it, are let in.
  const page = await fetch(`${emulator.url}/_kvs/clock`, { headers: { origin: publicUrl } });
  expect(page.status).toBe(200);
  await emulator.reset();
  expect(emulator.config.get().publicUrl).toBeNull();
  expect(await endpointOf(emulator)).toBe(emulator.url);
  expect((await fetch(`${emulator.url}/_kvs/clock`, { headers: { origin: publicUrl } })).status).toBe(403);
});

it('what makes no sense is refused with its place, and nothing is changed', async () => {
  const emulator = await startEmulator();
  const refused = await patch(emulator, { sns: 'http://127.0.0.1:5000', publicUrl: 'kvs.example.test' });
  expect(refused).toMatchObject({ status: 400, body: { path: '/publicUrl' } });
  expect(emulator.config.get().sns).toBeNull();
  expect((await patch(emulator, { logLevel: 'loud' })).body).toMatchObject({ path: '/logLevel' });
  expect((await patch(emulator, { port: 1 })).body).toMatchObject({ path: '/port' });
  const same = (await (await fetch(`${emulator.url}/_kvs/config`)).json()) as object;
  expect(same).toEqual(emulator.config.get());
});

it('a log shows more once its level is lower, and less again', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'warn', format: 'json', write: (line) => lines.push(line) });
  log.info('one');
  log.level = 'debug';
  log.info('two');
  expect(log.shows('debug')).toBe(true);
  log.level = 'error';
  log.warn('three');
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(['two']);
});

it('notifications go elsewhere from then on', async () => {
  const emulator = await startEmulator();
  expect(emulator.config.set({ eventsWebhook: 'http://127.0.0.1:9/there' })).toMatchObject({
    eventsWebhook: 'http://127.0.0.1:9/there',
  });
  expect(emulator.config.set({ eventsWebhook: null })).toMatchObject({ eventsWebhook: null });
});
