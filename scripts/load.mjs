import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Loads a TypeScript module of the repository as the build would make it. */
export async function load(path) {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-load-'));
  try {
    const outfile = join(folder, 'module.mjs');
    await build({ absWorkingDir: root, entryPoints: [path], outfile, bundle: true, format: 'esm', platform: 'node' });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
