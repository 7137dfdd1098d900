// A data folder without an emulator around it: streams are records, fragments random bytes.
import type { FragmentRecord } from '../../../src/domain/fragments/fragmentRecord.ts';
import { nextOf } from '../../../src/domain/fragments/nextOf.ts';
import type { BareShelf, Payload } from '../../../src/domain/ports.ts';
import type { Log } from '../../../src/runtime/log.ts';
import { Room } from '../../../src/runtime/room.ts';
import { DataFolder } from '../../../src/store/disk/dataFolder.ts';
import type { Files } from '../../../src/store/disk/files.ts';

const FOLDER = '/data';
const MIB = 1024 * 1024;

function recorder(): { readonly lines: string[]; readonly errors: string[]; readonly log: Log } {
  const [lines, errors]: [string[], string[]] = [[], []];
  const say = (text: string): void => void lines.push(text);
  const fail = (text: string): void => {
    errors.push(text);
    say(text);
  };
  return { lines, errors, log: { debug: say, info: say, warn: say, error: fail } as unknown as Log };
}

export const arnOf = (name: string): string => `arn:aws:kinesisvideo:us-east-1:000000000000:stream/${name}/1`;

export async function openWorld(files: Files, { folder = FOLDER, fsyncMs = 0 } = {}) {
  const { lines, errors, log } = recorder();
  const opened = await DataFolder.open({ folder, fsyncMs, log, files, locked: false });
  const room = new Room({ capacity: 512 * MIB });
  const { records, payloads } = await opened.stores(room);
  const shelfOf = (name: string): BareShelf => payloads.shelf({ arn: arnOf(name), keyId: () => 'key' });
  return {
    ...{ folder: opened, lines, errors, records, payloads, room, shelfOf },
    /** Makes a stream. Resolves when it is safe. */
    async make(name: string, more: object = {}): Promise<void> {
      records.streams.put(name, { name, arn: arnOf(name), ...more } as never);
      await records.safe();
    },
    async drop(name: string): Promise<void> {
      shelfOf(name).leave();
      records.streams.remove(name);
      await records.safe();
    },
    /** Keeps a fragment. Resolves when it is safe. */
    async keep(name: string, number: string, bytes: Uint8Array): Promise<Payload> {
      const shelf = shelfOf(name);
      const draft = shelf.draft({ number, writer: 'somebody' });
      for (let at = 0; at < bytes.length; at += 100_000) draft.append(bytes.subarray(at, at + 100_000));
      draft.end();
      shelf.headers.put('header', { fragment: '1', bytes: Buffer.from('head') } as never);
      try {
        return await draft.keep(() => recordOf(number, bytes.length));
      } catch (error) {
        draft.discard();
        throw error;
      }
    },
    numbers: (name: string): string[] => [...shelfOf(name).entries()].map(({ record }) => record.number).sort(),
    async bytesOf(name: string, number: string): Promise<Buffer | undefined> {
      for (const { record, payload } of shelfOf(name).entries()) {
        if (record.number === number) return bytesIn(payload);
      }
      return undefined;
    },
  };
}

export type World = Awaited<ReturnType<typeof openWorld>>;

const recordOf = (number: string, size: number): FragmentRecord =>
  ({ number, header: 'header', size, leading: new Uint8Array(), timecode: '0' }) as unknown as FragmentRecord;

async function bytesIn(payload: Payload): Promise<Buffer> {
  const reading = await payload.open('somebody');
  const pieces: Uint8Array[] = [];
  for (let next = nextOf(reading); next !== undefined; next = nextOf(reading)) {
    const piece = await next;
    if (piece !== undefined) pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Chance that is the same each time. */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

export function bytesOf(size: number, chance: () => number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at++) bytes[at] = chance() * 256;
  return bytes;
}
