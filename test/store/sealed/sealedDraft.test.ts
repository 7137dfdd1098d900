// Fragments of more than a part: what is read is what was written, or nothing.
import { describe, expect, it } from 'vitest';
import type { FragmentRecord } from '../../../src/domain/fragments/fragmentRecord.ts';
import { Kms } from '../../../src/domain/keys/kms.ts';
import { StreamKeys } from '../../../src/domain/keys/streamKeys.ts';
import type { Reading } from '../../../src/domain/ports.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createRandom } from '../../../src/runtime/random.ts';
import { Room } from '../../../src/runtime/room.ts';
import { MemoryPayloadStore } from '../../../src/store/memory/payloads.ts';
import { MemoryRecordStore } from '../../../src/store/memory/records.ts';
import { SealedPayloadStore } from '../../../src/store/sealed/sealedStore.ts';
import { SOMEBODY, START } from '../../support/fragments.ts';
import { blocksUnder } from '../../support/heapWalk.ts';
import { concat } from '../../support/mkv.ts';

const MIB = 1024 * 1024;
const OWNER = {
  arn: 'arn:aws:kinesisvideo:us-east-1:000000000000:stream/big/1',
  keyId: () => 'arn:aws:kms:us-east-1:000000000000:alias/aws/kinesisvideo',
};

function start() {
  const room = new Room({ capacity: 64 * MIB });
  const clock = new ControllableClock({ startTime: START, frozen: true });
  const chance = createRandom(3);
  const kms = new Kms({
    ...{ clock, ids: createIds(createRandom(7)), log: silentLog, kept: new MemoryRecordStore().keys, strict: false },
    bytes: (count) => chance.bytes(count),
    onCall: () => undefined,
  });
  const bare = new MemoryPayloadStore(room);
  const shelf = new SealedPayloadStore(bare, new StreamKeys({ kms, clock }), room).shelf(OWNER);
  const draft = shelf.draft({ number: '42', writer: SOMEBODY });
  const source = chance.bytes(3 * 262_144 + 77);
  for (let at = 0; at < source.length; at += 50_001) draft.append(source.subarray(at, at + 50_001));
  const record = (): FragmentRecord => ({ number: '42' }) as FragmentRecord;
  /** Those of the store, but for spare ones, which are wiped. */
  const sealedBlocks = (): Uint8Array[] =>
    blocksUnder({ bare }, ['Room', 'Function']).filter((block) => block.length > 65_536 && block.some(Boolean));
  return { room, draft, source, record, sealedBlocks };
}

function all(reading: Reading): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let piece = reading.take(); piece !== undefined; piece = reading.take()) pieces.push(piece);
  return concat(...pieces);
}

describe('a fragment of several parts', () => {
  it('is read as it was, by who began before it was sealed as well', async () => {
    const { room, draft, source, record, sealedBlocks } = start();
    const early = await draft.open(SOMEBODY);
    const first = early.take() ?? new Uint8Array();
    await draft.end();
    // Nothing comes behind the end.
    expect(draft.append(new Uint8Array(1))).toBe(false);
    expect(room.usage().used).toBe(source.length);
    expect(
      sealedBlocks().every((block) => !Buffer.from(block).includes(Buffer.from(source.subarray(1000, 1032)))),
    ).toBe(true);
    const payload = await draft.keep(record);
    expect(Buffer.compare(all(await payload.open(SOMEBODY)), source)).toBe(0);
    expect(Buffer.compare(concat(first, all(early)), source)).toBe(0);
    payload.remove();
    expect(room.usage().used).toBe(0);
  });

  it('is unreadable, and never wrong, when a byte of it is not what was kept', async () => {
    const { draft, source, record, sealedBlocks } = start();
    await draft.end();
    const payload = await draft.keep(record);
    const blocks = sealedBlocks();
    expect(blocks.length).toBeGreaterThan(1);
    for (const block of blocks) {
      const flip = (): void => {
        block[0] = (block[0] as number) ^ 1;
      };
      flip();
      const reading = await payload.open(SOMEBODY);
      expect(() => all(reading)).toThrow(expect.objectContaining({ kind: 'unreadable' }));
      flip();
    }
    expect(Buffer.compare(all(await payload.open(SOMEBODY)), source)).toBe(0);
  });
});
