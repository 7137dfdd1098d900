// Every file of the repository, for the tests that read them.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOT_OURS = new Set([
  'node_modules',
  'dist',
  '.examples',
  'coverage',
  '.git',
  '__pycache__',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
]);

/** Paths of all files under `folder`, relative to the root, with forward slashes; nothing that was installed or built. */
export function filesUnder(folder: string): string[] {
  return readdirSync(ROOT + folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (NOT_OURS.has(entry.name) || entry.isSymbolicLink()) return [];
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

export const read = (path: string): string => readFileSync(ROOT + path, 'utf8');
export const sources = (): string[] => filesUnder('src').filter((path) => path.endsWith('.ts'));

/** The code without its comments. Good enough to look for words; a `//` inside a string hides the rest of its line. */
export const withoutComments = (code: string): string =>
  code.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/(^|[^:])\/\/.*$/gm, '$1');

export interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}
const IMPORT =
  /^\s*(import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm;

export function importsOf(path: string): Import[] {
  return [...withoutComments(read(path)).matchAll(IMPORT)].map(([, , type, from, bare, dynamic]) => ({
    from: path,
    specifier: from ?? bare ?? dynamic ?? '',
    typeOnly: type !== undefined,
  }));
}

/** A relative specifier as a path from the root; anything else as it is. */
export function resolved({ from, specifier }: Import): string {
  if (!specifier.startsWith('.')) return specifier;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}
