import { expect, it } from 'vitest';
import type { Fragment } from '../../../src/domain/fragments/fragment.ts';
import { FragmentLog } from '../../../src/domain/fragments/fragmentLog.ts';
import type { PayloadShelf, ShelfOwner } from '../../../src/domain/ports.ts';
import { newestFragments } from '../../../src/domain/sessions/sources.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createRandom } from '../../../src/runtime/random.ts';
import { Room } from '../../../src/runtime/room.ts';
import { MemoryPayloadStore } from '../../../src/store/memory/payloads.ts';
import { logOwner, makeHeader, SOMEBODY } from '../../support/fragments.ts';

const header = makeHeader(1);

it('a live list waits for a fragment that is still on its way into the store, so that none is ever passed over', async () => {
  const clock = new ControllableClock({ startTime: 1e12, frozen: true });
  const room = new Room({ capacity: 1 << 20 });
  const store = new MemoryPayloadStore(room);
  let slow: Promise<void> = Promise.resolve();
  const payloads = {
    shelf: (owner: ShelfOwner): PayloadShelf => {
      const shelf = store.shelf(owner);
      return {
        headers: shelf.headers,
        entries: () => shelf.entries(),
        cleared: () => shelf.cleared(),
        leave: () => shelf.leave(),
        sealer: () => shelf.sealer(),
        unseal: (_number, _what, bytes) => bytes,
        draft: () => {
          const draft = shelf.draft();
          const keep = draft.keep.bind(draft);
          draft.keep = async (record) => {
            await slow;
            return keep(record);
          };
          return draft;
        },
      };
    },
  };
  const log = new FragmentLog(
    { clock, ids: createIds(createRandom(1)), payloads, room, log: silentLog },
    logOwner(3_600_000),
  );
  const session = {};
  const ingest = (): { fragment: Fragment; stored: Promise<boolean> } => {
    const spec = {
      producerTime: clock.now(),
      timecode: 0n,
      header,
      first: true,
      leading: new Uint8Array(),
      writer: SOMEBODY,
    };
    const fragment = log.open(session, spec) as Fragment;
    log.append(fragment, new Uint8Array(1));
    return { fragment, stored: log.complete(fragment, 0) };
  };
  const first = ingest();
  await first.stored;
  let release: () => void = () => undefined;
  slow = new Promise((resolve) => {
    release = resolve;
  });
  const second = ingest();
  slow = Promise.resolve();
  const third = ingest();
  await third.stored;
  const listed = () => newestFragments(log, clock.now(), { max: 5, liveMs: 30_000 });
  expect(await listed()).toEqual([first.fragment]);
  release();
  await second.stored;
  expect(await listed()).toEqual([first.fragment, second.fragment, third.fragment]);
  expect(await newestFragments(log, clock.now(), { max: 5, liveMs: 30_000, behind: first.fragment })).toEqual([
    second.fragment,
    third.fragment,
  ]);
  expect(await newestFragments(log, clock.now(), { max: 2, liveMs: 30_000 })).toEqual([
    second.fragment,
    third.fragment,
  ]);
});
