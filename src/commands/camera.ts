import { setMaxListeners } from 'node:events';
import { monotonicNow } from '../runtime/wall.ts';
import { cameraPlan, PICTURE_OPTIONS } from './cameraPlan.ts';
import { type CameraReport, CameraRun } from './cameraRun.ts';
import { type Command, type CommandIO, type ExitCode, UsageError } from './command.ts';
import { emulatorNow } from './emulatorNow.ts';
import { formatBytes, formatClock, formatSpan, plural } from './format.ts';
import { StatusLine } from './progress.ts';
import { CA_OPTION, clientOptions, explained, flag } from './service.ts';

const sum = (cameras: readonly CameraRun[], of: 'bytes' | 'fragments' | 'pictures'): number =>
  cameras.reduce((total, camera) => total + camera[of], 0);

/** `12 fragments, 1.20 MB, of 3 cameras`, for the line that is written over and over and for the last one. */
const soFar = (cameras: readonly CameraRun[]): string =>
  `${plural(sum(cameras, 'fragments'), 'fragment')}, ${formatBytes(sum(cameras, 'bytes'))}, of ${plural(cameras.length, 'camera')}`;

export const command: Command = {
  name: 'camera',
  usage: 'camera STREAM... [--rate N] [--size WxH] [--fragment DURATION] [--duration DURATION] [--ago DURATION] [...]',
  summary:
    'Films a clock and sends it, as H.264 and AAC, until it is stopped: the name of the stream, the date and time, and the ' +
    'number of the picture, with a beep every second. Creates streams that are not there. Needs no ffmpeg.',
  options: {
    ...PICTURE_OPTIONS,
    duration: { type: 'string', placeholder: 'DURATION', description: 'ends by itself after that time' },
    ago: { type: 'string', placeholder: 'DURATION', description: 'has been filming for so long already: 1h' },
    retention: { type: 'string', placeholder: 'HOURS', description: 'retention of streams that are created (24)' },
    json: { type: 'boolean', description: 'prints what was sent as one JSON document, at the end' },
    ...CA_OPTION,
  },
  words: ['stream'],
  repeats: true,
  examples: [
    ['camera door', 'one camera, until Ctrl-C'],
    ['camera door yard gate --rate 15 --size 1280x720', 'three of them in one process'],
    ['camera door --ago 1h', 'its last hour is there at once'],
    ['camera door --bitrate 2mbit --duration 10m --no-audio --json', 'so many bits, for ten minutes'],
  ],

  async run(args, io) {
    const { positionals: names } = args;
    // Each camera waits for it, in several places.
    setMaxListeners(0, io.signal);
    if (names.length === 0) throw new UsageError('STREAM is missing.');
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) throw new UsageError(`${twice} is named twice: a stream has one camera here.`);
    const plan = cameraPlan(args);
    const options = await clientOptions(args, io);
    const status = new StatusLine(io.stderr);
    const began = monotonicNow();
    const report: CameraReport = {
      say(line) {
        status.clear();
        io.stderr.write(`${line}\n`);
      },
      moved: () => status.show(() => `${soFar(cameras)}  ${formatClock(monotonicNow() - began)}`),
    };
    // What is said of each camera is no part of a JSON document.
    const world: CommandIO = flag(args, 'json') ? { ...io, stdout: io.stderr } : io;
    const cameras = names.map((name) => new CameraRun(name, plan, world, options, report));
    const { width, height, rate } = plan.format;
    try {
      // Where nobody is there to be sent to, that is said once.
      await emulatorNow({ ...options, signal: io.signal });
      report.say(`Filming ${names.join(', ')}: ${width}x${height}, ${rate} pictures a second. Ctrl-C ends it.`);
      await Promise.all(cameras.map((camera) => camera.film()));
    } catch (error) {
      if (!io.signal.aborted) throw explained(error, io);
    } finally {
      status.clear();
    }
    return finish(cameras, monotonicNow() - began, flag(args, 'json'), io);
  },
};

function finish(cameras: readonly CameraRun[], ms: number, json: boolean, { stdout }: CommandIO): ExitCode {
  const shown = cameras.map(({ stream, sessions, fragments, pictures, bytes, error }) => {
    return { stream, sessions, fragments, pictures, bytes, error };
  });
  if (json) stdout.write(`${JSON.stringify({ durationMs: Math.round(ms), cameras: shown }, undefined, 2)}\n`);
  else stdout.write(`Sent ${soFar(cameras)} in ${formatSpan(ms)}.\n`);
  return cameras.some(({ error }) => error !== null) ? 1 : 0;
}
