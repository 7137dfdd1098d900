// The kits as people have them: from the package, in the test runners themselves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { NODE_22, node, project, run, toolPath, useInstead } from './user.ts';

const jest = (folder: string, ...flags: string[]) =>
  node(
    folder,
    ...flags,
    join(toolPath('jest'), 'bin/jest.js'),
    '--ci',
    '--no-cache',
    '--no-watchman',
    '--testTimeout',
    '60000',
  );

/** What an emulator loads when it is wanted, by two at once: runners that give tests modules of their own know no such thing. */
const LOADS = `
  const two = await Promise.all([createEmulator(), createEmulator()]);
  const routes = ['/_kvs/requests', '/_kvs/streams', '/_kvs/metrics', '/_kvs/ca.pem'];
  const asked = two.flatMap(({ url }) => routes.map(async (route) => (await fetch(url + route)).status));
  expect(await Promise.all([...asked, ...two.map(({ ca }) => ca())])).toEqual(
    [...asked.map(() => 200), ...two.map(() => expect.stringContaining('BEGIN CERTIFICATE'))]);
  await Promise.all(two.map((emulator) => emulator.stop()));
`;

/** Puts a recording into a stream by what `account` says, and asks the matchers. */
const tests = `
const file = ${JSON.stringify(fixturePath('h264-aac-gop1s.mkv'))};
async function upload(account) {
  const kvs = new KinesisVideoClient(account);
  await kvs.send(new CreateStreamCommand({ StreamName: 'door', DataRetentionInHours: 24 }));
  const { DataEndpoint } = await kvs.send(new GetDataEndpointCommand({ StreamName: 'door', APIName: 'PUT_MEDIA' }));
  const acks = [];
  for await (const ack of putMedia({ ...account, endpoint: String(DataEndpoint), streamName: 'door',
    fragmentTimecodeType: 'RELATIVE', producerStartTimestamp: Date.now() - 60_000, body: readFileSync(file) })) acks.push(ack);
  return acks;
}
`;
const typed = tests
  .replace('upload(account)', 'upload(account: Account)')
  .replace('acks = []', 'acks: FragmentAck[] = []');
const tsconfig = (types: readonly string[]) => ({
  compilerOptions: { strict: true, module: 'node16', moduleResolution: 'node16', target: 'es2022', types },
});
const IMPORTS = `
import { readFileSync } from 'node:fs';
import { CreateStreamCommand, GetDataEndpointCommand, KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { putMedia } from 'kvs-emulator/client';
`;
const REQUIRES = IMPORTS.replaceAll(/import (.*) from (.*);/g, 'const $1 = require($2);');
const asked = (account: string) => `
  const acks = await upload(${account});
  expect(acks).toHaveBeenPersisted();
  expect(acks).toHaveBeenPersisted(4);
  expect(() => expect(acks).toHaveBeenPersisted(3)).toThrow('Expected 3 fragments to have been persisted. 4 were.');
  expect(acks.slice(0, -1)).not.toHaveBeenPersisted();
  await expect(${account}).toHaveFragments('door', 4);
  await expect(${account}).toHaveRequested('PutMedia', 1);
  await expect(${account}).toHaveRequested({ operation: 'GetDataEndpoint', stream: 'door', status: 200 }, 1);
  await expect(${account}).toHaveNoWarnings();
  await expect(expect(${account}).toHaveRequested('GetMedia')).rejects.toThrow('There were 0; of all: CreateStream door 200, GetDataEndpoint door 200, PutMedia door 200.');
`;

