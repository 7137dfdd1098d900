import { type GivenOptions, type Options, readOptions } from './config/options.ts';
import type { Seed } from './emulator/seedShapes.ts';
import { gatherLines } from './runtime/lines.ts';
import { createLog, type LevelLog } from './runtime/log.ts';
import { unwaitedWriter } from './runtime/unwaitedWriter.ts';

/** What `kvs-emulator start` takes as flags, in camel case. Everything has a default. */
export interface EmulatorOptions extends Omit<GivenOptions, 'snapshot' | 'seed'> {
  /** All of the state to begin with, and to come back to with a reset: path of an archive, its bytes, or a snapshot. */
  snapshot?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** What is there from the start, and again after a reset: a seed, or the path of a file with one or of a folder of such files. */
  seed?: string | Seed;
  /** Gets each line of the log. Default: standard error. */
  log?: (line: string) => void;
}

/** The options of a caller of the library, and the log that they ask for. Throws a sentence that names what makes no sense. */
export function readSettings({ log: toCaller, snapshot, ...given }: EmulatorOptions): {
  settings: Options;
  log: LevelLog;
  snapshot: AsyncIterable<Uint8Array> | undefined;
} {
  const path = typeof snapshot === 'string' ? { snapshot } : {};
  const settings = readOptions({ port: 0, logLevel: 'warn', ...given, ...path });
  const write = toCaller === undefined ? toStandardError() : (line: string) => toCaller(line);
  return {
    settings,
    log: createLog({ level: settings.logLevel, format: settings.logFormat, write }),
    snapshot: piecesOf(snapshot),
  };
}

/** An archive that is not a file. */
function piecesOf(snapshot: EmulatorOptions['snapshot']): AsyncIterable<Uint8Array> | undefined {
  if (typeof snapshot === 'string') return undefined;
  if (!(snapshot instanceof Uint8Array)) return snapshot;
  return (async function* () {
    yield snapshot;
  })();
}

/** One for all emulators of the process. */
let standardError: ReturnType<typeof gatherLines> | undefined;
function toStandardError(): ReturnType<typeof gatherLines> {
  standardError ??= gatherLines(unwaitedWriter(process.stderr));
  return standardError;
}
