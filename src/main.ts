import { hostname } from 'node:os';
import { relative } from 'node:path';
import { type Command, CommandError, type ExitCode, UsageError } from './commands/command.ts';
import { makeIO, readArgs } from './commands/commandLine.ts';
import { commandHelp, programHelp } from './commands/help.ts';
import { nearest } from './runtime/nearest.ts';
import { VERSION } from './runtime/version.ts';
import { wallTimeout } from './runtime/wall.ts';

// Commands are loaded when they are run: starting the emulator must not wait for the others.
const commands: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  async start() {
    const [{ startCommand }, { open }] = await Promise.all([import('./commands/start.ts'), import('./open.ts')]);
    return { command: startCommand(open) };
  },
  async demo() {
    const [{ demoCommand }, { open }] = await Promise.all([import('./commands/demo.ts'), import('./open.ts')]);
    return { command: demoCommand(open) };
  },
  put: () => import('./commands/put.ts'),
  camera: () => import('./commands/camera.ts'),
  watch: () => import('./commands/watch.ts'),
  get: () => import('./commands/get.ts'),
  streams: () => import('./commands/streams.ts'),
  channels: () => import('./commands/channels.ts'),
  access: () => import('./commands/access.ts'),
  events: () => import('./commands/events.ts'),
  metrics: () => import('./commands/metrics.ts'),
  clock: () => import('./commands/clock.ts'),
  reset: () => import('./commands/reset.ts'),
  snapshot: () => import('./commands/snapshot.ts'),
  seed: () => import('./commands/seed.ts'),
  credentials: () => import('./commands/credentials.ts'),
  limits: () => import('./commands/limits.ts'),
  requests: () => import('./commands/requests.ts'),
  faults: () => import('./commands/faults.ts'),
  keys: () => import('./commands/keys.ts'),
  config: () => import('./commands/config.ts'),
  ca: () => import('./commands/ca.ts'),
  health: () => import('./commands/health.ts'),
  async completion() {
    const { completionCommand } = await import('./commands/completion.ts');
    return { command: completionCommand(commands) };
  },
};

async function help(): Promise<string> {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()));
  return programHelp(
    loaded.map(({ command }) => command),
    process.stdout.columns,
  );
}

/** Runs one command line and resolves to its exit code. */
async function main(argv: readonly string[]): Promise<ExitCode> {
  const [first = 'start'] = argv;
  if (first === '--version' || first === '-v') return print(`${VERSION}\n`);
  if (first === '--help' || first === '-h' || first === 'help') return print(await help());
  const isCommand = !first.startsWith('-');
  const name = isCommand ? first : 'start';
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    const similar = nearest(name, Object.keys(commands));
    return complain(`There is no command ${name}.${similar === undefined ? '' : ` Did you mean ${similar}?`}`, 2);
  }
  const { command } = await load();
  try {
    serves = command.serves === true;
    const args = readArgs(command, isCommand ? argv.slice(1) : argv);
    if (args.values.help === true) return print(commandHelp(command, process.stdout.columns));
    return await command.run(args, makeIO(world(), args));
  } catch (error) {
    if (error instanceof UsageError) return complain(`${error.message}\nUsage: kvs-emulator ${command.usage}`, 2);
    if (error instanceof CommandError) return complain(error.message, 1);
    throw error;
  }
}

const world = (): Parameters<typeof makeIO>[0] => ({
  stdout: process.stdout,
  stderr: process.stderr,
  get stdin() {
    return process.stdin;
  },
  env: process.env,
  program: calledAs(process.argv[1] ?? ''),
  signal: stopSignal(),
});

/** As whoever reads it can type it: a file of a clone has no name of its own. */
function calledAs(path: string): string {
  const program = path.endsWith('.js') ? `node ${relative('.', path)}` : 'kvs-emulator';
  return process.pid === 1 ? `docker exec ${hostname()} ${program}` : program;
}

function print(text: string): ExitCode {
  process.stdout.write(text);
  return 0;
}

function complain(text: string, code: ExitCode): ExitCode {
  process.stderr.write(`kvs-emulator: ${text}\n`);
  return code;
}

/** The first signal asks, the second does not. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort();
    });
  }
  return controller.signal;
}

/** Whether what runs is to outlive the readers of its output. */
let serves = false;
/** What is still to be written when all is done may have a reader who never reads. Milliseconds. */
const LAST_WORDS_MS = 500;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`| head`) is no failure.
  if (!serves) process.exit(error.code === 'EPIPE' ? 0 : 1);
});
process.stderr.on('error', () => undefined);
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
  if (serves) wallTimeout(() => process.exit(), LAST_WORDS_MS);
});
