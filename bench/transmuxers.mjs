// What turns stored fragments into segments, as it is in src, bundled for this node: the functions that a segment's URL
// calls, without the server around them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['media/matroska/reader.ts', 'media/steps.ts', 'packaging/segments.ts'];

export async function loadTransmuxers() {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-bench-'));
  const outfile = join(folder, 'transmuxers.mjs');
  const contents = SOURCES.map((path) => `export * from ${JSON.stringify(join(root, 'src', path))};\n`).join('');
  const stdin = { contents, resolveDir: root };
  try {
    await build({ stdin, bundle: true, format: 'esm', platform: 'node', outfile, logLevel: 'error' });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As a body is cut when it comes: its fragments, each with the header that it shares with the others. */
export function cut({ MatroskaReader }, file) {
  const fragments = [];
  let header;
  const reader = new MatroskaReader({
    header: (one) => {
      header = one;
    },
    cluster: () => fragments.push({ header, pieces: [], startMs: 0 }),
    timestamp: (ticks) => {
      fragments.at(-1).startMs = Number(ticks);
    },
    block: () => undefined,
    tags: () => undefined,
    signal: () => undefined,
    documentEnd: () => undefined,
    bytes: (piece) => fragments.at(-1).pieces.push(piece),
  });
  for (let at = 0; at < file.length; at += 65_536) reader.push(file.subarray(at, at + 65_536));
  reader.end();
  return fragments;
}
