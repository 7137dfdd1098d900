// A file system in memory that loses its power: what was not made safe is there in part, in any order, or not at all.
import { dirname } from 'node:path';
import type { Files, OpenFile } from '../../../src/store/disk/files.ts';

interface Inode {
  /** As whoever looks sees it. */
  bytes: Buffer;
  /** As it is after the power was cut, whatever else is. */
  safe: Buffer;
  /** What was done since then. */
  since: ({ readonly at: number; readonly bytes: Buffer } | { readonly size: number })[];
}
type Entry = Inode | 'folder';

/** Something done to names in one folder. */
type NameChange = readonly (readonly [path: string, entry: Entry | undefined])[];

const missing = (path: string): Error => Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });

export class PowerlessFiles implements Files {
  readonly names: Map<string, Entry>;
  readonly #safeNames: Map<string, Entry>;
  #changes: NameChange[] = [];
  /** Called before each thing that takes its time; whoever throws makes it fail. */
  before: (what: string, path: string) => void = () => undefined;
  /** No file grows any more. */
  full = false;

  constructor(names = new Map<string, Entry>()) {
    this.names = names;
    this.#safeNames = new Map(names);
  }

  /** What is there when the power is back. */
  afterCut(chance: () => number): PowerlessFiles {
    const names = new Map(this.#safeNames);
    // Either the first of them, as a journal has it, or any.
    const first = chance() < 0.5 ? Math.floor(chance() * (this.#changes.length + 1)) : undefined;
    this.#changes.forEach((change, index) => {
      if (first === undefined ? chance() < 0.5 : index < first) apply(names, change);
    });
    const copies = new Map<Inode, Inode>();
    for (const [path, entry] of names) {
      if (entry === 'folder') continue;
      const copy = copies.get(entry) ?? survivor(entry, chance);
      copies.set(entry, copy);
      names.set(path, copy);
    }
    for (const path of [...names.keys()]) {
      for (let up = dirname(path); up !== dirname(up); up = dirname(up)) {
        if (up !== '/' && !names.has(up)) names.delete(path);
      }
    }
    return new PowerlessFiles(names);
  }

  /** A copy in which a file is other bytes, or is not there. */
  with(path: string, bytes: Buffer | undefined): PowerlessFiles {
    const names = new Map<string, Entry>();
    for (const [name, entry] of this.names) {
      const own = name === path ? bytes : entry !== 'folder' && entry.bytes;
      if (own === false) names.set(name, 'folder');
      else if (own !== undefined) names.set(name, { bytes: Buffer.from(own), safe: Buffer.from(own), since: [] });
    }
    return new PowerlessFiles(names);
  }

  /** Paths of all files. */
  get paths(): string[] {
    return [...this.names].filter(([, entry]) => entry !== 'folder').map(([path]) => path);
  }

  #change(change: NameChange): void {
    apply(this.names, change);
    this.#changes.push(change);
  }

