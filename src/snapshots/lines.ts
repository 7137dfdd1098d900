import { StringDecoder } from 'node:string_decoder';

/** A longer one is nothing that a snapshot has. */
const LONGEST_LINE = 16 * 1024 * 1024;

export class LineError extends Error {}

/** The lines of a text that comes in pieces, without their ends. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  // By parts: to add each piece to a text would go through all of it each time.
  let begun: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    const lines = decoder.write(Buffer.from(piece.buffer, piece.byteOffset, piece.length)).split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      yield begun.length === 0 ? line : begun.join('') + line;
      begun = [];
      length = 0;
    }
    begun.push(last);
    length += last.length;
    if (length > LONGEST_LINE) throw new LineError('A line of it is longer than any that a snapshot has.');
  }
  if (length > 0) throw new LineError('Its last line has no end.');
}
