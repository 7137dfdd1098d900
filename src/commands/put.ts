import { PutMediaError, PutMediaInterruptedError } from '../client/errors.ts';
import { putMedia } from '../client/putMedia.ts';
import type { ClientOptions } from '../client/request.ts';
import { Scanner } from '../client/scanner.ts';
import { Extent } from '../media/matroska/extent.ts';
import { parseDuration } from '../runtime/duration.ts';
import { parseDate, toIso } from '../runtime/time.ts';
import { ackAdvice } from './ackAdvice.ts';
import { type Command, type CommandArgs, type CommandIO, type ExitCode, UsageError } from './command.ts';
import { emulatorNow } from './emulatorNow.ts';
import { dataEndpoint, ensureStream } from './ensureStream.ts';
import { paced, stopwatch } from './pace.ts';
import { placePast } from './placePast.ts';
import { CA_OPTION, clientOptions, count, explained, flag, positionals, text } from './service.ts';
import { sessionWarnings } from './sessionWarnings.ts';
import { openSource, type Source } from './source.ts';
import { UploadReport } from './uploadReport.ts';

interface Plan {
  readonly stream: string;
  readonly file: string;
  readonly realtime: boolean;
  readonly absolute: boolean;
  /** Cut Clusters anew. */
  readonly recut: boolean;
  readonly loops: number;
  /** Milliseconds since the epoch; undefined: the emulator's now. */
  readonly start: number | undefined;
  readonly retention: number | undefined;
  /** Where it is placed in the past; undefined: it is sent as a producer sends it. */
  readonly past: Readonly<Record<string, string>> | undefined;
}

const DEFAULT_RETENTION_HOURS = 24;

function plan(args: CommandArgs): Plan {
  const [stream = '', file = ''] = positionals(args, ['STREAM', 'FILE']);
  const loops = count(args, 'loop', 0) ?? 1;
  const absolute = flag(args, 'absolute');
  const given = text(args, 'start');
  const start = given === undefined ? undefined : parseDate(given);
  if (given !== undefined && start === undefined)
    throw new UsageError(`--start must be a date like 2030-01-01T00:00:00Z, not "${given}".`);
  if (absolute && given !== undefined)
    throw new UsageError("--absolute takes the media's timecodes for dates: --start has no meaning then.");
  if (absolute && loops !== 1) throw new UsageError('--absolute and --loop exclude each other: dates do not repeat.');
  if (file === '-' && loops !== 1) throw new UsageError('Standard input can be read only once: --loop needs a file.');
  return {
    past: pastOf(args, start, loops),
    stream,
    file,
    loops,
    absolute,
    start,
    realtime: flag(args, 'realtime'),
    recut: flag(args, 'recut'),
    retention: count(args, 'retention', 0),
  };
}

/** What is said of media of the past, if it is such. */
function pastOf(args: CommandArgs, start: number | undefined, loops: number): Plan['past'] {
  const [ago, until] = [text(args, 'ago'), text(args, 'until')];
  const live = flag(args, 'absolute') || flag(args, 'realtime');
  if (ago !== undefined && parseDuration(ago) === undefined)
    throw new UsageError(`--ago must be a duration like 90m, 24h or 7d, not "${ago}".`);
  if (ago !== undefined && start !== undefined)
    throw new UsageError('--ago and --start say the same: give one of them.');
  if (ago !== undefined && live)
    throw new UsageError('--ago is for media of the past: it goes with neither --absolute nor --realtime.');
  const past = ago !== undefined || (start !== undefined && !live);
  if (until !== undefined && !past)
    throw new UsageError('--until goes with --start or --ago: it repeats media of the past.');
  if (until !== undefined && until !== 'now' && parseDate(until) === undefined)
    throw new UsageError(`--until must be now or a date like 2030-01-01T00:00:00Z, not "${until}".`);
  if (until !== undefined && text(args, 'loop') !== undefined)
    throw new UsageError('--until and --loop exclude each other.');
  if (!past) return undefined;
  if (loops === 0) throw new UsageError('--loop 0 never ends, and the past does: give --until now instead.');
  return {
    ...(start === undefined ? { ago: ago ?? '' } : { start: toIso(start) }),
    ...(until === undefined ? { loop: String(loops) } : { until }),
  };
}

