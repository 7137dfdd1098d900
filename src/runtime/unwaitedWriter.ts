import type { Writable } from 'node:stream';

/** So much may wait for whoever reads the lines. Bytes. */
const MOST_WAITING = 1024 * 1024;
const NEW_LINE = 0x0a;

/**
 * Writes whole lines to a stream whose reader may be slow or gone: it is never waited for, and what it does not take in
 * time is lost and counted. Errors of the stream are its owner's to hear.
 */
export function unwaitedWriter(stream: Writable): (lines: Uint8Array) => void {
  let lost = 0;
  return (lines) => {
    if (stream.writableLength > MOST_WAITING) {
      for (const byte of lines) if (byte === NEW_LINE) lost += 1;
      return;
    }
    if (lost > 0) stream.write(`kvs-emulator: ${lost} lines were lost here, because nobody read them.\n`);
    lost = 0;
    stream.write(lines);
  };
}
