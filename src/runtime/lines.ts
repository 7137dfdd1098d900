import type { LogLevel } from './log.ts';

/** So much may wait, in bytes. */
const MOST_WAITING = 64 * 1024;
/** So long lines are gathered once some have been written. Milliseconds of real time. */
const REST_MS = 20;
/** What a character takes at most, with the end of a line for good measure. */
const longest = (line: string): number => 3 * line.length + 1;

/**
 * Writes lines together: the first at the end of the turn of the event loop, those that follow at once a moment later. A
 * write for each would cost a busy emulator more than to answer the request that it is about, and so would lines that
 * wait as text: the garbage collector would go through all of them again and again. Warnings and errors do not wait, nor
 * does anything when the process ends.
 */
export function gatherLines(write: (bytes: Uint8Array) => void): (line: string, level: LogLevel) => void {
  let waiting = Buffer.alloc(0);
  let filled = 0;
  let due = false;
  function flush(): void {
    if (filled === 0) return;
    const bytes = Buffer.from(waiting.subarray(0, filled));
    filled = 0;
    process.off('exit', flush);
    write(bytes);
  }
  function onDue(): void {
    due = filled > 0;
    flush();
    if (due) setTimeout(onDue, REST_MS).unref();
  }
  return (line, level) => {
    if (filled + longest(line) > MOST_WAITING) flush();
    if (longest(line) > MOST_WAITING) {
      write(Buffer.from(`${line}\n`));
      return;
    }
    // Of one that nobody writes to any more nothing stays.
    if (filled === 0) process.on('exit', flush);
    if (waiting.length === 0) waiting = Buffer.allocUnsafeSlow(MOST_WAITING);
    filled += waiting.write(line, filled);
    filled += waiting.write('\n', filled);
    if (level === 'warn' || level === 'error') flush();
    else if (!due) {
      due = true;
      setImmediate(onDue);
    }
  };
}
