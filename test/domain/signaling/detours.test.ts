import { expect, it } from 'vitest';
import type { Fate } from '../../../src/domain/signaling/detours.ts';
import { candidate, offer, startMeeting } from '../../support/signaling.ts';

/** Fates by payload. */
function start(fates: Record<string, Fate>) {
  const started = startMeeting({ ttl: 5, fate: ({ payload }) => fates[payload] });
  return { ...started, master: started.join(), viewer: started.join('v1') };
}

it('a message may be refused, dropped or come twice', () => {
  const { master, viewer } = start({
    a: { refuse: { errorType: 'ClientLimitExceededException', status: 403 } },
    b: { drop: true },
    c: { duplicate: true },
  });
  expect(viewer.send(offer('a', { correlationId: 'n' }))?.outcome).toBe('refused');
  expect(viewer.send(offer('b'))?.outcome).toBe('dropped');
  expect(viewer.send(offer('c'))?.outcome).toBe('delivered');
  expect(viewer.got.map((text) => JSON.parse(text).statusResponse)).toEqual([
    { correlationId: 'n', errorType: 'ClientLimitExceededException', statusCode: '403', success: false },
  ]);
  expect(master.heard()).toEqual(['SDP_OFFER v1 c', 'SDP_OFFER v1 c']);
});

it('a message may come late, on the clock to the millisecond', async () => {
  const { clock, master, viewer } = start({ a: { delayMs: 250 } });
  expect(viewer.send(offer('a'))?.outcome).toBe('held up');
  viewer.send(candidate('b'));
  await clock.advance(249);
  expect(master.heard()).toEqual(['ICE_CANDIDATE v1 b']);
  await clock.advance(1);
  expect(master.heard()).toEqual(['ICE_CANDIDATE v1 b', 'SDP_OFFER v1 a']);
});

it('a message may come behind later ones, and is not kept for ever if there are none', async () => {
  const { clock, master, viewer } = start({ a: { reorder: 2 }, d: { reorder: 1 } });
  for (const payload of ['a', 'b', 'c', 'd']) viewer.send(candidate(payload));
  expect(master.heard().map((text) => text.slice(-1))).toEqual(['b', 'c', 'a']);
  await clock.advance(5000);
  expect(master.heard().at(-1)).toBe('ICE_CANDIDATE v1 d');
});

it('what is held up is bounded, and goes with the channel', async () => {
  const { clock, master, viewer, meeting } = start({ a: { delayMs: 1000 } });
  for (let i = 0; i < 101; i++) viewer.send(candidate('a'));
  expect(master.got).toHaveLength(1);
  meeting.end();
  await clock.advance(1000);
  expect(master.got).toHaveLength(1);
});
