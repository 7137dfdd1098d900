import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { eventLoopTurn, wallNow, wallSleep, wallTimeout } from '../../runtime/wall.ts';
import { DataFolderError } from './failures.ts';
import { startOf, whereabouts } from './processes.ts';

/** Whoever has the folder says so as often as that, for those who cannot look at its process. Milliseconds. */
const BEAT_MS = 1000;
/** Whoever has not said so for as long as that is no more. */
const DEAD_MS = 3500;

interface Holder {
  readonly pid: number;
  /** Null where it cannot be known. */
  readonly started: string | null;
  readonly where: string;
}

/** One process at a time has a folder: what it writes another would write over. */
export class Lock {
  readonly #path: string;
  readonly #text: string;
  #stopBeat: () => void = () => undefined;

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
    this.#beat();
  }

  /** Rejects with a DataFolderError that names who has it. That of a process that is no more is taken over. */
  static async take(folder: string): Promise<Lock> {
    const path = `${folder}/lock`;
    const own: Holder = { pid: process.pid, started: startOf(process.pid) ?? null, where: whereabouts() };
    const text = `${JSON.stringify(own)}\n`;
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, text, { mode: 0o600 });
    try {
      // Nobody sees half of it.
      while (!link(draft, path)) await takeAway(path, own, folder);
    } finally {
      rmSync(draft, { force: true });
    }
    return new Lock(path, text);
  }

  release(): void {
    this.#stopBeat();
    if (contentOf(this.#path) === this.#text) rmSync(this.#path, { force: true });
  }

  #beat(): void {
    this.#stopBeat = wallTimeout(() => {
      try {
        const now = wallNow() / 1000;
        utimesSync(this.#path, now, now);
      } catch {
        this.#putBack();
      }
      this.#beat();
    }, BEAT_MS);
  }

  /** Somebody has removed it: whoever comes next is to find it again. */
  #putBack(): void {
    try {
      writeFileSync(this.#path, this.#text, { mode: 0o600, flag: 'wx' });
    } catch {
      // Another has taken the folder, or it cannot be written: nobody may take that for a reason to stop.
    }
  }
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The lock that is there goes, if whoever had it is no more. */
async function takeAway(path: string, own: Holder, folder: string): Promise<void> {
  const text = contentOf(path);
  if (text === undefined) return eventLoopTurn();
  const holder = holderIn(text);
  if (await isThere(holder, own, path)) throw taken(folder, holder);
  const old = `${path}.old.${process.pid}`;
  try {
    renameSync(path, old);
  } catch {
    // Somebody else was first.
    return;
  }
  // Between the look and this another may have come, whose it is.
  const other = contentOf(old);
  if (other !== text && other !== undefined) link(old, path);
  rmSync(old, { force: true });
}

/** @param holder undefined if what it said cannot be read */
async function isThere(holder: Holder | undefined, own: Holder, path: string): Promise<boolean> {
  if (holder?.where === own.where) {
    const started = startOf(holder.pid);
    if (started === undefined) return false;
    if (started !== null && holder.started !== null) return started === holder.started;
  }
  // Nobody can look at it: it says by itself that it is there.
  const before = beatOf(path);
  if (before === undefined || wallNow() - before > 2 * DEAD_MS) return false;
  await wallSleep(DEAD_MS, new AbortController().signal);
  const now = beatOf(path);
  return now !== undefined && now !== before;
}

function beatOf(path: string): number | undefined {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return undefined;
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function holderIn(text: string): Holder | undefined {
  try {
    const { pid, started, where } = JSON.parse(text) as Holder;
    return Number.isInteger(pid) && pid > 0 ? { pid, started, where } : undefined;
  } catch {
    return undefined;
  }
}

function taken(folder: string, holder: Holder | undefined): DataFolderError {
  const elsewhere = holder?.where === whereabouts() ? '' : ' of another machine or container';
  const who = holder === undefined ? 'which cannot be named: its lock is damaged' : `process ${holder.pid}${elsewhere}`;
  const advice = 'Stop that one, or choose another folder with --data-dir.';
  return new DataFolderError(`${folder} is in use by another emulator, ${who}. ${advice}`, true);
}
