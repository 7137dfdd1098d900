import { chmodSync, cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStreamCommand } from '@aws-sdk/client-kinesis-video';
import { GetImagesCommand } from '@aws-sdk/client-kinesis-video-archived-media';
import { expect, it, onTestFinished } from 'vitest';
import { putMedia } from '../../src/client/putMedia.ts';
import { certificate } from '../client/certificate.ts';
import { fixturePath } from '../support/fixtures.ts';
import { archivedClient, controlClient } from '../support/sdk.ts';
import { describeInContainers, docker, IMAGE, SLIM } from './image.ts';

const MB = 1_000_000;

/** Runs it as a careful operator would. */
async function careful(...args: readonly string[]): Promise<string> {
  const hardened = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '-m', '512m'];
  const id = await docker('run', '-d', ...hardened, ...args);
  onTestFinished(async () => {
    await docker('rm', '-f', id);
  });
  return id;
}

/** What `docker` says once that matches: it is asked again when it has answered. */
async function once(wanted: RegExp, ...args: readonly string[]): Promise<string> {
  for (;;) {
    const said = await docker(...args);
    if (wanted.test(said)) return said;
  }
}
const health = (id: string) => once(/^(healthy|unhealthy)$/, 'inspect', '-f', '{{.State.Health.Status}}', id);
const inNode = (image: string, code: string) => docker('run', '--rm', '--entrypoint', 'node', image, '-p', code);

