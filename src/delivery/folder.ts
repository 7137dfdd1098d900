import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ImageObject } from '../domain/ports.ts';
import { makeFolder } from '../runtime/makeFolder.ts';

/** Characters of a name; file systems take 255 bytes. */
const LONGEST_NAME = 200;

/** A producer says how a key begins: it must not lead out of the folder. */
const safe = (part: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  const name = part.replace(/[\u0000-\u001f\\:]/g, '_').slice(-LONGEST_NAME);
  return name === '' || name === '.' || name === '..' ? '_' : name;
};

/** Where a picture lies in the folder: `BUCKET/KEY`. */
export const placeIn = (folder: string, { bucket, key }: Pick<ImageObject, 'bucket' | 'key'>): string =>
  [bucket, ...key.split('/')].reduce((path, part) => join(path, safe(part)), folder);

/** Writes a picture, and its metadata beside it as `.json`. */
export async function writeImage(folder: string, image: ImageObject): Promise<void> {
  const path = placeIn(folder, image);
  makeFolder(dirname(path));
  await writeFile(path, image.bytes);
  await writeFile(`${path}.json`, `${JSON.stringify(image.metadata, undefined, 2)}\n`);
}
