import type { ClientOptions } from '../client/request.ts';
import type { Options } from '../config/options.ts';
import { cameraPlan } from './cameraPlan.ts';
import { type CameraReport, CameraRun } from './cameraRun.ts';
import type { Command, CommandArgs, CommandIO } from './command.ts';
import { clientOptions, count } from './service.ts';
import { type Start, serve, startOptions } from './start.ts';
import { serveWatchPage, type WatchServer } from './watchServer.ts';

const CAMERAS = ['door', 'yard'] as const;
/** How long they have been filming already. */
const PAST = '1h';

/** `demo`, with what it starts. */
export const demoCommand = (start: Start): Command => ({
  name: 'demo',
  usage: 'demo [--page-port PORT] [--port PORT] [...]',
  summary: 'Starts the emulator with two cameras that film a clock, a page to watch them, and says what to try.',
  standalone: true,
  serves: true,
  options: {
    'page-port': {
      type: 'string',
      placeholder: 'PORT',
      description: 'where the page is (the port after the emulator’s, 4581)',
    },
    ...startOptions,
  },
  noJson: 'it goes on until it is stopped, and is for people',
  examples: [
    ['demo', 'until Ctrl-C'],
    ['demo --port 5000 --region eu-west-1', 'with any option of `start`'],
  ],

  run(args, io) {
    const level = io.env.KVS_LOG_LEVEL ?? 'warn';
    // Cameras and players would fill the screen.
    const quiet: CommandArgs = { ...args, values: { 'log-level': level, ...args.values } };
    return serve(start, quiet, io, ({ url }, settings) => show(args, { ...io, endpoint: url }, settings));
  },
});

async function show(args: CommandArgs, io: CommandIO, settings: Options): Promise<void> {
  const options = await clientOptions(args, io);
  const page = await pageOf(args, options, settings);
  const report: CameraReport = { say: (line) => void io.stderr.write(`${line}\n`), moved: () => undefined };
  const cameras = CAMERAS.map((name, at) => {
    const plan = cameraPlan({ positionals: [], values: { ago: PAST, rate: '20', 'no-audio': at > 0 } });
    return new CameraRun(name, plan, io, options, report);
  });
  io.stdout.write(whatToTry(io, page.url));
  try {
    await Promise.all(cameras.map((camera) => camera.film()));
  } finally {
    page.close();
  }
}

/** Where it was wanted; or beside the emulator, and at any free port if that one is taken. */
async function pageOf(args: CommandArgs, options: ClientOptions, { host, port }: Options): Promise<WatchServer> {
  const wanted = count(args, 'page-port', 0);
  const serveAt = (at: number): Promise<WatchServer> => serveWatchPage(options, CAMERAS, { host, port: at });
  if (wanted !== undefined) return serveAt(wanted);
  return port === 0 ? serveAt(0) : serveAt(port + 1).catch(() => serveAt(0));
}

const whatToTry = ({ program = 'kvs-emulator', endpoint, region }: CommandIO, page: string): string => {
  const where = endpoint.endsWith(':4580') ? '' : ` --endpoint ${endpoint}`;
  return `
Two cameras film a clock: door, with sound, and yard. They have been doing so for an hour.

  ${page}  shows both, in any browser

In another terminal:
  ${program} streams --inside${where}
  ${program} get door --max-fragments 5${where} > door.mkv
  ${program} events --types fragment --stream door${where}
  ${program} watch door --json${where}
  aws kinesisvideo list-streams --endpoint-url ${endpoint} --region ${region}

For a program of yours: AWS_ENDPOINT_URL=${endpoint} and any credentials. Ctrl-C ends all of it.

`;
};
