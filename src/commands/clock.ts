import { admin } from '../client/call.ts';
import { parseDuration } from '../runtime/duration.ts';
import { parseDate } from '../runtime/time.ts';
import { type Command, type CommandArgs, UsageError } from './command.ts';
import { formatSpan } from './format.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals, text } from './service.ts';

interface ClockState {
  readonly now: string;
  readonly mode: 'running' | 'frozen';
  readonly rate: number;
  readonly offsetMs: number;
}

const FORMS =
  'Say one of: clock, clock advance 25h, clock set 2030-01-01T00:00:00Z, clock freeze, clock run [--rate 60].';

/** What is to be asked of the emulator; undefined: only what time it is. */
function change(args: CommandArgs): object | undefined {
  const [verb, value] = positionals(args, ['VERB', 'VALUE'], 0);
  const rate = text(args, 'rate');
  if (rate !== undefined && verb !== 'run') throw new UsageError('--rate belongs to `clock run`.');
  if (value !== undefined && verb !== 'advance' && verb !== 'set')
    throw new UsageError(`\`clock ${verb}\` takes no "${value}". ${FORMS}`);
  switch (verb) {
    case undefined:
      return undefined;
    case 'advance':
      if (value?.startsWith('-'))
        throw new UsageError(`The clock advances forward only, not by ${value}. \`clock set ISO\` takes it back.`);
      if (value === undefined || parseDuration(value) === undefined)
        throw new UsageError(`\`clock advance\` needs a duration like 90s, 25h, 7d or PT25H, not "${value ?? ''}".`);
      return { advance: value };
    case 'set':
      if (value === undefined || parseDate(value) === undefined)
        throw new UsageError(`\`clock set\` needs a date like 2030-01-01T00:00:00Z, not "${value ?? ''}".`);
      return { set: value };
    case 'freeze':
      return { mode: 'frozen' };
    case 'run':
      if (rate === undefined) return { mode: 'running' };
      if (!(Number(rate) > 0)) throw new UsageError(`--rate must be a number above 0, not "${rate}".`);
      return { rate: Number(rate) };
    default:
      throw new UsageError(`The clock does not know "${verb}". ${FORMS}`);
  }
}

/** `2030-01-01T00:00:00.000Z  frozen, 25 h ahead of this machine` */
function describe({ now, mode, rate, offsetMs }: ClockState): string {
  const pace = mode === 'frozen' ? 'frozen' : rate === 1 ? 'running' : `running ${rate} times as fast`;
  // Less than that is what the way here took.
  if (Math.abs(offsetMs) < 1000) return `${now}  ${pace}`;
  return `${now}  ${pace}, ${formatSpan(Math.abs(offsetMs))} ${offsetMs > 0 ? 'ahead of' : 'behind'} this machine`;
}

export const command: Command = {
  name: 'clock',
  usage: 'clock [advance DURATION | set ISO | freeze | run [--rate N]]',
  summary: "Shows or moves the emulator's clock; comes back when all that became due is done.",
  options: {
    rate: { type: 'string', placeholder: 'N', description: 'emulated seconds in a real one' },
    json: { type: 'boolean', description: 'prints the state as JSON' },
    ...CA_OPTION,
  },
  words: [['advance', 'set', 'freeze', 'run']],
  examples: [
    ['clock advance 25h', 'what is retained for a day expires, sessions end'],
    ['clock freeze', 'time stands still until it is advanced, set or run'],
    ['clock run --rate 60', 'a minute a second'],
  ],

  async run(args, io) {
    const input = change(args);
    const options = await clientOptions(args, io);
    try {
      const state = await (input === undefined
        ? admin<ClockState>(options, 'GET', '/clock')
        : admin<ClockState>(options, 'POST', '/clock', { input }));
      io.stdout.write(`${flag(args, 'json') ? JSON.stringify(state) : describe(state)}\n`);
    } catch (error) {
      throw explained(error, io);
    }
    return 0;
  },
};
