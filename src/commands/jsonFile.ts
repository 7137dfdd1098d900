import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { CommandError, type CommandIO } from './command.ts';

/** The JSON object of a file; `-` is standard input. */
export async function readJsonFile(path: string, io: Pick<CommandIO, 'stdin'>): Promise<object> {
  const read = path === '-' ? text(io.stdin) : readFile(path, 'utf8');
  const content = await read.catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${path} cannot be read (${error.code}).`);
  });
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new CommandError(`${path} is not JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`);
  }
  if (typeof value !== 'object' || value === null) throw new CommandError(`${path} is no JSON object.`);
  return value;
}
