import { crc32 } from 'node:zlib';
import type { Adapter } from 'lowdb';
import { DataFolderError } from './failures.ts';
import type { Files } from './files.ts';
import { writeWhole } from './writeWhole.ts';

/** Of what is written here. A newer one is refused. */
export const CATALOGUE_VERSION = 1;

/** All entries by table and key. */
export type Tables = Record<string, Record<string, unknown>>;

export interface CatalogueData {
  version: number;
  /** The log that goes on from here. */
  generation: number;
  tables: Tables;
}

/** What is at the end of the text, and what stands between it and the tables. */
const TABLES = ',"tables":';
const headOf = ({ version, generation }: CatalogueData, sum: number): string =>
  `{"version":${version},"generation":${generation},"checksum":${sum}`;

/** The file that lowdb keeps the catalogue in: one that is there is whole, whenever the power went. */
export class CatalogueFile implements Adapter<CatalogueData> {
  readonly path: string;
  readonly #files: Files;
  readonly #folder: string;

  constructor(files: Files, folder: string, name: string) {
    this.#files = files;
    this.#folder = folder;
    this.path = `${folder}/${name}`;
  }

  /** Null if there is none. Rejects if it is not what was written, or a newer version has written it. */
  async read(): Promise<CatalogueData | null> {
    if (this.#files.size(this.path) === undefined) return null;
    const text = this.#files.readNow(this.path).toString();
    const at = text.indexOf(TABLES);
    const { version, generation, checksum } = JSON.parse(`${text.slice(0, at)}}`) as CatalogueData & {
      checksum: number;
    };
    if (version > CATALOGUE_VERSION) throw new DataFolderError(newerCatalogue(this.path, version));
    const tables = text.slice(at + TABLES.length, -1);
    if (text !== textOf({ version, generation, tables: {} }, tables) || crc32(tables, generation) !== checksum) {
      throw new Error('its checksum does not fit');
    }
    return { version, generation, tables: JSON.parse(tables) as Tables };
  }

  /** Beside the one that is there, which `replaces` is told of when the new one is safe. */
  async write(data: CatalogueData, replaces: () => void = () => undefined): Promise<void> {
    const draft = `${this.path}.new`;
    const bytes = Buffer.from(textOf(data, JSON.stringify(data.tables)));
    await writeWhole(this.#files, draft, bytes);
    replaces();
    this.#files.rename(draft, this.path);
    await this.#files.syncFolder(this.#folder);
  }
}

const textOf = (data: CatalogueData, tables: string): string =>
  `${headOf(data, crc32(tables, data.generation))}${TABLES}${tables}}`;

export const newerCatalogue = (path: string, version: number): string =>
  `${path} was written by a newer version of kvs-emulator: it has version ${version}, and this one reads up to ` +
  `${CATALOGUE_VERSION}. Use that version, or another folder with --data-dir.`;
