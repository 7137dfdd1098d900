import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** What of a seed is looked into here; the emulator says what is wrong with it. */
interface Part {
  readonly streams?: readonly { readonly media?: readonly { readonly file?: unknown }[] | undefined }[] | undefined;
}
interface SeedOfFiles extends Part {
  readonly accounts?: Readonly<Record<string, Readonly<Record<string, Part>>>> | undefined;
  readonly files?: Readonly<Record<string, string>> | undefined;
}

const listed = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : []);

/** The files that a seed names and does not bring along, each once. */
function filesOf(seed: SeedOfFiles): string[] {
  const parts = [seed, ...Object.values(seed.accounts ?? {}).flatMap((regions) => Object.values(regions ?? {}))];
  const names = parts
    .flatMap((part) => listed(part?.streams))
    .flatMap((stream) => listed(stream?.media))
    .map((media) => media?.file);
  return [...new Set(names)].filter((name) => typeof name === 'string' && seed.files?.[name] === undefined) as string[];
}

/**
 * The seed with its files in it: where the emulator runs they may not be.
 * @param folder what their names are relative to
 * @throws Error that names the file if one cannot be read
 */
export function seedWithFiles<S extends object>(given: S, folder: string): S {
  const seed = given as SeedOfFiles;
  const names = filesOf(seed);
  if (names.length === 0) return given;
  const read = names.map((name) => [name, fileAt(resolve(folder, name))] as const);
  return { ...given, files: { ...seed.files, ...Object.fromEntries(read) } };
}

function fileAt(path: string): string {
  try {
    return readFileSync(path, 'base64');
  } catch (error) {
    throw new Error(`${path}, which the seed names, cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
