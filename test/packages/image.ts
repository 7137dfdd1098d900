import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe } from 'vitest';

/** The image to test, which CI has built, and the one without a decoder; nothing is pulled. */
export const IMAGE = process.env.KVS_IMAGE ?? '';
export const SLIM = `${IMAGE}-slim`;

/** A describe block that needs an engine and the image. Without them it is skipped and the reason printed. */
export function describeInContainers(name: string, body: () => void): void {
  if (IMAGE === '')
    process.stderr.write(
      `skipped: ${name}: KVS_IMAGE names no image (docker build -t kvs-emulator . && KVS_IMAGE=kvs-emulator npm run test:packages)\n`,
    );
  describe.skipIf(IMAGE === '')(name, { timeout: 120_000 }, body);
}

/** What `docker` prints, without the line's end; throws with what it says if it fails. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', [...args], { timeout: 60_000 });
  return stdout.trim();
}
