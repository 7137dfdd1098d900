import { describe, expect, it } from 'vitest';
import type { Fragment } from '../../../src/domain/fragments/fragment.ts';
import { FragmentLog } from '../../../src/domain/fragments/fragmentLog.ts';
import { select } from '../../../src/domain/fragments/selection.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createRandom } from '../../../src/runtime/random.ts';
import { Room } from '../../../src/runtime/room.ts';
import { MemoryPayloadStore } from '../../../src/store/memory/payloads.ts';
import { logOwner, makeHeader, SOMEBODY } from '../../support/fragments.ts';

const START = 1_700_000_000_000;
const HOUR = 3_600_000;
const header = makeHeader(1);

function startLog() {
  const clock = new ControllableClock({ startTime: START, frozen: true });
  const room = new Room({ capacity: 1 << 30 });
  const payloads = new MemoryPayloadStore(room);
  const log = new FragmentLog(
    { clock, ids: createIds(createRandom(1)), payloads, room, log: silentLog },
    logOwner(24 * 30 * HOUR),
  );
  const names = new Map<string, string>();
  return {
    clock,
    log,
    /** Ingests fragments with these producer times, as `name@time`. */
    async ingest(...fragments: string[]): Promise<void> {
      const session = {};
      for (const text of fragments) {
        const [name, time] = text.split('@') as [string, string];
        const spec = {
          producerTime: Number(time),
          timecode: 0n,
          header,
          first: true,
          leading: new Uint8Array(),
          writer: SOMEBODY,
        };
        const fragment = log.open(session, spec) as Fragment;
        log.append(fragment, new Uint8Array(1));
        names.set(fragment.number, name);
        await log.complete(fragment, 0);
        await clock.advance(1000);
      }
    },
    names: async (start: number, end: number, behind?: Fragment) =>
      (await select(log, { axis: 'producerTime', start, end }, Infinity, { behind })).map(({ number }) =>
        names.get(number),
      ),
  };
}

describe('fragments by producer time', () => {
  it('come in the order of their starts, both ends included', async () => {
    const { ingest, names } = startLog();
    await ingest('a@0', 'b@10', 'c@20', 'd@30');
    expect(await names(10, 20)).toEqual(['b', 'c']);
    expect(await names(11, 19)).toEqual([]);
  });

  it('of the same start are the one ingested last', async () => {
    const { ingest, names } = startLog();
    await ingest('a@0', 'b@10', 'c@20');
    await ingest('B@10', 'C@20', 'D@30');
    expect(await names(0, 100)).toEqual(['a', 'B', 'C', 'D']);
  });

  it('that overlap but start apart are all kept, in the order of their starts', async () => {
    const { ingest, names } = startLog();
    await ingest('a@0', 'c@20');
    await ingest('b@10', 'd@30');
    expect(await names(0, 100)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('recorded again more than a day later are the oldest recording', async () => {
    const { ingest, names, clock } = startLog();
    await ingest('a@10', 'b@20');
    await clock.advance(24 * HOUR + 1);
    await ingest('x@0', 'A@10', 'y@15', 'B@20', 'z@30');
    expect(await names(0, 100)).toEqual(['a', 'b']);
    expect(await names(30, 100)).toEqual(['z']);
  });

  it('recorded again within a day are taken together', async () => {
    const { ingest, names, clock } = startLog();
    await ingest('a@10', 'b@20');
    await clock.advance(24 * HOUR - 2000);
    await ingest('x@0', 'A@10');
    expect(await names(0, 100)).toEqual(['x', 'A', 'b']);
  });

  it('after a pause of more than a day in one recording end there', async () => {
    const { ingest, names, clock } = startLog();
    await ingest('a@0', 'b@10');
    await clock.advance(25 * HOUR);
    await ingest('c@20');
    expect(await names(0, 100)).toEqual(['a', 'b']);
  });

  it('go on behind any of them', async () => {
    const { ingest, log, names } = startLog();
    await ingest('a@0', 'b@10', 'c@20');
    const [, second] = await select(log, { axis: 'producerTime', start: 0, end: 100 }, 2);
    expect(await names(0, 100, second)).toEqual(['c']);
    await ingest('B@10', 'd@30');
    expect(await names(0, 100, second)).toEqual(['c', 'd']);
  });

  it('are in order again once what came out of order has expired', async () => {
    const { ingest, log, clock } = startLog();
    await ingest('a@10', 'b@5');
    expect(log.recordedInOrder).toBe(false);
    await clock.advance(24 * 30 * HOUR);
    await ingest('c@20', 'd@30');
    expect(log.recordedInOrder).toBe(true);
  });
});
