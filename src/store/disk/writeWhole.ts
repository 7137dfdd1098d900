import type { Files } from './files.ts';

/** Makes a file hold these bytes and no others, safe when it resolves. Rejects with node's error: any part may be there then. */
export async function writeWhole(files: Files, path: string, bytes: Uint8Array): Promise<void> {
  const file = await files.open(path, true);
  try {
    await file.write([bytes], 0);
    await file.truncate(bytes.length);
    await file.sync();
  } finally {
    await file.close();
  }
}
