import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { startEmulator } from '../support/emulator.ts';

describe('createEmulator', () => {
  it('takes a free port, so that many run side by side', async () => {
    const [a, b] = [await startEmulator(), await startEmulator()];
    expect(a.port).not.toBe(b.port);
    expect(a.url).toBe(`http://127.0.0.1:${a.port}`);
    for (const { url } of [a, b]) expect((await fetch(`${url}/_kvs/health`)).status).toBe(200);
  });

  it('listens no more once it is stopped, and can be stopped twice', async () => {
    const emulator = await startEmulator();
    await Promise.all([emulator.stop(), emulator.stop()]);
    await emulator.stop();
    await expect(fetch(`${emulator.url}/_kvs/health`)).rejects.toThrow();
  });

  it('moves its clock as it is told', async () => {
    const { clock } = await startEmulator({ clock: 'frozen', startTime: '2030-01-01T00:00:00Z' });
    const start = Date.parse('2030-01-01T00:00:00Z');
    expect(clock.now()).toBe(start);
    expect((await clock.advance('1h30m')).now).toBe('2030-01-01T01:30:00.000Z');
    expect((await clock.advance(1)).now).toBe('2030-01-01T01:30:01.000Z');
    expect((await clock.set('2031-01-01T00:00:00Z')).now).toBe('2031-01-01T00:00:00.000Z');
    expect((await clock.set(new Date(start))).now).toBe('2030-01-01T00:00:00.000Z');
    expect((await clock.set(start + 1)).now).toBe('2030-01-01T00:00:00.001Z');
    expect(await clock.run(2)).toMatchObject({ mode: 'running', rate: 2 });
    expect(await clock.freeze()).toMatchObject({ mode: 'frozen', rate: 2 });
  });

  it.each([
    ['advance', 'soon'],
    ['advance', -1],
    ['set', 'later'],
    ['set', Number.NaN],
  ] as const)('refuses to %s the clock to %j', async (method, value) => {
    const { clock } = await startEmulator({ clock: 'frozen', startTime: 0 });
    await expect(clock[method](value)).rejects.toThrow(RangeError);
    expect(clock.now()).toBe(0);
  });

  it('refuses to run the clock at no rate', async () => {
    const { clock } = await startEmulator({ clock: 'frozen' });
    await expect(clock.run(0)).rejects.toThrow(RangeError);
  });

  it('makes the same ids from the same seed', async () => {
    const version = async () => {
      const { url } = await startEmulator({ randomSeed: 7, clock: 'frozen', startTime: 0 });
      await fetch(`${url}/createStream`, { method: 'POST', body: '{"StreamName":"a"}' });
      const described = await fetch(`${url}/describeStream`, { method: 'POST', body: '{"StreamName":"a"}' });
      return described.text();
    };
    expect(await version()).toBe(await version());
  });

  it('names the option that makes no sense', async () => {
    await expect(createEmulator({ port: 99_999 })).rejects.toThrow(
      'port must be a number from 0 to 65535, not "99999".',
    );
    await expect(createEmulator({ prot: 1 } as never)).rejects.toThrow('There is no option prot. Did you mean port?');
    await expect(createEmulator({ tlsCert: '/none.pem', tlsKey: '/none.pem' })).rejects.toThrow('/none.pem');
  });

  it('rejects when it cannot listen', async () => {
    const { port } = await startEmulator();
    await expect(createEmulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('logs to whom it is told, warnings and worse', async () => {
    const lines: string[] = [];
    const emulator = await createEmulator({ log: (line) => lines.push(line), logFormat: 'json' });
    onTestFinished(() => emulator.stop());
    await fetch(`${emulator.url}/unknown`);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 'warn',
        message: expect.stringMatching(/^GET \/unknown works here/),
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      }),
    ]);
  });
});
