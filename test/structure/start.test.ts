import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** What is loaded, of this source and of packages, before the emulator has answered for the first time. */
async function loadedBy(...entryPoints: string[]): Promise<string[]> {
  const { metafile } = await build({
    ...{ entryPoints, bundle: true, splitting: true, write: false, metafile: true, packages: 'external' },
    ...{ format: 'esm', platform: 'node', outdir: 'nowhere', logLevel: 'silent' },
  });
  const found = new Set<string>();
  const follow = (path: string): void => {
    const chunk = metafile.outputs[path];
    if (found.has(path)) return;
    found.add(path);
    for (const input of Object.keys(chunk?.inputs ?? {})) found.add(input);
    for (const { path: next, kind } of chunk?.imports ?? []) if (kind === 'import-statement') follow(next);
  };
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoints.includes(entryPoint ?? '')) follow(path);
  }
  return [...found];
}

const start = await loadedBy('src/main.ts', 'src/commands/start.ts', 'src/open.ts');
const folder = await loadedBy('src/store/disk/dataFolder.ts');
const library = await loadedBy('src/index.ts');
const LATER = [
  'node:child_process',
  'node:worker_threads',
  'ws',
  'express',
  'node-forge',
  'prom-client',
  'node-turn',
  'lowdb',
  '@aws-sdk/client-sns',
];
const ALSO_LATER = ['@aws-sdk/client-s3', '@aws-sdk/client-kms', 'node:tls', 'node:https', 'node:fs/promises'];

describe('before the first answer', () => {
  it('the program loads what answers, and nothing of the service', () => {
    expect(start).toContain('src/http/server.ts');
    expect(start).toContain('node:http');
    const later =
      /^src\/(media\/(matroska|codec)|packaging|store|snapshots|tokens|admin|delivery|decoders|relay|kms)\//;
    expect(start.filter((path) => later.test(path))).toEqual([]);
    expect(start).not.toContain('src/operations/registry.ts');
    expect(start).not.toContain('src/domain/streams/streams.ts');
  });

  it.each([...LATER, ...ALSO_LATER])('the program does not load %s', (name) => {
    expect(start).not.toContain(name);
  });

  it('the program reads what is in a data folder besides media, and loads no more for it', () => {
    expect(folder).toContain('src/store/disk/catalogue.ts');
    expect(folder).toContain('src/store/disk/lock.ts');
    expect(folder.filter((path) => /^src\/(?!store\/disk\/|runtime\/|domain\/ports)/.test(path))).toEqual([]);
    expect(folder).not.toContain('src/store/disk/diskStore.ts');
    expect(folder).not.toContain('lowdb');
  });

  it.each(LATER)('the library does not load %s', (name) => {
    expect(library).toContain('src/world.ts');
    expect(library).not.toContain(name);
  });
});
