import type { Command, CommandOption } from './command.ts';
import { allOptions } from './commandLine.ts';

// What `--help` prints, no wider than the terminal.

/** Where nobody knows how wide it is. */
const DEFAULT_WIDTH = 80;
const NARROWEST = 40;
/** In less than that everything stands below each other. */
const SIDE_BY_SIDE = 60;
/** What stands left of a description that has room beside it. */
const WIDEST_LEFT = 30;

/** Lines of whole words; a word that is longer than a line has one of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const paragraph = (text: string, width: number, hanging = ''): string =>
  `${wrap(text, width - hanging.length).join(`\n${hanging}`)}\n`;

/** Two columns: what to write and what it does; below each other where the first one is long. */
function columns(rows: readonly (readonly [string, string])[], width: number): string {
  const most = width < SIDE_BY_SIDE ? 0 : Math.min(WIDEST_LEFT, Math.floor(width / 2) - 4);
  const left = rows.reduce((widest, [{ length }]) => (length <= most ? Math.max(widest, length) : widest), 4);
  const indent = ' '.repeat(left + 4);
  return rows
    .map(([text, what]) => {
      const lines = wrap(what, width - indent.length);
      const beside = text.length <= left;
      const first = beside
        ? `  ${text.padEnd(left)}  ${lines.shift() ?? ''}`
        : paragraph(text, width - 2, '    ')
            .trimEnd()
            .replace(/^/, '  ');
      return `${[first, ...lines.map((line) => indent + line)].join('\n')}\n`;
    })
    .join('');
}

const widthOf = (given: number | undefined): number => Math.max(NARROWEST, given || DEFAULT_WIDTH);

export function programHelp(commands: readonly Command[], given?: number): string {
  const width = widthOf(given);
  const rows = commands.map(({ usage, summary }) => [usage, summary] as const);
  return (
    'Usage: kvs-emulator [COMMAND] [OPTIONS]\n\n' +
    paragraph('A local emulator of Amazon Kinesis Video Streams. Without a command it starts.', width) +
    `\nCommands:\n${columns(rows, width)}\n` +
    paragraph('kvs-emulator COMMAND --help tells more. --version prints the version.', width)
  );
}

export function commandHelp(command: Command, given?: number): string {
  const width = widthOf(given);
  const rows = Object.entries(allOptions(command)).map(
    ([name, option]) => [spell(name, option), option.description] as const,
  );
  const examples = command.examples.map(
    ([line, what]) => `  ${typed(`kvs-emulator ${line}`, width - 2)}\n      ${paragraph(what, width, '      ')}`,
  );
  return (
    `${paragraph(`Usage: kvs-emulator ${command.usage}`, width, '  ')}\n${paragraph(command.summary, width)}` +
    `\nOptions:\n${columns(rows, width)}\nExamples:\n${examples.join('')}`
  );
}

/** A line that can be copied, however narrow the terminal is. */
const typed = (line: string, width: number): string => wrap(line, width - 6).join(' \\\n      ');

const spell = (name: string, { short, placeholder }: CommandOption): string =>
  `${short === undefined ? '' : `-${short}, `}--${name}${placeholder === undefined ? '' : ` ${placeholder}`}`;
