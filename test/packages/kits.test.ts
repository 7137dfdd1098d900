// The kits as people have them: from the package, in the test runners themselves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { NODE_22, node, project, run, toolPath } from './user.ts';

const jest = (folder: string) =>
  node(folder, join(toolPath('jest'), 'bin/jest.js'), '--ci', '--no-cache', '--no-watchman', '--testTimeout', '60000');

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
  await expect(${account}).toHaveRequested({ operation: 'GetDataEndpoint', stream: 'door', status: 200 });
  await expect(${account}).toHaveNoWarnings();
  await expect(expect(${account}).toHaveRequested('GetMedia')).rejects.toThrow('There were 0; of all: CreateStream, GetDataEndpoint, PutMedia');
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

  it('has an emulator in the process of a test', async () => {
    const file = `const { createEmulator } = require('kvs-emulator');
      test('listens', async () => { const emulator = await createEmulator();
        expect((await (await fetch(emulator.url + '/_kvs/clock')).json()).mode).toBe('running'); await emulator.stop(); });`;
    expect(await jest(project({ 'a.test.js': file, 'jest.config.cjs': 'module.exports = {};' }))).toContain(
      '1 passed, 1 total',
    );
  });

  it('knows the types, by ts-jest', async () => {
    const file = `${IMPORTS} import { type Account, account } from 'kvs-emulator/jest';
      import type { FragmentAck } from 'kvs-emulator/client';
      ${tests.replace('upload(account)', 'upload(account: Account)').replace('acks = []', 'acks: FragmentAck[] = []')}
      test('uploads', async () => { const mine = account(); ${asked('mine')} });`;
    const folder = project({
      'jest.config.cjs': `${config}, transform: { '\\\\.ts$': ['ts-jest', {}] } };`,
      'a.test.ts': file,
      'tsconfig.json': {
        compilerOptions: {
          strict: true,
          module: 'node16',
          moduleResolution: 'node16',
          target: 'es2022',
          types: ['node', 'jest'],
        },
      },
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

describe('vitest', () => {
  it('gives each test an account, each worker an emulator as it is told to, and knows the types', async () => {
    const file = `${IMPORTS} import { expect } from 'vitest'; import { type Account, test } from 'kvs-emulator/vitest';
      import type { FragmentAck } from 'kvs-emulator/client';
      ${tests.replace('upload(account)', 'upload(account: Account)').replace('acks = []', 'acks: FragmentAck[] = []')}
      const seen = new Set<string>();
      test('uploads', async ({ account, emulator }) => { ${asked('account')}
        await expect(emulator).toHaveRequested('PutMedia', 1);
        expect(emulator.requests.list({ operation: 'PutMedia' })[0]).toHaveBeenPersisted(4);
        seen.add(account.accountId); });
      test('begins anew', async ({ account, emulator }) => {
        expect(seen).not.toContain(account.accountId);
        await expect(emulator).not.toHaveRequested('PutMedia');
        expect(emulator.clock.state().mode).toBe('running'); });
      const frozen = test.extend({ emulatorOptions: [{ clock: 'frozen' as const }, { scope: 'worker' }] });
      const seeded = test.extend({ accountSeed: { streams: [{ name: 'porch' }] } });
      seeded('begins with what it is told to', async ({ account, emulator }) => {
        expect(emulator.streams.get('porch', { account: account.accountId }).status).toBe('ACTIVE'); });
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
    const output = await node(
      folder,
      '../node_modules/vitest/vitest.mjs',
      'run',
      '--root',
      '.',
      '--testTimeout',
      '60000',
    );
    expect(output).toMatch(/Tests {2}4 passed/);
    expect(await node(folder, join(toolPath('typescript'), 'bin/tsc'), '-p', '.')).toBe('');
  });
});

describe('msw 3 on Node 22', () => {
  it('serves clients of AWS without an endpoint', async () => {
    const folder = project({
      'a.mjs': `${IMPORTS} import assert from 'node:assert'; import { setupServer } from 'msw/node';
        import { GetMediaCommand, KinesisVideoMediaClient } from '@aws-sdk/client-kinesis-video-media';
        import { createOfflineEmulator, kinesisVideoHandlers } from 'kvs-emulator/msw'; ${tests}
        const emulator = createOfflineEmulator();
        const server = setupServer(...kinesisVideoHandlers(emulator));
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
        server.close();
        emulator.stop();
        console.log('served');`,
    });
    expect(readFileSync(join(folder, '../node_modules/msw/package.json'), 'utf8')).toContain('"version": "3.');
    expect(await run(folder, NODE_22, 'a.mjs')).toContain('served');
  });
});
