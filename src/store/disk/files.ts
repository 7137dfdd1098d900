/** A file that is read and written while others are served. What rejects is node's error. */
export interface OpenFile {
  /** So many bytes from there on; fewer if the file ends before. */
  read(at: number, length: number): Promise<Uint8Array>;
  /** Writes all of it, or rejects: then any part of it may be there. */
  write(pieces: readonly Uint8Array[], at: number): Promise<void>;
  /** Resolves when the machine may lose its power without losing what was written. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * What the store needs of a file system, and all that it does to one: a test has one that loses power. Paths are those of
 * the machine. What throws or rejects is node's error.
 */
export interface Files {
  // At once: at the start, and where it is over in a moment.
  /** Names in a folder, in any order; none if there is no such folder. */
  list(folder: string): string[];
  /** Undefined if it is not there. */
  size(path: string): number | undefined;
  /** So many bytes from there on, all by default; fewer if the file ends before. */
  readNow(path: string, at?: number, length?: number): Buffer;
  /** A small file, whole. */
  writeNow(path: string, bytes: Uint8Array | string): void;
  /** With those above it. For nobody but the user who owns it. */
  makeFolder(folder: string): void;
  rename(from: string, to: string): void;
  /** The same file under another name as well; a copy of it where there is no such thing. */
  link(from: string, to: string): void;
  /** A file, or a folder with all that is in it; nothing if it is not there. */
  remove(path: string): void;
  // While others are served.
  /** To read and write. Unless it is to be made, it has to be there. For nobody but the user who owns it. */
  open(path: string, make: boolean): Promise<OpenFile>;
  /** The same as `sync`, of names: which files there are in a folder. */
  syncFolder(folder: string): Promise<void>;
}
