import { call } from '../client/call.ts';
import { toIso } from '../runtime/time.ts';
import type { Command } from './command.ts';
import type { StreamInfo } from './ensureStream.ts';
import { formatTable, plural } from './format.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals } from './service.ts';

interface Page {
  readonly StreamInfoList: readonly StreamInfo[];
  readonly NextToken?: string | null;
}

export const command: Command = {
  name: 'streams',
  usage: 'streams [--json]',
  summary: 'Lists the streams of the account and region.',
  options: {
    json: { type: 'boolean', description: 'prints what ListStreams answers, as one JSON array' },
    ...CA_OPTION,
  },
  examples: [
    ['streams --region eu-west-1', 'of another region'],
    ['streams --json', 'for a program'],
  ],

  async run(args, io) {
    positionals(args, []);
    const options = await clientOptions(args, io);
    const streams: StreamInfo[] = [];
    let token: string | null | undefined;
    try {
      do {
        const page: Page = await call<Page>(options, '/listStreams', token ? { NextToken: token } : {});
        for (const stream of page.StreamInfoList) streams.push(stream);
        token = page.NextToken;
      } while (token);
    } catch (error) {
      throw explained(error, io);
    }
    if (flag(args, 'json')) io.stdout.write(`${JSON.stringify(streams, undefined, 2)}\n`);
    else if (streams.length > 0) io.stdout.write(formatTable([HEADINGS, ...streams.map(row)]));
    // For people only: a script that counts lines counts none.
    else io.stderr.write(`No streams in ${io.region}. \`kvs-emulator put NAME FILE.mkv\` makes one.\n`);
    return 0;
  },
};

const HEADINGS = ['NAME', 'STATUS', 'RETAINS', 'CREATED', 'ARN'];

const row = ({ StreamName, Status, DataRetentionInHours: hours, CreationTime, StreamARN }: StreamInfo): string[] => [
  StreamName,
  Status,
  hours === 0 ? 'nothing' : hours % 24 === 0 ? plural(hours / 24, 'day') : plural(hours, 'hour'),
  toIso(Math.round(CreationTime * 1000)),
  StreamARN,
];
