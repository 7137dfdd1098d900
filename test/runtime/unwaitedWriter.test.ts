import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { unwaitedWriter } from '../../src/runtime/unwaitedWriter.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';

const line = (text: string): Uint8Array => Buffer.from(`${text}\n`);

/** A stream whose reader takes what it is given when it is told to. */
function reader() {
  const taken: string[] = [];
  let next: (() => void) | undefined;
  let reads = false;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      taken.push(chunk.toString());
      if (reads) done();
      else next = done;
    },
  });
  return {
    stream,
    taken,
    read() {
      reads = true;
      next?.();
    },
  };
}

it('writes each line', () => {
  const { stream, taken, read } = reader();
  read();
  const write = unwaitedWriter(stream);
  write(line('one'));
  write(line('two'));
  expect(taken).toEqual(['one\n', 'two\n']);
});

it('holds no more than a mebibyte for a reader that does not read, and says what that one missed', async () => {
  const { stream, taken, read } = reader();
  const write = unwaitedWriter(stream);
  for (let i = 0; i < 5000; i++) write(line('x'.repeat(1000)));
  expect(stream.writableLength).toBeLessThan(1024 * 1024 + 2000);
  const kept = Math.ceil((1024 * 1024) / 1001);
  read();
  await eventLoopTurn();
  write(line('after'));
  expect(taken.length).toBe(kept + 2);
  expect(taken.slice(-2)).toEqual([
    `kvs-emulator: ${5000 - kept} lines were lost here, because nobody read them.\n`,
    'after\n',
  ]);
});
