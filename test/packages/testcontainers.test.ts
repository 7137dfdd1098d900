import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { CreateStreamCommand, GetDataEndpointCommand } from '@aws-sdk/client-kinesis-video';
import { GenericContainer, Network, Wait } from 'testcontainers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { putMedia } from '../../src/client/putMedia.ts';
import { KinesisVideoContainer, type StartedKinesisVideoContainer } from '../../src/kits/testcontainers.ts';
import { certificate } from '../client/certificate.ts';
import { fixturePath } from '../support/fixtures.ts';
import { controlClient } from '../support/sdk.ts';
import { describeInContainers, docker, IMAGE } from './image.ts';
import { NODE_22, project, run, useInstead } from './user.ts';

async function started(container: KinesisVideoContainer): Promise<StartedKinesisVideoContainer> {
  const running = await container.start();
  onTestFinished(async () => {
    await running.stop();
  });
  return running;
}

/** What it answers to those who call it by these names. */
const NAMED = `Promise.all(['kvs.cameras.example', 'other.example', 'foreign.example'].map((host) => new Promise((done) =>
  require('http').get({ port: 4580, path: '/_kvs/clock', headers: { host } }, (answer) => done(answer.resume().statusCode)))))
  .then((all) => console.log(...all)), ''`;

/** What an application is configured with. */
const clientOf = (kvs: StartedKinesisVideoContainer) =>
  controlClient({ endpoint: kvs.getEndpoint(), region: kvs.getRegion(), ...kvs.getCredentials() });

