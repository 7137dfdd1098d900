import { createRequire } from 'node:module';

/** Path of the package's script, if it is installed beside the emulator or where it was started. */
export function findWasmCore(): string | undefined {
  for (const from of [import.meta.url, `${process.cwd()}/`]) {
    try {
      return createRequire(from).resolve('@ffmpeg/core');
    } catch {
      // Not there: it is optional.
    }
  }
  return undefined;
}