describe('jest', () => {
  const config = `module.exports = { globalSetup: 'kvs-emulator/jest', globalTeardown: 'kvs-emulator/jest/teardown',
    setupFilesAfterEnv: ['kvs-emulator/jest/matchers'], globals: { kvsEmulator: { clock: 'frozen' } }`;

  it('starts one emulator for all files, each test with an account of its own, and ends', async () => {
    const file = `${REQUIRES} const { account } = require('kvs-emulator/jest'); ${tests}
      test('uploads', async () => { const mine = account(); ${asked('mine')} });
      test('sees nothing of another', async () => { await expect(account()).not.toHaveRequested({}); });
      test('is frozen', async () => {
        expect((await (await fetch(account().endpoint + '/_kvs/clock')).json()).mode).toBe('frozen'); });`;
    const folder = project({ 'jest.config.cjs': `${config} };`, 'a.test.js': file, 'b.test.js': file });
    const output = await jest(folder);
    expect(output).toContain('Tests:       6 passed, 6 total');
    expect(output).not.toContain('did not exit');
  });

  it('has emulators in the process of a test', async () => {
    const file = `const { createEmulator } = require('kvs-emulator'); test('listens', async () => { ${LOADS} });`;
    expect(await jest(project({ 'a.test.js': file, 'jest.config.cjs': 'module.exports = {};' }))).toContain(
      '1 passed, 1 total',
    );
  });

  it('does all of it for ES modules as well', async () => {
    const file = `${IMPORTS} import { createEmulator } from 'kvs-emulator'; import { account } from 'kvs-emulator/jest'; ${tests}
      test('uploads', async () => { const mine = account(); ${asked('mine')} });
      test('listens', async () => { ${LOADS} });`;
    const folder = project({
      'jest.config.cjs': `${config} };`,
      'a.test.js': file,
      'package.json': { type: 'module' },
    });
    const output = await jest(folder, '--experimental-vm-modules');
    expect(output).toContain('Tests:       2 passed, 2 total');
    expect(output).not.toContain('did not exit');
  });

  it('has matchers that are given to the expect of @jest/globals, with types, and that know an admin token', async () => {
    const file = `${IMPORTS} import { expect, test } from '@jest/globals';
      import { account, matchers, type Account, type KinesisVideoMatchers } from 'kvs-emulator/jest';
      import type { FragmentAck } from 'kvs-emulator/client';
      declare module 'expect' { interface Matchers<R> extends KinesisVideoMatchers<R> {} }
      expect.extend({ ...matchers });
      ${typed}
      test('uploads', async () => { const mine = account(); ${asked('mine')} });`;
    const folder = project({
      'jest.config.cjs': `module.exports = { globalSetup: 'kvs-emulator/jest', globalTeardown: 'kvs-emulator/jest/teardown', injectGlobals: false,
        globals: { kvsEmulator: { adminToken: 'let-me' } }, transform: { '\\\\.ts$': ['ts-jest', {}] } };`,
      'a.test.ts': file,
      'tsconfig.json': tsconfig(['node']),
      'package.json': { type: 'commonjs' },
    });
    expect(await jest(folder)).toContain('1 passed, 1 total');
  });

  it('says what to do where there is no global expect', async () => {
    const text = "module.exports = { injectGlobals: false, setupFilesAfterEnv: ['kvs-emulator/jest/matchers'] };";
    const folder = project({ 'a.test.js': '', 'jest.config.cjs': text });
    await expect(jest(folder)).rejects.toThrow('with expect of @jest/globals');
  });

  it('knows the types, by ts-jest', async () => {
    const file = `${IMPORTS} import { type Account, account } from 'kvs-emulator/jest';
      import type { FragmentAck } from 'kvs-emulator/client';
      ${typed}
      test('uploads', async () => { const mine = account(); ${asked('mine')} });`;
    const folder = project({
      'jest.config.cjs': `${config}, transform: { '\\\\.ts$': ['ts-jest', {}] } };`,
      'a.test.ts': file,
      'tsconfig.json': tsconfig(['node', 'jest']),
      'package.json': { type: 'commonjs' },
    });
    expect(await jest(folder)).toContain('1 passed, 1 total');
  });

  it('says what to do without its setup', async () => {
    const file = `const { account } = require('kvs-emulator/jest');
      test('x', () => { expect(account).toThrow("Add globalSetup: 'kvs-emulator/jest' to jest's configuration."); });`;
    expect(await jest(project({ 'a.test.js': file, 'jest.config.cjs': 'module.exports = {};' }))).toContain(
      '1 passed, 1 total',
    );
  });
});

describe.each([
  // Of what is overridden with test.extend, no vitest before this one tells fixtures that were there.
  ['vitest 4.1', '4.1.0', process.execPath, 'vitest-4'],
  ['vitest 5 on Node 22', '5.', NODE_22, 'vitest-5'],
] as const)('%s', (_, version, program, instead) => {
  it('gives each test an account, each worker an emulator as it is told to, and knows the types', async () => {
    const file = `${IMPORTS} import { expect } from 'vitest'; import { createEmulator } from 'kvs-emulator'; import { type Account, test } from 'kvs-emulator/vitest';
      import type { FragmentAck } from 'kvs-emulator/client';
      ${typed}
      const seen = new Set<string>();
      test('uploads', async ({ account, emulator }) => { ${asked('account')}
        await expect(emulator).toHaveRequested('PutMedia', 1);
        expect(emulator.requests.list({ operation: 'PutMedia' })[0]).toHaveBeenPersisted(4);
        seen.add(account.accountId); });
      test('begins anew', async ({ account, emulator }) => {
        expect(seen).not.toContain(account.accountId);
        await expect(emulator).not.toHaveRequested('PutMedia');
        expect(emulator.clock.state().mode).toBe('running'); });
      const frozen = test.extend({ emulatorOptions: { clock: 'frozen' } });
      const seeded = test.extend({ accountSeed: { streams: [{ name: 'porch' }] } });
      seeded('begins with what it is told to', async ({ account, emulator }) => {
        expect(emulator.streams.get('porch', { account: account.accountId }).status).toBe('ACTIVE'); });
      const strange = test.extend({ emulatorOptions: { likeAws: true, adminToken: 'let-me', region: 'eu-west-1' },
        accountSeed: { streams: [{ name: 'porch', retention: '24h' }] } });
      strange('is as strict as AWS', async ({ account }) => {
        expect(account.region).toBe('eu-west-1');
        await new KinesisVideoClient(account).send(new CreateStreamCommand({ StreamName: 'door' }));
        await expect(account).toHaveRequested('CreateStream', 1);
        await expect(account).not.toHaveFragments('porch'); });
      test('listens', async () => { ${LOADS} });
      frozen('is frozen', async ({ emulator }) => { expect(emulator.clock.state().mode).toBe('frozen'); });`;
    const folder = project({
      'a.test.ts': file,
      'package.json': { type: 'module' },
      'tsconfig.json': {
        compilerOptions: {
          strict: true,
          module: 'nodenext',
          target: 'es2022',
          noEmit: true,
          skipLibCheck: true,
          types: ['node'],
        },
        files: ['a.test.ts'],
      },
    });
    useInstead(folder, { vitest: instead });
    for (const pool of ['forks', 'threads', 'vmThreads']) {
      const flags = ['run', '--root', '.', '--testTimeout', '60000', '--pool', pool];
      const output = await run(folder, program, 'node_modules/vitest/vitest.mjs', ...flags);
      expect(output).toContain(`RUN  v${version}`);
      expect(output).toMatch(/Tests {2}6 passed/);
    }
    expect(await node(folder, join(toolPath('typescript'), 'bin/tsc'), '-p', '.')).toBe('');
  });
});