describeInContainers('the image', () => {
  it('runs as nobody, on a read-only root without capabilities, and says that it is healthy', async () => {
    const id = await careful(IMAGE);
    expect(await docker('exec', id, 'node', '-p', 'process.getuid() + ":" + process.getgid()')).toBe('1000:1000');
    expect(await health(id)).toBe('healthy');
  });

  it('is healthy at whatever port', async () => {
    expect(await health(await careful('-e', 'KVS_PORT=5000', IMAGE))).toBe('healthy');
  });

  it('ends by SIGTERM as process 1, with exit code 0', async () => {
    const id = await careful(IMAGE);
    await once(/4580/, 'logs', id);
    await docker('stop', '-t', '30', id);
    // What is killed after the wait has 137.
    expect(await docker('inspect', '-f', '{{.State.ExitCode}}', id)).toBe('0');
  });

  it('begins with what is mounted at /seed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kvs-seed-'));
    // The engine may run elsewhere: files go into the container by docker cp.
    const media = [{ file: 'door.mkv', ago: '1h', loop: 2 }];
    writeFileSync(join(folder, 'a.json'), JSON.stringify({ streams: [{ name: 'door', retention: '24h', media }] }));
    cpSync(fixturePath('h264-aac-gop1s.mkv'), join(folder, 'door.mkv'));
    for (const name of ['a.json', 'door.mkv']) chmodSync(join(folder, name), 0o444);
    const id = await docker('create', IMAGE);
    onTestFinished(async () => {
      await docker('rm', '-f', id);
    });
    await docker('cp', `${folder}/.`, `${id}:/seed`);
    await docker('start', id);
    expect(await health(id)).toBe('healthy');
    expect(await docker('exec', id, 'node', '/app/dist/main.js', 'streams')).toContain('door');
  });

  it('has in a volume what the container before it had, however that ended', async () => {
    const volume = await docker('volume', 'create');
    onTestFinished(async () => {
      await docker('volume', 'rm', '-f', volume);
    });
    const begin = async (): Promise<{ id: string; endpoint: string }> => {
      const id = await careful('-p', '127.0.0.1::4580', '-v', `${volume}:/data`, '-e', 'KVS_DATA_DIR=/data', IMAGE);
      expect(await health(id)).toBe('healthy');
      return { id, endpoint: `http://${await docker('port', id, '4580/tcp')}` };
    };
    const first = await begin();
    await controlClient(first).send(new CreateStreamCommand({ StreamName: 'door', DataRetentionInHours: 24 }));
    for (const end of [['stop', '-t', '30'], ['kill'], []]) {
      const now = end[0] === 'stop' ? first : await begin();
      const upload = putMedia({
        endpoint: now.endpoint,
        region: 'us-east-1',
        streamName: 'door',
        fragmentTimecodeType: 'RELATIVE',
        producerStartTimestamp: Date.now(),
        body: readFileSync(fixturePath('h264-aac-gop1s.mkv')),
      });
      for await (const _ of upload);
      const { fragments } = JSON.parse(
        await docker('exec', now.id, 'node', 'dist/main.js', 'streams', 'door', '--json'),
      );
      expect(fragments).toBe({ stop: 4, kill: 8 }[end[0] ?? ''] ?? 12);
      if (end.length > 0) await docker(...end, now.id);
    }
  });

  it('runs as whoever it is told to', async () => {
    expect(await health(await careful('--user', '4321:4321', IMAGE))).toBe('healthy');
  });

  it('is healthy with a certificate of its own, and listens by IPv6 if it is told to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kvs-tls-'));
    chmodSync(folder, 0o755);
    for (const [name, text] of Object.entries(certificate)) writeFileSync(join(folder, name), text, { mode: 0o444 });
    const tls = ['-e', 'KVS_TLS_CERT=/tls/cert', '-e', 'KVS_TLS_KEY=/tls/key', '-e', 'KVS_HOST=::'];
    const id = await docker('create', ...tls, IMAGE);
    onTestFinished(async () => {
      await docker('rm', '-f', id);
    });
    await docker('cp', folder, `${id}:/tls`);
    await docker('start', id);
    expect(await health(id)).toBe('healthy');
  });

  it('is also its command line', async () => {
    expect(await docker('run', '--rm', '--network', 'none', IMAGE, '--version')).toMatch(/^\d+\.\d+\.\d+$/);
    const said = docker('run', '--rm', '--network', 'none', IMAGE, 'health', '--endpoint', 'http://127.0.0.1:4580');
    await expect(said).rejects.toThrow('No emulator at http://127.0.0.1:4580');
  });

  it('shows its demo at the two ports that are published, with lines that can be copied', async () => {
    const id = await careful('-p', '127.0.0.1::4580', '-p', '127.0.0.1::4581', IMAGE, 'demo');
    const said = await once(/Ctrl-C ends all of it/, 'logs', id);
    const at = async (port: number) => `http://${await docker('port', id, `${port}/tcp`)}`;
    const [emulator, page] = await Promise.all([at(4580), at(4581)]);
    expect(await (await fetch(page)).text()).toContain('data-stream="yard"');
    expect(await health(id)).toBe('healthy');

    const [line = ''] = /docker exec \S+ node dist\/main\.js streams --inside/.exec(said) ?? [];
    const streams = JSON.parse(await docker(...line.split(' ').slice(1), '--json'));
    expect(streams.map(({ name }: { name: string }) => name)).toEqual(['door', 'yard']);

    await docker('exec', id, 'node', 'dist/main.js', 'streams', 'door', 'wait', '3');
    const session = new URL(await (await fetch(`${page}/session?stream=door&ago=3600`)).text());
    // The page knows no ports but its container's.
    session.host = new URL(emulator).host;
    expect(await (await fetch(session)).text()).toContain('CODECS="avc1');
    await docker('stop', '-t', '30', id);
    expect(await docker('inspect', '-f', '{{.State.ExitCode}}', id)).toBe('0');
  });

  it('says what it is, and holds nothing but what runs and its licences', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(JSON.parse(await docker('inspect', '-f', '{{json .Config.Labels}}', IMAGE))).toMatchObject({
      'org.opencontainers.image.title': 'kvs-emulator',
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.version': version,
    });
    const list = `JSON.stringify(fs.readdirSync('/app', { recursive: true }).filter((name) => !/chunks|vendor./.test(name)).sort())`;
    const slim = ['LICENSE', 'dist', 'dist/THIRD-PARTY-NOTICES.txt', 'dist/cjs', 'dist/main.js', 'dist/package.json'];
    expect(JSON.parse(await inNode(SLIM, list))).toEqual([...slim, 'dist/vendor', 'package.json']);
    expect(JSON.parse(await inNode(IMAGE, list))).toContain('node_modules/@ffmpeg/core/LICENSE');
  });

  it('is not much larger than node alone: 40 MB without a decoder, and 35 MB with one', async () => {
    const [whole = 0, slim = 0] = (await docker('inspect', '-f', '{{.Size}}', IMAGE, SLIM)).split('\n').map(Number);
    const node = Number(await inNode(SLIM, 'fs.statSync(process.execPath).size'));
    process.stdout.write(
      `node ${(node / MB).toFixed()} MB, slim image ${(slim / MB).toFixed()} MB, whole ${(whole / MB).toFixed()} MB\n`,
    );
    expect(slim - node).toBeLessThan(40 * MB);
    expect(whole - slim).toBeLessThan(35 * MB);
  });

  it.each([
    ['whole', IMAGE, null],
    ['slim', SLIM, 'MEDIA_ERROR'],
  ])('%s: answers GetImages as it can', async (_, image, error) => {
    const id = await careful('-p', '127.0.0.1::4580', '-e', 'KVS_START_TIME=2030-01-01T01:00:00Z', image);
    await once(/4580/, 'logs', id);
    const endpoint = `http://${await docker('port', id, '4580/tcp')}`;
    await controlClient({ endpoint }).send(new CreateStreamCommand({ StreamName: 'door', DataRetentionInHours: 24 }));
    const producerStartTimestamp = Date.UTC(2030, 0, 1);
    const upload = putMedia({
      endpoint,
      region: 'us-east-1',
      streamName: 'door',
      fragmentTimecodeType: 'RELATIVE',
      producerStartTimestamp,
      body: readFileSync(fixturePath('h264-aac-gop1s.mkv')),
    });
    for await (const _ of upload);
    const asked = new GetImagesCommand({
      StreamName: 'door',
      ImageSelectorType: 'PRODUCER_TIMESTAMP',
      StartTimestamp: new Date(producerStartTimestamp),
      EndTimestamp: new Date(producerStartTimestamp + 3000),
      SamplingInterval: 1000,
      Format: 'JPEG',
    });
    const picture = (await archivedClient({ endpoint }).send(asked)).Images?.at(-1);
    expect(picture?.Error ?? null).toBe(error);
    if (error === null)
      expect(
        Buffer.from(picture?.ImageContent ?? '', 'base64')
          .subarray(0, 2)
          .toString('hex'),
      ).toBe('ffd8');
  });
});
