import { distance } from 'fastest-levenshtein';
import { OptionError } from '../config/option.ts';
import { type OptionSpec, type Options, optionList, readOptions } from '../config/options.ts';
import { limitGarbage } from '../runtime/garbage.ts';
import { gatherLines } from '../runtime/lines.ts';
import { createLog, type LevelLog } from '../runtime/log.ts';
import { unwaitedWriter } from '../runtime/unwaitedWriter.ts';
import { VERSION } from '../runtime/version.ts';
import {
  type Command,
  type CommandArgs,
  CommandError,
  type CommandIO,
  type CommandOptions,
  type ExitCode,
  UsageError,
} from './command.ts';
import { takenByNpm } from './npm.ts';

export const startOptions: CommandOptions = Object.fromEntries(
  optionList.map((spec) => {
    const { flag, placeholder, description, defaultText, variable, values } = spec;
    const value = placeholder === '' ? ({ type: 'boolean' } as const) : ({ type: 'string', placeholder } as const);
    return [flag, { ...value, ...(values && { values }), description: `${description} (${variable}; ${defaultText})` }];
  }),
);

/** Variables of ours that `start` does not read. */
const OTHER_VARIABLES = ['KVS_ENDPOINT'];

export interface Started {
  readonly url: string;
  /** Gets ready in the background for what may be asked of it. Rejects if it cannot. */
  warm(): Promise<void>;
  stop(): Promise<void>;
}

export type Start = (options: Options, log: LevelLog) => Promise<Started>;

/** `start`, with what it starts: commands are clients and know nothing of the emulator's inside. */
export const startCommand = (start: Start): Command => ({
  name: 'start',
  usage: 'start [--port PORT] [--host ADDRESS] [...]',
  summary: 'Runs the emulator until it is told to stop.',
  standalone: true,
  serves: true,
  options: startOptions,
  noJson: 'what it says are its ready line and its log: --log-format json',
  examples: [
    ['start --port 5000 --clock frozen', 'for tests that move time'],
    ['start --strict', 'refuses what AWS would refuse'],
    ['start --host 0.0.0.0 --public-url https://kvs.example.test', 'for other machines'],
  ],

  run: (args, io) => serve(start, args, io),
});

/**
 * Runs an emulator until it is told to stop, and `beside` as long.
 * @param beside has ended before the emulator does
 */
export async function serve(
  start: Start,
  { values, positionals }: CommandArgs,
  io: CommandIO,
  beside: (emulator: Started, settings: Options) => Promise<unknown> = async () => undefined,
): Promise<ExitCode> {
  const taken = takenByNpm(io.env, positionals);
  if (taken !== undefined) throw new UsageError(taken);
  const [stray] = positionals;
  if (stray !== undefined) throw new UsageError(`What is "${stray}" for? This command takes flags only.`);
  warnOfLookalikes(io);
  const settings = readSettings(values, io);
  limitGarbage(settings.maxMemory);
  const { logLevel: level, logFormat: format } = settings;
  const log = createLog({ level, format, write: gatherLines(unwaitedWriter(io.stderr)) });
  const emulator = await start(settings, log).catch((error: Error) => refuse(error, io.env));
  const { url } = emulator;
  const secureUrl = url.replace('http', 'https');
  if (format === 'json') {
    const ready = createLog({ level: 'info', format, write: (line) => void io.stdout.write(`${line}\n`) });
    ready.info('ready', { version: VERSION, url, secureUrl, port: Number(new URL(url).port), pid: process.pid });
  } else io.stdout.write(`kvs-emulator ${VERSION} ready on ${url} (and ${secureUrl})\n`);
  const broken = new Promise<never>((_resolve, reject) => {
    emulator.warm().catch(reject);
  });
  try {
    await Promise.race([Promise.all([aborted(io.signal), beside(emulator, settings)]), broken]);
  } catch (error) {
    refuse(error as Error, io.env);
  } finally {
    await emulator.stop();
  }
  return 0;
}

/** Flags before variables before defaults. */
function readSettings(values: CommandArgs['values'], io: CommandIO): Options {
  const given: Record<string, string> = {};
  const spelling = new Map<string, string>();
  for (const spec of optionList) {
    const flag = values[spec.flag];
    const value = flag === undefined ? fromVariable(spec, io.env) : String(flag);
    if (value === undefined) continue;
    given[spec.name] = value;
    spelling.set(spec.name, flag !== undefined ? `--${spec.flag}` : spec.variable);
  }
  try {
    return readOptions(given, (spec) => spelling.get(spec.name) ?? `--${spec.flag}`);
  } catch (error) {
    throw error instanceof OptionError ? new UsageError(error.message) : error;
  }
}

/** Kubernetes sets KVS_PORT=tcp://10.0.0.1:4580 for a service named `kvs`: that is no option of ours. */
function fromVariable({ variable, name }: OptionSpec, env: CommandIO['env']): string | undefined {
  const value = env[variable];
  if (value === '' || (name === 'port' && value?.startsWith('tcp://'))) return undefined;
  return value;
}

/** A variable that is nearly one of ours is one misspelt. */
function warnOfLookalikes({ env, stderr }: CommandIO): void {
  const known = [...optionList.map(({ variable }) => variable), ...OTHER_VARIABLES];
  for (const name of Object.keys(env)) {
    if (!name.startsWith('KVS_') || known.includes(name)) continue;
    const meant = known.find((variable) => distance(name, variable) <= 2);
    if (meant !== undefined) stderr.write(`kvs-emulator: ${name} is not read. Did you mean ${meant}?\n`);
  }
}

function refuse(error: Error, env: CommandIO['env']): never {
  if (error instanceof OptionError) throw new UsageError(error.message);
  throw new CommandError(cannotListen(error, env) ?? error.message);
}

type ListenError = Error & { code?: string; address?: string; port?: number };

function cannotListen(error: ListenError, env: CommandIO['env']): string | undefined {
  const option = env.npm_lifecycle_event === 'start' ? 'npm start -- --port' : '--port';
  const where = `${error.address}:${error.port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${where} is in use. Stop what listens there, or choose another port with ${option} (0 takes any free one).`;
    case 'EACCES':
      return `${where} may not be listened on. Choose a port of 1024 or above with ${option}.`;
    case 'EADDRNOTAVAIL':
      return `${error.address} is no address of this machine. Choose one with --host; 0.0.0.0 is all of them.`;
    case 'ENOTFOUND':
      return `The host name given with --host does not resolve.`;
    default:
      return undefined;
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
