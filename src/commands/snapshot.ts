import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { type AdminOptions, admin, adminBytes, adminUpload } from '../client/call.ts';
import { type Command, type CommandArgs, CommandError, type CommandIO, UsageError } from './command.ts';
import { formatBytes, formatTable, plural } from './format.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals } from './service.ts';
import { openSink } from './sink.ts';

interface Content {
  readonly name?: string;
  readonly time: string;
  readonly streams: number;
  readonly fragments: number;
  readonly bytes: number;
  readonly bytesAlone: number;
}

const FORMS =
  'Say one of: snapshot, snapshot save FILE, snapshot load FILE, snapshot take NAME, snapshot restore NAME, snapshot remove NAME.';

type Act = (options: AdminOptions, what: string, args: CommandArgs, io: CommandIO) => Promise<Done>;
interface Done {
  readonly answer: unknown;
  readonly text: string;
}

function query(args: CommandArgs): string {
  const said = [
    ...(flag(args, 'journal') ? [['journal', 'true']] : []),
    ...(flag(args, 'without-secrets') ? [['secrets', 'false']] : []),
  ] as [string, string][];
  return said.length === 0 ? '' : `?${new URLSearchParams(said)}`;
}

const shown = ({ streams, fragments, bytes, time }: Content): string =>
  `${plural(streams, 'stream')}, ${plural(fragments, 'fragment')}, ${formatBytes(bytes)}, at ${time}`;

/** A file that is there is whole: it gets its name when it is. */
async function save(options: AdminOptions, file: string, args: CommandArgs, io: CommandIO): Promise<Done> {
  const toFile = file !== '-';
  const part = toFile ? `${file}.part` : file;
  const sink = await openSink(part, io);
  let bytes = 0;
  try {
    for await (const piece of adminBytes(options, '/snapshot', query(args))) {
      if (!(await sink.write(piece))) break;
      bytes += piece.length;
    }
    await sink.close();
    if (toFile) await rename(part, file);
  } catch (error) {
    await sink.close().catch(() => undefined);
    if (toFile) await rm(part, { force: true });
    throw error;
  }
  return { answer: { file, bytes }, text: `Saved ${formatBytes(bytes)} to ${sink.name.replace(/\.part$/, '')}.` };
}

async function load(options: AdminOptions, file: string, _args: CommandArgs, { stdin }: CommandIO): Promise<Done> {
  const source = file === '-' ? stdin : createReadStream(file);
  let failure: NodeJS.ErrnoException | undefined;
  const pieces = (async function* () {
    try {
      yield* source as AsyncIterable<Uint8Array>;
    } catch (error) {
      failure = error as NodeJS.ErrnoException;
      throw error;
    }
  })();
  try {
    const answer = await adminUpload<Content>(options, '/snapshot', '', pieces, 'PUT');
    return { answer, text: `Loaded ${shown(answer)}.` };
  } catch (error) {
    if (failure !== undefined) throw new CommandError(`${file} cannot be read (${failure.code}).`);
    throw error;
  }
}

const named =
  (method: 'POST' | 'DELETE', said: string, behind = ''): Act =>
  async (options, name, args) => {
    const path = `/snapshots/${encodeURIComponent(name)}${behind}`;
    const answer = await admin<Content>(options, method, path, { query: query(args) });
    return { answer, text: `${said} ${name}: ${shown(answer)}.` };
  };

/** What each takes, and does. */
const ACTS: Readonly<Record<string, { readonly takes: string; readonly act: Act }>> = {
  save: { takes: 'FILE', act: save },
  load: { takes: 'FILE', act: load },
  take: { takes: 'NAME', act: named('POST', 'Took') },
  restore: { takes: 'NAME', act: named('POST', 'Restored', '/restore') },
  remove: { takes: 'NAME', act: named('DELETE', 'Removed') },
};

async function list(options: AdminOptions): Promise<Done> {
  const answer = await admin<{ snapshots: readonly Content[] }>(options, 'GET', '/snapshots');
  const rows = answer.snapshots.map((one) => [
    ...[one.name ?? '', one.time, String(one.streams), String(one.fragments)],
    ...[formatBytes(one.bytes), formatBytes(one.bytesAlone)],
  ]);
  const table = formatTable([['NAME', 'TIME', 'STREAMS', 'FRAGMENTS', 'MEDIA', 'ALONE'], ...rows]);
  return { answer, text: rows.length === 0 ? 'There are no snapshots in memory.' : table.trimEnd() };
}

export const command: Command = {
  name: 'snapshot',
  usage: 'snapshot [save FILE | load FILE | list | take NAME | restore NAME | remove NAME] [--json]',
  summary: 'Saves all of the state to a file and loads it again; keeps snapshots in memory to go back to.',
  options: {
    journal: { type: 'boolean', description: 'of `save` and `take`: with the journal' },
    'without-secrets': {
      type: 'boolean',
      description: 'of `save` and `take`: without master keys and secrets; media cannot be read elsewhere then',
    },
    json: { type: 'boolean', description: 'prints JSON' },
    ...CA_OPTION,
  },
  examples: [
    ['snapshot save state.tar', 'everything, media too; `-` is standard output'],
    ['snapshot load state.tar', 'in this emulator or another'],
    ['snapshot take ready', 'in memory; `snapshot restore ready` goes back to it'],
  ],

  async run(args, io) {
    const [verb = 'list', what] = positionals(args, ['VERB', 'NAME'], 0);
    const known = Object.hasOwn(ACTS, verb) ? ACTS[verb] : undefined;
    if (known === undefined && verb !== 'list') throw new UsageError(`There is no \`snapshot ${verb}\`. ${FORMS}`);
    if (known !== undefined && what === undefined) throw new UsageError(`${known.takes} is missing. ${FORMS}`);
    if (known === undefined && what !== undefined) throw new UsageError(`There is one argument too many: "${what}".`);
    const stray = ['journal', 'without-secrets'].find((name) => flag(args, name) && !['save', 'take'].includes(verb));
    if (stray !== undefined) throw new UsageError(`--${stray} does not belong to \`snapshot ${verb}\`. ${FORMS}`);
    const options = await clientOptions(args, io);
    try {
      const { answer, text } = await (known === undefined ? list(options) : known.act(options, what ?? '', args, io));
      // What was saved to standard output is there already.
      const out = verb === 'save' && what === '-' ? io.stderr : io.stdout;
      out.write(`${flag(args, 'json') ? JSON.stringify(answer) : text}\n`);
    } catch (error) {
      throw explained(error, io);
    }
    return 0;
  },
};
