// What is in an archive, and under which names.

/** Whoever changes what is in an archive gives it another version, and says how to read the ones before. */
export const VERSION = 1;
export const FORMAT = 'kvs-emulator snapshot';

export interface Manifest {
  readonly format: string;
  readonly version: number;
  readonly journal: boolean;
  readonly secrets: boolean;
}

export const MANIFEST = 'manifest.json';
export const CLOCK = 'clock.json';
/** As `sha256sum` writes it; behind all others. */
export const SUMS = 'SHA256SUMS';

export const partName = (name: string): string => `parts/${name.replaceAll(' ', '-')}.json`;
export const tableName = (name: string): string => `tables/${name}.jsonl`;
export type MediaFile = 'headers.jsonl' | 'fragments.jsonl' | 'bytes';
export const mediaName = (index: number, file: MediaFile): string =>
  `media/${String(index + 1).padStart(6, '0')}/${file}`;

/** The same again. */
export const PART = /^parts\/([a-z-]{1,64})\.json$/;
export const TABLE = /^tables\/([A-Za-z]{1,64})\.jsonl$/;
export const MEDIA = /^media\/(\d{6,12})\/(headers\.jsonl|fragments\.jsonl|bytes)$/;