describe.each([
  // This far back there are no WebSockets, and requests go on as they did.
  ['msw 2.10', '2.10.0', process.execPath, { msw: 'msw-2' }, 'requests'],
  ['msw 2.15 on Node 22', '2.15.', NODE_22, { msw: '../../../node_modules/msw' }, 'requests and WebSockets'],
  ['msw 3 on Node 22', '3.', NODE_22, undefined, 'requests and WebSockets'],
] as const)('%s', (_, version, program, instead, served) => {
  it(`serves ${served} of clients of AWS without an endpoint`, async () => {
    const folder = project({
      'a.mjs': `${IMPORTS} import assert from 'node:assert'; import { setupServer } from 'msw/node';
        import { CreateSignalingChannelCommand, GetSignalingChannelEndpointCommand } from '@aws-sdk/client-kinesis-video';
        import { GetMediaCommand, KinesisVideoMediaClient } from '@aws-sdk/client-kinesis-video-media';
        import { createOfflineEmulator, kinesisVideoHandlers } from 'kvs-emulator/msw'; ${tests}
        const emulator = createOfflineEmulator();
        const handlers = kinesisVideoHandlers(emulator);
        const server = setupServer(...handlers);
        server.listen({ onUnhandledRequest: 'error' });
        const settings = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
        const acks = await upload(settings);
        assert.equal(acks.filter(({ EventType }) => EventType === 'PERSISTED').length, 4);
        const media = new KinesisVideoMediaClient(settings);
        const { Payload } = await media.send(new GetMediaCommand({ StreamName: 'door', StartSelector: { StartSelectorType: 'EARLIEST' } }));
        let length = 0;
        for await (const piece of Payload) { length += piece.length; if (length > 50000) break; }
        Payload.destroy();
        while (emulator.requests.list({ operation: 'GetMedia' })[0].ms === null) await new Promise((done) => setImmediate(done));
        console.log('served requests');
        if (handlers.length > 1) await meet();
        server.close();
        emulator.stop();

        // Of their signatures the emulator asks nothing unless it is told to.
        async function meet() {
          const kvs = new KinesisVideoClient(settings);
          const { ChannelARN } = await kvs.send(new CreateSignalingChannelCommand({ ChannelName: 'front' }));
          const open = async (Role, more) => {
            const SingleMasterChannelEndpointConfiguration = { Protocols: ['WSS'], Role };
            const { ResourceEndpointList: [{ ResourceEndpoint }] } =
              await kvs.send(new GetSignalingChannelEndpointCommand({ ChannelARN, SingleMasterChannelEndpointConfiguration }));
            const socket = new WebSocket(ResourceEndpoint + '/?X-Amz-ChannelARN=' + encodeURIComponent(ChannelARN) + more);
            await new Promise((opened, failed) => { socket.onopen = opened; socket.onclose = ({ code }) => failed(new Error(code)); });
            return socket;
          };
          const master = await open('MASTER', '');
          const viewer = await open('VIEWER', '&X-Amz-ClientId=v1');
          const offered = new Promise((come) => { master.onmessage = ({ data }) => come(JSON.parse(data)); });
          viewer.send(JSON.stringify({ action: 'SDP_OFFER', messagePayload: 'b2ZmZXI=' }));
          assert.deepEqual(await offered, { messageType: 'SDP_OFFER', messagePayload: 'b2ZmZXI=', senderClientId: 'v1' });
          master.onclose = null;
          viewer.onclose = null;
          const refused = await open('MASTER', 'x').catch((error) => error.message);
          assert.equal(refused, '1006');
          console.log('and WebSockets');
        }`,
    });
    if (instead !== undefined) useInstead(folder, instead);
    const msw = join(folder, instead === undefined ? '..' : '.', 'node_modules/msw/package.json');
    expect(JSON.parse(readFileSync(msw, 'utf8')).version).toContain(version);
    const output = await run(folder, program, 'a.mjs');
    expect(output.match(/^(served|and).*/gm)?.join(' ')).toBe(`served ${served}`);
  });
});
