import { createRequire } from 'node:module';

/** Path of an optional package, if it is installed beside the emulator or where it was started. */
export function findPackage(name: string): string | undefined {
  for (const from of [import.meta.url, `${process.cwd()}/`]) {
    try {
      return createRequire(from).resolve(name);
    } catch {
      // Not there: it is optional.
    }
  }
  return undefined;
}
