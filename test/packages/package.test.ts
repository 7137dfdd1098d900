import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build, stop } from 'esbuild';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { NODE_22, node, project, run, toolPath } from './user.ts';

const CLIENT = `
const refused = putMedia({ endpoint: 'http://127.0.0.1:9', region: 'us-east-1', streamName: 's',
  fragmentTimecodeType: 'RELATIVE', body: new Uint8Array(1) });
refused.next().then(() => process.exit(1), (error) => console.log(error.name));
`;
const LIBRARY = `
  const [emulator, other] = await Promise.all([createEmulator(), createEmulator()]);
  const health = await (await fetch(emulator.url + '/_kvs/health')).json();
  const clock = await (await fetch(emulator.url + '/_kvs/clock')).json();
  await emulator.ca();
  await Promise.all([emulator.stop(), other.stop()]);
  console.log(health.status, clock.mode);
`;

afterAll(() => stop());

describe('the package of a fresh clone', () => {
  const listed = (): string[] => execFileSync('tar', ['-tzf', inject('tarball')], { encoding: 'utf8' }).split('\n');
  const manifest = () =>
    JSON.parse(readFileSync(join(inject('user'), 'node_modules/kvs-emulator/package.json'), 'utf8'));

  it('holds what is built, without source maps, in less than a megabyte', () => {
    const files = listed();
    expect(files).toContain('package/dist/main.js');
    expect(files).toContain('package/dist/esm/index.js');
    expect(files).toContain('package/dist/cjs/index.js');
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);
    expect(statSync(inject('tarball')).size).toBeLessThan(1_000_000);
  });

  it('installs nothing besides, and says whose work is in it', () => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = manifest();
    expect(dependencies).toBeUndefined();
    for (const peer of Object.keys(peerDependencies)) expect(peerDependenciesMeta[peer]).toEqual({ optional: true });
    const notices = readFileSync(
      join(inject('user'), 'node_modules/kvs-emulator/dist/THIRD-PARTY-NOTICES.txt'),
      'utf8',
    );
    for (const name of ['express', 'node-forge', 'ws', 'nanoid', 'sorted-btree', 'lru-cache', 'fastest-levenshtein'])
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
    expect(notices.match(/Copyright/g)?.length).toBeGreaterThan(30);
  });

  it('has what publint wants', async () => {
    const cli = join(toolPath('publint'), 'src/cli.js');
    expect(await node(inject('user'), cli, 'run', 'node_modules/kvs-emulator', '--strict')).toContain('All good!');
  });

  it('has types that resolve for ES modules, CommonJS and bundlers', async () => {
    const cli = join(toolPath('@arethetypeswrong/cli'), 'dist/index.js');
    const attw = (...args: string[]) => node(inject('user'), cli, inject('tarball'), '--no-emoji', ...args);
    // Fails with a problem. It does not see the `default` of what esbuild makes; the test of require() does.
    const known = ['--profile', 'node16', '--ignore-rules', 'false-export-default', '--exclude-entrypoints', 'vitest'];
    const table = await attw(...known);
    expect(table).toContain('"kvs-emulator/jest/teardown"');
    expect(table).not.toContain('"kvs-emulator/vitest"');
    // vitest itself cannot be loaded by require().
    expect(await attw('--profile', 'esm-only', '--entrypoints', 'vitest')).toContain('"kvs-emulator/vitest"');
  });
});

describe.each([
  ['this Node', process.execPath],
  ['Node 22', NODE_22],
])('%s', (_, program) => {
  it('loads it as ES modules, and ends when the emulator has stopped', async () => {
    const folder = project({
      'a.mjs': `import { createEmulator } from 'kvs-emulator'; import { putMedia } from 'kvs-emulator/client';
        import { KinesisVideoContainer } from 'kvs-emulator/testcontainers'; new KinesisVideoContainer('any'); ${LIBRARY} ${CLIENT}`,
    });
    expect(await run(folder, program, 'a.mjs')).toBe('ok running\nConnectionError\n');
  });

  it('loads it by require(), and ends when the emulator has stopped', async () => {
    const folder = project({
      'a.cjs': `const { createEmulator } = require('kvs-emulator'); const { putMedia } = require('kvs-emulator/client');
        const { default: setup } = require('kvs-emulator/jest'); const { default: teardown } = require('kvs-emulator/jest/teardown');
        const { KinesisVideoContainer } = require('kvs-emulator/testcontainers'); new KinesisVideoContainer('any');
        if (typeof setup !== 'function' || typeof teardown !== 'function') throw new Error('no default');
        (async () => { ${LIBRARY} ${CLIENT} })();`,
    });
    expect(await run(folder, program, 'a.cjs')).toBe('ok running\nConnectionError\n');
  });
});

describe('a bundle', () => {
  const source = `import { putMedia } from 'kvs-emulator/client'; ${CLIENT}`;

  it('by esbuild in CommonJS, as the CDK makes it, can use the client', async () => {
    const folder = project({ 'a.ts': source });
    const options = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', outfile: 'out.js' } as const;
    const { warnings } = await build({ ...options, absWorkingDir: folder, entryPoints: ['a.ts'] });
    expect(warnings).toEqual([]);
    expect(await node(folder, 'out.js')).toBe('ConnectionError\n');
  });

  it('by webpack can use the client and the library', async () => {
    const folder = project({
      'a.mjs': `import { createEmulator } from 'kvs-emulator'; ${source} (async () => { ${LIBRARY} })();`,
      'webpack.config.cjs': `module.exports = { mode: 'production', target: 'node20', entry: './a.mjs', devtool: false, optimization: { minimize: false },
        output: { path: __dirname, filename: 'out.cjs', chunkFilename: '[name].out.cjs' } };`,
      'bundle.cjs': `require('webpack')(require('./webpack.config.cjs'), (error, stats) => {
        console.log(error ?? stats.toString({ all: false, errors: true, warnings: true })); process.exitCode = stats?.hasErrors() ? 1 : 0; });`,
    });
    const said = await node(folder, 'bundle.cjs');
    expect(said).not.toContain('ERROR');
    // Nothing to warn of: what may be installed beside it is looked for when it is wanted.
    expect(said.trim()).toBe('');
    const lines = (await node(folder, 'out.cjs')).trim().split('\n');
    expect(lines.sort()).toEqual(['ConnectionError', 'ok running']);
  });
});