describeInContainers('KinesisVideoContainer', () => {
  it('takes a recording through the published port, by the endpoint that it hands out', async () => {
    const kvs = await started(new KinesisVideoContainer(IMAGE));
    const client = clientOf(kvs);
    await client.send(new CreateStreamCommand({ StreamName: 'door', DataRetentionInHours: 24 }));
    const asked = new GetDataEndpointCommand({ StreamName: 'door', APIName: 'PUT_MEDIA' });
    const { DataEndpoint } = await client.send(asked);
    expect(DataEndpoint).toBe(kvs.getEndpoint());
    expect(kvs.getPort()).not.toBe(4580);
    const acks = [];
    const upload = putMedia({
      endpoint: String(DataEndpoint),
      region: kvs.getRegion(),
      streamName: 'door',
      fragmentTimecodeType: 'RELATIVE',
      producerStartTimestamp: 0,
      body: readFileSync(fixturePath('h264-aac-gop1s.mkv')),
    });
    for await (const ack of upload) acks.push(ack);
    expect(acks.filter(({ EventType }) => EventType === 'PERSISTED')).toHaveLength(4);
    expect(await kvs.requests().list({ operation: 'PutMedia' })).toMatchObject([{ stream: 'door', status: 200 }]);
    expect(await kvs.reset()).toEqual({ streams: 1 });
    expect(kvs.account('eu-west-1')).toMatchObject({ endpoint: kvs.getEndpoint(), region: 'eu-west-1' });
  });

  it('is started as it is told: clock, limits, faults, region, account, credentials, token', async () => {
    const key = { accessKeyId: 'AKIDCAMERA0001', secretAccessKey: 'x'.repeat(40) };
    const kvs = await started(
      new KinesisVideoContainer(IMAGE)
        .withRegion('eu-west-1')
        .withAccount('123456789012')
        .withAuth('sigv4')
        .withCredentials({ accessKeys: [key] })
        .withAdminToken('let-me')
        .withLimits({ profile: 'aws', overrides: { 'GetMedia.rate': 1 } })
        .withClock('frozen', new Date('2030-01-01T00:00:00Z'))
        .withFaults({ id: 'no-gate', match: { stream: 'gate' }, effect: { error: 'ClientLimitExceededException' } })
        .withSeed({
          streams: [
            { name: 'porch', retention: '24h', media: [{ file: fixturePath('h264-aac-gop1s.mkv'), ago: '1h' }] },
          ],
        }),
    );
    expect(await kvs.clock().state()).toMatchObject({ now: '2030-01-01T00:00:00.000Z', mode: 'frozen' });
    expect(await kvs.seed({ streams: [{ name: 'porch' }, { name: 'attic' }] })).toMatchObject({
      streams: 1,
      left: [{ kind: 'stream', name: 'porch' }],
    });
    expect((await kvs.clock().advance('25h')).now).toBe('2030-01-02T01:00:00.000Z');
    expect(await kvs.limits().get()).toMatchObject({ profile: 'aws', overrides: { 'GetMedia.rate': 1 } });
    expect((await kvs.credentials().get()).accessKeys).toMatchObject([{ accessKeyId: key.accessKeyId }]);
    expect(kvs.getCredentials()).toEqual(key);
    expect([kvs.getRegion(), kvs.getAccount()]).toEqual(['eu-west-1', '123456789012']);
    const { StreamARN } = await clientOf(kvs).send(new CreateStreamCommand({ StreamName: 'door' }));
    expect(StreamARN).toContain(':kinesisvideo:eu-west-1:123456789012:stream/door/');
    const stranger = controlClient({
      endpoint: kvs.getEndpoint(),
      region: 'eu-west-1',
      ...key,
      secretAccessKey: 'wrong',
    });
    await expect(stranger.send(new CreateStreamCommand({ StreamName: 'yard' }))).rejects.toThrow(/signature/i);
    const refused = clientOf(kvs).send(new CreateStreamCommand({ StreamName: 'gate' }));
    await expect(refused).rejects.toMatchObject({ name: 'ClientLimitExceededException' });
    await kvs.faults().clear();
    await kvs.reset();
    expect(await kvs.faults().list()).toMatchObject([{ id: 'no-gate', fired: 0 }]);
    expect((await fetch(`${kvs.getEndpoint()}/_kvs/clock`)).status).toBe(401);
  });

  it('answers https with a certificate of its own for where it is', async () => {
    const kvs = await started(new KinesisVideoContainer(IMAGE));
    const client = controlClient({ endpoint: kvs.getSecureEndpoint(), ca: await kvs.getCa() });
    await client.send(new CreateStreamCommand({ StreamName: 'door' }));
    const asked = new GetDataEndpointCommand({ StreamName: 'door', APIName: 'GET_MEDIA' });
    expect((await client.send(asked)).DataEndpoint).toBe(kvs.getSecureEndpoint());
  });

  it('answers https with the certificate that it is given', async () => {
    const kvs = await started(new KinesisVideoContainer(IMAGE).withTls(certificate));
    expect(await kvs.getCa()).toBe(certificate.cert);
    const to = { host: kvs.getHost(), port: kvs.getPort(), servername: 'localhost', ca: certificate.cert };
    const socket = connect(to);
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  it('is reached by containers of its network, by an alias and what that hands out', async () => {
    const network = await new Network().start();
    onTestFinished(async () => {
      await network.stop();
    });
    const kvs = await started(
      new KinesisVideoContainer(IMAGE).withNetwork(network).withNetworkAliases('kvs', 'kvs.cameras.example'),
    );
    expect(kvs.getNetworkEndpoint()).toBe('http://kvs:4580');
    const container = new GenericContainer(IMAGE)
      .withNetwork(network)
      .withCopyFilesToContainer([{ source: fixturePath('h264-aac-gop1s.mkv'), target: '/media/door.mkv', mode: 0o444 }])
      .withCopyContentToContainer([{ content: await kvs.getCa(), target: '/media/ca.pem', mode: 0o444 }]);
    for (const endpoint of [kvs.getNetworkEndpoint(), 'https://kvs:4580', 'https://kvs.cameras.example:4580']) {
      const application = await container
        .withCommand([
          'put',
          new URL(endpoint).hostname,
          '/media/door.mkv',
          '--endpoint',
          endpoint,
          '--ca',
          '/media/ca.pem',
        ])
        .withWaitStrategy(Wait.forOneShotStartup())
        .start();
      await application.stop();
    }
    const stored = await kvs.requests().list({ operation: 'PutMedia' });
    expect(stored.map(({ stream, status, acks }) => [stream, status, acks.at(-1)?.EventType])).toEqual([
      ['kvs', 200, 'PERSISTED'],
      ['kvs', 200, 'PERSISTED'],
      ['kvs.cameras.example', 200, 'PERSISTED'],
    ]);
    // From here the same container is at another address.
    const asked = new GetDataEndpointCommand({ StreamName: 'kvs', APIName: 'GET_MEDIA' });
    expect((await clientOf(kvs).send(asked)).DataEndpoint).toBe(kvs.getEndpoint());
  });

  it.each(['volume', 'folder'])('has in a %s what the container before it had', async (kind) => {
    const place = kind === 'folder' ? mkdtempSync(join(tmpdir(), 'kvs-data-')) : `kvs-data-${process.pid}`;
    onTestFinished(async () => {
      if (kind === 'folder') rmSync(place, { recursive: true });
      else await docker('volume', 'rm', '-f', place);
    });
    const before = await started(new KinesisVideoContainer(IMAGE).withData(place));
    await clientOf(before).send(new CreateStreamCommand({ StreamName: 'door' }));
    await before.stop();
    const kvs = await started(new KinesisVideoContainer(IMAGE).withData(place));
    const refused = clientOf(kvs).send(new CreateStreamCommand({ StreamName: 'door' }));
    await expect(refused).rejects.toMatchObject({ name: 'ResourceInUseException' });
    if (kind === 'folder') expect(statSync(join(place, readdirSync(place)[0] ?? '')).uid).toBe(statSync(place).uid);
  });

  it('is waited for by its health or its ready line, and answers to its aliases whatever variables say', async () => {
    const network = await new Network().start();
    onTestFinished(async () => {
      await network.stop();
    });
    for (const wait of [Wait.forHealthCheck(), Wait.forLogMessage(/ready on/)]) {
      const kvs = await started(
        new KinesisVideoContainer(IMAGE)
          .withNetwork(network)
          .withNetworkAliases('kvs.cameras.example')
          .withEnvironment({ KVS_ALLOWED_HOSTS: 'other.example' })
          .withWaitStrategy(wait),
      );
      const asked = await kvs.exec(['node', '-p', NAMED]);
      expect(asked.output).toContain('200 200 403');
    }
  });

  it('is the same after a restart, at whatever port', async () => {
    const kvs = await started(new KinesisVideoContainer(IMAGE).withClock('frozen', '2030-01-01T00:00:00Z'));
    await kvs.restart();
    expect((await kvs.clock().state()).now).toBe('2030-01-01T00:00:00.000Z');
  });
});

describe.each([
  ['testcontainers 11.0', '11.0.0', process.execPath, 'testcontainers-11'],
  ['testcontainers 12 on Node 22', '12.', NODE_22, 'testcontainers-12'],
] as const)('%s', (name, version, program, instead) => {
  const script = (body: string) => `import { KinesisVideoContainer } from 'kvs-emulator/testcontainers';
    const container = new KinesisVideoContainer('${IMAGE || 'kvs-emulator'}').withClock('frozen', '2030-01-01T00:00:00Z');
    ${body}`;
  const inProject = async (text: string): Promise<string> => {
    const folder = project({ 'a.mjs': text });
    useInstead(folder, { testcontainers: instead });
    const manifest = readFileSync(join(folder, 'node_modules/testcontainers/package.json'), 'utf8');
    expect(JSON.parse(manifest).version).toContain(version);
    return run(folder, program, 'a.mjs');
  };

  it('is what the package is loaded with', async () => {
    expect(await inProject(script(`console.log(typeof container.start);`))).toBe('function\n');
  });

  describeInContainers(`${name} and an engine`, () => {
    it('starts a container that is used and ended', async () => {
      const said = await inProject(
        script(`import { CreateStreamCommand, KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
        const kvs = await container.withSeed({ streams: [{ name: 'porch' }] }).start();
        const settings = { endpoint: kvs.getEndpoint(), region: kvs.getRegion(), credentials: kvs.getCredentials() };
        await new KinesisVideoClient(settings).send(new CreateStreamCommand({ StreamName: 'door' }));
        console.log((await kvs.clock().advance('25h')).now, (await kvs.requests().list({ stream: 'door' })).length);
        console.log(JSON.stringify(await kvs.reset()), (await kvs.getCa()).slice(0, 27));
        await kvs.stop();`),
      );
      expect(said).toBe('2030-01-02T01:00:00.000Z 1\n{"streams":2} -----BEGIN CERTIFICATE-----\n');
    });
  });
});
