import { CATALOGUE_VERSION, type CatalogueData, CatalogueFile, newerCatalogue, type Tables } from './catalogueFile.ts';
import { readLog } from './catalogueLog.ts';
import { DataFolderError } from './failures.ts';
import type { Files } from './files.ts';
import type { SetAside } from './setAside.ts';

interface Parts {
  readonly files: Files;
  readonly aside: SetAside;
  readonly folder: string;
}

export interface OpenedCatalogue {
  readonly tables: Tables;
  /** Of the last log there is. */
  readonly generation: number;
  /** Something of it was damaged, so that not all may be there that was. */
  readonly damaged: boolean;
  /** There was nothing at all. */
  readonly fresh: boolean;
}

/** Reads what there is: the file that can be read, and all logs since. Rejects with a DataFolderError, or node's error. */
export async function openCatalogue(parts: Parts): Promise<OpenedCatalogue> {
  const { files, aside, folder } = parts;
  const before = aside.count;
  const names = files.list(folder);
  const logs = names
    .map((name) => /^catalogue\.(\d+)\.log$/.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  const current = await read(parts, 'catalogue.json');
  const base = current ?? (await read(parts, 'catalogue.previous.json'));
  const first = logs[0];
  if (current === undefined && aside.count === before && (base !== undefined || (first !== undefined && first > 0))) {
    aside.missing(`${folder}/catalogue.json`, 'what it said is taken from the one before and the logs since.');
  }
  const tables: Tables = base?.tables ?? {};
  const from = base?.generation ?? 0;
  if (current !== undefined && !logs.includes(from)) {
    aside.missing(`${folder}/catalogue.${from}.log`, 'changes since the catalogue was last written down are lost.');
  }
  for (const number of logs) if (number >= from) replay(parts, number, tables);
  return {
    tables,
    generation: Math.max(from, logs.at(-1) ?? 0),
    damaged: aside.count > 0,
    fresh: base === undefined && logs.length === 0,
  };
}

async function read({ files, aside, folder }: Parts, name: string): Promise<CatalogueData | undefined> {
  const file = new CatalogueFile(files, folder, name);
  try {
    return (await file.read()) ?? undefined;
  } catch (error) {
    if (error instanceof DataFolderError) throw error;
    // Of the disk, and not of what is on it.
    if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
    aside.whole(file.path, `it is not what was written (${(error as Error).message})`);
    return undefined;
  }
}

function replay({ files, aside, folder }: Parts, number: number, tables: Tables): void {
  const path = `${folder}/catalogue.${number}.log`;
  const { head, changes, broken } = readLog(files.readNow(path));
  const version = Array.isArray(head) ? Number(head[1]) : CATALOGUE_VERSION;
  if (version > CATALOGUE_VERSION) throw new DataFolderError(newerCatalogue(path, version));
  for (const { at, length, torn } of broken) {
    if (torn) aside.end(path, at, length);
    else aside.part(path, at, length, 'a change cannot be read');
  }
  for (const [table, key, entry] of changes) {
    const entries = tables[table] ?? {};
    tables[table] = entries;
    if (entry === undefined) delete entries[key];
    else Object.defineProperty(entries, key, { value: entry, writable: true, enumerable: true, configurable: true });
  }
}
