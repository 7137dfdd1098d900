import { type GivenOptions, type Options, readOptions } from './config/options.ts';
import { gatherLines } from './runtime/lines.ts';
import { createLog, type LevelLog } from './runtime/log.ts';
import { unwaitedWriter } from './runtime/unwaitedWriter.ts';

/** What `kvs-emulator start` takes as flags, in camel case. Everything has a default. */
export interface EmulatorOptions extends GivenOptions {
  /** Gets each line of the log. Default: standard error. */
  log?: (line: string) => void;
}

/** The options of a caller of the library, and the log that they ask for. Throws a sentence that names what makes no sense. */
export function readSettings({ log: toCaller, ...given }: EmulatorOptions): { settings: Options; log: LevelLog } {
  const settings = readOptions({ port: 0, logLevel: 'warn', ...given });
  const write = toCaller === undefined ? toStandardError() : (line: string) => toCaller(line);
  return { settings, log: createLog({ level: settings.logLevel, format: settings.logFormat, write }) };
}

/** One for all emulators of the process. */
let standardError: ReturnType<typeof gatherLines> | undefined;
function toStandardError(): ReturnType<typeof gatherLines> {
  standardError ??= gatherLines(unwaitedWriter(process.stderr));
  return standardError;
}