  #file(path: string): Inode {
    const entry = this.names.get(path);
    if (entry === undefined || entry === 'folder') throw missing(path);
    return entry;
  }

  list(folder: string): string[] {
    const paths = [...this.names.keys()].filter((path) => dirname(path) === folder);
    return paths.map((path) => path.slice(folder.length + 1));
  }

  size(path: string): number | undefined {
    const entry = this.names.get(path);
    return entry === 'folder' ? 0 : entry?.bytes.length;
  }

  readNow(path: string, at = 0, length = Number.POSITIVE_INFINITY): Buffer {
    return Buffer.from(this.#file(path).bytes.subarray(at, at + length));
  }

  writeNow(path: string, bytes: Uint8Array | string): void {
    this.#change([[path, { bytes: Buffer.from(bytes), safe: Buffer.alloc(0), since: [] }]]);
  }

  makeFolder(folder: string): void {
    if (folder === '/' || this.names.has(folder)) return;
    this.makeFolder(dirname(folder));
    this.#change([[folder, 'folder']]);
  }

  rename(from: string, to: string): void {
    const entry = this.names.get(from);
    if (entry === undefined) throw missing(from);
    const inside = [...this.names].filter(([path]) => path.startsWith(`${from}/`));
    this.#change([
      [from, undefined],
      [to, entry],
      ...inside.flatMap(([path, one]) => [[path, undefined] as const, [to + path.slice(from.length), one] as const]),
    ]);
  }

  link(from: string, to: string): void {
    this.#change([[to, this.#file(from)]]);
  }

  remove(path: string): void {
    const inside = [...this.names.keys()].filter((one) => one === path || one.startsWith(`${path}/`));
    for (const one of inside.reverse()) this.#change([[one, undefined]]);
  }

  async open(path: string, make: boolean): Promise<OpenFile> {
    await turn();
    this.before('open', path);
    if (make && !this.names.has(path)) {
      this.#change([[path, { bytes: Buffer.alloc(0), safe: Buffer.alloc(0), since: [] }]]);
    }
    const file = this.#file(path);
    return {
      read: async (at, length) => {
        await turn();
        this.before('read', path);
        return new Uint8Array(file.bytes.subarray(at, at + length));
      },
      write: async (pieces, at) => {
        await turn();
        const bytes = Buffer.concat(pieces);
        let failure: unknown;
        try {
          this.before('write', path);
          const ends = at + bytes.length;
          if (this.full && ends > file.bytes.length)
            throw Object.assign(new Error(`ENOSPC: ${path}`), { code: 'ENOSPC' });
        } catch (error) {
          failure = error;
        }
        // What fails may have been done in part.
        const part = failure === undefined ? bytes : bytes.subarray(0, bytes.length >> 1);
        file.since.push({ at, bytes: part });
        file.bytes = written(file.bytes, at, part);
        if (failure !== undefined) throw failure;
      },
      sync: async () => {
        const [upTo, bytes] = [file.since.length, Buffer.from(file.bytes)];
        await turn();
        this.before('sync', path);
        file.safe = bytes;
        file.since = file.since.slice(upTo);
      },
      truncate: async (size) => {
        await turn();
        file.since.push({ size });
        file.bytes = resized(file.bytes, size);
      },
      close: async () => undefined,
    };
  }

  async syncFolder(folder: string): Promise<void> {
    const own = this.#changes.filter((change) => change.some(([path]) => dirname(path) === folder));
    await turn();
    this.before('sync', folder);
    for (const change of own) apply(this.#safeNames, change);
    this.#changes = this.#changes.filter((change) => !own.includes(change));
  }
}

const SECTOR_BYTES = 512;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function apply(names: Map<string, Entry>, change: NameChange): void {
  for (const [path, entry] of change) {
    if (entry === undefined) names.delete(path);
    else names.set(path, entry);
  }
}

function resized(bytes: Buffer, size: number): Buffer {
  const other = Buffer.alloc(size);
  bytes.copy(other);
  return other;
}

function written(bytes: Buffer, at: number, piece: Buffer): Buffer {
  const other = resized(bytes, Math.max(bytes.length, at + piece.length));
  piece.copy(other, at);
  return other;
}

/** What was safe, and any of the rest: in part, as nothing but zeros, or not at all. */
function survivor({ safe, since }: Inode, chance: () => number): Inode {
  let bytes: Buffer = Buffer.from(safe);
  for (const one of since) {
    if (chance() < 0.4) continue;
    if ('size' in one) bytes = resized(bytes, one.size);
    else if (chance() < 0.3) bytes = writtenInPart(bytes, one, chance);
    else {
      const part = chance() < 0.5 ? one.bytes : one.bytes.subarray(0, Math.floor(chance() * one.bytes.length));
      const fill = chance() < 0.2 ? Buffer.alloc(one.bytes.length) : part;
      bytes = written(bytes, one.at, fill);
    }
  }
  return { bytes, safe: Buffer.from(bytes), since: [] };
}

/** Any of its sectors is there: of the others what was there before. */
function writtenInPart(before: Buffer, { at, bytes }: { at: number; bytes: Buffer }, chance: () => number): Buffer {
  let after = resized(before, Math.max(before.length, at + bytes.length));
  for (let from = at; from < at + bytes.length; ) {
    const to = Math.min((Math.floor(from / SECTOR_BYTES) + 1) * SECTOR_BYTES, at + bytes.length);
    if (chance() < 0.5) after = written(after, from, bytes.subarray(from - at, to - at));
    from = to;
  }
  return after;
}