export const command: Command = {
  name: 'put',
  usage:
    'put STREAM FILE|- [--realtime] [--loop N] [--recut] [--start ISO | --ago DURATION | --absolute] [--until now] [--retention HOURS]',
  summary:
    'Sends a recording, or standard input, to a stream; creates the stream if there is none. Matroska is sent as it is; ' +
    'MP4, MPEG-TS and others are put into Matroska by ffmpeg, if that is installed.',
  options: {
    realtime: { type: 'boolean', description: 'sends as fast as the media plays, like a camera' },
    loop: {
      type: 'string',
      placeholder: 'N',
      description: 'sends the file N times, one after another; 0: until stopped',
    },
    recut: {
      type: 'boolean',
      description: 'cuts Matroska anew, at key frames, where its Clusters are none that the service takes',
    },
    start: {
      type: 'string',
      placeholder: 'ISO',
      description:
        "date of the media's time 0 (the emulator's now); without --realtime its server times are of then, too",
    },
    ago: { type: 'string', placeholder: 'DURATION', description: 'the same, so long before the emulator’s now: 24h' },
    until: { type: 'string', placeholder: 'ISO', description: 'repeats media of the past until then, or until now' },
    absolute: { type: 'boolean', description: "the media's timecodes are dates: milliseconds since 1970" },
    retention: {
      type: 'string',
      placeholder: 'HOURS',
      description: `retention of a stream that is created (${DEFAULT_RETENTION_HOURS}; 0 keeps nothing)`,
    },
    json: { type: 'boolean', description: 'prints what was sent as one JSON document, at the end' },
    ...CA_OPTION,
  },
  words: ['stream', 'file'],
  examples: [
    ['put camera recording.mkv', 'creates the stream if there is none, sends the file, shows what was persisted'],
    ['put camera clip.mp4 --realtime --loop 0', 'a camera that never stops, by ffmpeg'],
    ['put camera day.mkv --ago 24h --until now', 'the camera has the last 24 hours'],
    ['put camera - --recut', 'what a program writes into it: ffmpeg ... | kvs-emulator put camera - --recut'],
  ],

  async run(args, io) {
    const wanted = plan(args);
    const source = await openSource(wanted.file, io, wanted.recut);
    const options = { ...(await clientOptions(args, io)), signal: io.signal };
    try {
      const { info, created } = await ensureStream(options, wanted.stream, wanted.retention ?? DEFAULT_RETENTION_HOURS);
      const { DataRetentionInHours: hours } = info;
      if (created) io.stderr.write(`Created ${wanted.stream}, which retains ${hours} h.\n`);
      else if (wanted.retention !== undefined && wanted.retention !== hours)
        io.stderr.write(`${wanted.stream} is there and retains ${hours} h: --retention is for new streams.\n`);
      const { stream, past } = wanted;
      if (past !== undefined)
        return await placePast(io, options, { stream, past, json: flag(args, 'json') }, source.read());
      const total = source.size === undefined || wanted.loops === 0 ? undefined : source.size * wanted.loops;
      return await send(wanted, source, options, io, new UploadReport(io, total, hours > 0, flag(args, 'json')));
    } catch (error) {
      if (io.signal.aborted) return 1;
      throw explained(error, io);
    }
  },
};

async function send(
  wanted: Plan,
  source: Source,
  options: ClientOptions & { readonly signal: AbortSignal },
  io: CommandIO,
  report: UploadReport,
): Promise<ExitCode> {
  try {
    await passes(wanted, source, options, report);
  } catch (error) {
    // Whoever repeats for ever wants to be stopped.
    if (io.signal.aborted && wanted.loops !== 0)
      return report.end('Stopped; fragments that were not complete are lost.');
    if (!io.signal.aborted) {
      if (error instanceof PutMediaError) return report.end(`${error.message}. ${ackAdvice(error.ack)}`);
      if (error instanceof PutMediaInterruptedError) return report.end(`${error.message}. What was persisted stays.`);
      throw error;
    }
  } finally {
    report.clear();
  }
  return report.end(null);
}

/** One session for each time that the file is sent: a session may not go back in time. */
async function passes(
  { stream, absolute, realtime, loops, start: given }: Plan,
  source: Source,
  options: ClientOptions & { readonly signal: AbortSignal },
  report: UploadReport,
): Promise<void> {
  let start = given ?? (await emulatorNow(options));
  const endpoint = await dataEndpoint(options, stream, 'PUT_MEDIA');
  for (let pass = 1; pass <= (loops || Number.POSITIVE_INFINITY); pass++) {
    const extent = new Extent();
    const media = measured(source.read(), extent);
    const body = counted(realtime ? paced(media, stopwatch(options.signal)) : media, report);
    let requestId: string | undefined;
    const session = putMedia({
      ...options,
      endpoint,
      streamName: stream,
      body,
      fragmentTimecodeType: absolute ? 'ABSOLUTE' : 'RELATIVE',
      producerStartTimestamp: start,
      onRequestId: (id) => {
        requestId = id;
      },
    });
    try {
      for await (const ack of session) report.ack(ack);
    } finally {
      for (const warning of await sessionWarnings(options, requestId)) report.warn(warning);
    }
    start += extent.durationMs;
  }
}

async function* measured(body: AsyncIterable<Uint8Array>, extent: Extent): AsyncGenerator<Uint8Array> {
  const scanner = new Scanner();
  for await (const chunk of body) {
    for (const mark of scanner.push(chunk)) if (mark.kind === 'block') extent.add(mark.track, mark.ms);
    yield chunk;
  }
}

async function* counted(body: AsyncIterable<Uint8Array>, report: UploadReport): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    yield chunk;
    // We are asked for more: this one is with the system.
    report.sent(chunk.byteLength);
  }
}
