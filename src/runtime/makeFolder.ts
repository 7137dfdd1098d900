import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/**
 * Makes a folder, and those above it, unless they are there. Throws node's error. Not by node's own `recursive`: where nothing can
 * be made, as under /proc, that of Node 20 goes on trying for ever.
 */
export function makeFolder(path: string, mode?: number): void {
  try {
    mkdirSync(path, mode);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && statSync(path).isDirectory()) return;
    const above = dirname(path);
    if (codeOf(error) !== 'ENOENT' || above === path) throw error;
    makeFolder(above, mode);
    // Unless it is the one above that is where nothing can be made.
    mkdirSync(path, mode);
  }
}
