import { type MediaRequest, media } from '../client/call.ts';
import { Scanner } from '../client/scanner.ts';
import { parseDate } from '../runtime/time.ts';
import { monotonicNow } from '../runtime/wall.ts';
import { type Command, CommandError, type CommandIO, UsageError } from './command.ts';
import { dataEndpoint } from './ensureStream.ts';
import { formatBytes, formatSpan, plural } from './format.ts';
import { StatusLine } from './progress.ts';
import { CA_OPTION, clientOptions, count, explained, flag, positionals, text } from './service.ts';
import { openSink } from './sink.ts';

/** `now`, `earliest`, a fragment number, or a date, which is the producer's unless it says `server:`. */
function startSelector(given: string): NonNullable<MediaRequest['StartSelector']> {
  if (given === 'now') return { StartSelectorType: 'NOW' };
  if (given === 'earliest') return { StartSelectorType: 'EARLIEST' };
  if (/^\d{10,128}$/.test(given)) return { StartSelectorType: 'FRAGMENT_NUMBER', AfterFragmentNumber: given };
  const [, whose, date = ''] = /^(?:(server|producer):)?(.*)$/s.exec(given) ?? [];
  const ms = parseDate(date);
  if (ms === undefined)
    throw new UsageError(
      `--start-selector must be now, earliest, a fragment number (what comes after it) or a date like ` +
        `2030-01-01T00:00:00Z (also server:DATE), not "${given}".`,
    );
  return {
    StartSelectorType: whose === 'server' ? 'SERVER_TIMESTAMP' : 'PRODUCER_TIMESTAMP',
    StartTimestamp: ms / 1000,
  };
}

/** Why there is no more, in the words of JSON and in those of the last line. */
const ENDS = {
  service: 'the service ended the session',
  'max-fragments': 'as many as --max-fragments says',
  reader: 'nobody reads any more',
  stopped: 'stopped',
} as const;

/** Counts what goes by, and says so on standard error. */
class Download {
  bytes = 0;
  fragments = 0;
  /** The service's own error, from the tags of its last document. */
  error: string | undefined;
  readonly #io: CommandIO;
  readonly #json: boolean;
  readonly #line: StatusLine;
  readonly #began = monotonicNow();
  readonly #scanner = new Scanner();
  #offset = 0;
  #fragmentAt = 0;

  constructor(io: CommandIO, json: boolean) {
    this.#io = io;
    this.#json = json;
    this.#line = new StatusLine(io.stderr);
  }

  /** As much of the chunk as belongs to the first `most` fragments. */
  take(chunk: Uint8Array, most: number): Uint8Array {
    let end = chunk.byteLength;
    for (const mark of this.#scanner.push(chunk)) {
      if (mark.kind !== 'tags') continue;
      this.error ??= mark.tags.get('AWS_KINESISVIDEO_ERROR_ID') && describe(mark.tags);
      const number = mark.tags.get('AWS_KINESISVIDEO_CONTINUATION_TOKEN');
      if (number === undefined) continue;
      // These tags are the last thing in a fragment's document.
      this.#fragment(number, mark.tags.get('AWS_KINESISVIDEO_MILLIS_BEHIND_NOW'), mark.end);
      if (this.fragments < most) continue;
      end = mark.end - this.#offset;
      break;
    }
    this.#offset += chunk.byteLength;
    this.bytes += end;
    this.#line.show(() => this.#state());
    return chunk.subarray(0, end);
  }

  end(why: keyof typeof ENDS): void {
    this.#line.clear();
    const ms = monotonicNow() - this.#began;
    if (this.#json) this.#document(ms, why, null);
    else this.#io.stderr.write(`Got ${this.#state()} in ${formatSpan(ms)}; ${ENDS[why]}.\n`);
  }

  /** It ends with an error, which the caller tells people. */
  fail(error: string): void {
    this.#line.clear();
    if (this.#json && this.#offset > 0) this.#document(monotonicNow() - this.#began, 'error', error);
  }

  #document(ms: number, ended: keyof typeof ENDS | 'error', error: string | null): void {
    const { bytes, fragments } = this;
    const facts = { fragments, bytes, durationMs: Math.round(ms), ended, error };
    this.#io.stdout.write(`${JSON.stringify(facts, undefined, 2)}\n`);
  }

  #fragment(number: string, behind: string | undefined, end: number): void {
    this.fragments++;
    const size = formatBytes(end - this.#fragmentAt);
    this.#fragmentAt = end;
    const late = behind === undefined ? '' : `, ${formatSpan(Number(behind))} behind`;
    if (!this.#line.active) this.#io.stderr.write(`fragment ${number}: ${size}${late}\n`);
  }

  #state(): string {
    return `${plural(this.fragments, 'fragment')}, ${formatBytes(this.bytes)}`;
  }
}

const describe = (tags: ReadonlyMap<string, string>): string => {
  const code = tags.get('AWS_KINESISVIDEO_ERROR_CODE') ?? 'an error';
  return `${code} (${tags.get('AWS_KINESISVIDEO_ERROR_ID')})`;
};

export const command: Command = {
  name: 'get',
  usage: 'get STREAM [--out FILE] [--start-selector now|earliest|FRAGMENT|ISO] [--max-fragments N]',
  summary: "Writes a stream's media (GetMedia) to a file or to standard output, until the service ends it.",
  options: {
    out: { type: 'string', short: 'o', placeholder: 'FILE', description: 'writes to FILE instead of standard output' },
    'start-selector': {
      type: 'string',
      placeholder: 'WHERE',
      default: 'earliest',
      description: 'now, earliest, after a fragment number, or a date: of the producer, or server:DATE (earliest)',
    },
    'max-fragments': { type: 'string', placeholder: 'N', description: 'ends after N fragments' },
    json: { type: 'boolean', description: 'prints what was got as one JSON document, at the end; needs --out FILE' },
    ...CA_OPTION,
  },
  words: ['stream'],
  examples: [
    ['get camera --out camera.mkv', 'all there is, and what comes until the session ends'],
    ['get camera --start-selector now | ffplay -', 'watches a live stream'],
    ['get camera -o last.mkv --start-selector 2030-01-01T00:00:00Z --max-fragments 10', 'ten fragments from then on'],
  ],

  async run(args, io) {
    const [stream = ''] = positionals(args, ['STREAM']);
    const selector = startSelector(text(args, 'start-selector') ?? 'earliest');
    const most = count(args, 'max-fragments', 1) ?? Number.POSITIVE_INFINITY;
    const out = text(args, 'out');
    const json = flag(args, 'json');
    if (json && (out ?? '-') === '-') throw new UsageError('--json needs --out FILE: standard output has the media.');
    const options = await clientOptions(args, io);
    const sink = await openSink(out, io);
    const download = new Download(io, json);
    try {
      const endpoint = await dataEndpoint(options, stream, 'GET_MEDIA');
      const input = { StreamName: stream, StartSelector: selector };
      let why: keyof typeof ENDS = 'service';
      for await (const chunk of media({ ...options, endpoint }, '/getMedia', input)) {
        if (!(await sink.write(download.take(chunk, most)))) why = 'reader';
        else if (download.fragments >= most) why = 'max-fragments';
        else continue;
        break;
      }
      if (download.error !== undefined) throw new CommandError(`The service broke off: ${download.error}.`);
      download.end(why);
    } catch (error) {
      if (io.signal.aborted) download.end('stopped');
      else {
        const said = explained(error, io);
        download.fail(said instanceof Error ? said.message : String(said));
        throw said;
      }
    } finally {
      await sink.close();
    }
    return 0;
  },
};
