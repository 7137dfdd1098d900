import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Signaling } from '../../../src/domain/signaling/signaling.ts';
import { answerTo, candidate, offer, startMeeting } from '../../support/signaling.ts';

const MINUTE = 60_000;
const NOBODY = new AbortController().signal;
const GO_AWAY = '{"messagePayload":"e30=","messageType":"GO_AWAY"}';

it('ends a connection that has said nothing for ten minutes, to the millisecond', async () => {
  const { clock, join } = startMeeting();
  const [master, viewer] = [join(), join('v1')];
  await clock.advance(10 * MINUTE - 1);
  viewer.member.touch();
  expect(master.ends).toEqual([]);
  await clock.advance(1);
  expect(master.ends).toEqual(['1001 Going away']);
  expect(viewer.ends).toEqual([]);
  // What comes for it before its connection is gone waits for the next.
  viewer.send(offer('x'));
  master.leave();
  expect(join().heard()).toEqual(['SDP_OFFER v1 x']);
});

it('tells a connection to go after 59 minutes, and ends it a minute later', async () => {
  const { clock, join } = startMeeting();
  const viewer = join('v1');
  for (let i = 1; i < 60; i++) {
    expect(viewer.got).toEqual([]);
    await clock.advance(MINUTE);
    viewer.send('');
  }
  expect(viewer.got).toEqual([GO_AWAY]);
  await clock.advance(MINUTE - 1);
  expect(viewer.ends).toEqual([]);
  await clock.advance(1);
  expect(viewer.ends).toEqual(['1001 Going away']);
});

it('can be told to end one, to let one go with a minute of grace, and to call for new relays', async () => {
  const { clock, meeting, join } = startMeeting();
  const [master, one, two] = [join(), join('v1'), join('v2')];
  expect(meeting.reconnectIce('all')).toBe(3);
  expect(meeting.disconnect({ clientId: 'v1' })).toBe(1);
  expect(meeting.goAway('master')).toBe(1);
  expect(one.ends).toEqual(['1001 Going away']);
  expect(master.got).toEqual(['{"messagePayload":"e30=","messageType":"RECONNECT_ICE_SERVER"}', GO_AWAY]);
  await clock.advance(MINUTE);
  expect(master.ends).toEqual(['1001 Going away']);
  expect(two.ends).toEqual([]);
  expect(meeting.disconnect({ clientId: 'v1' })).toBe(0);
});

it('ends everybody with its channel, or with what a reset takes, and gives back the memory', async () => {
  const { room, channel, join, meeting } = startMeeting();
  const [viewer, master] = [join('v1'), join()];
  master.send(answerTo('v9', 'x'.repeat(1000)));
  expect(room.usage().used).toBeGreaterThan(1000);
  const answer = meeting.offer('alexa', 'b2Zm', NOBODY);
  meeting.end();
  await expect(answer).rejects.toThrow('No master has answered');
  expect(viewer.ends).toEqual(['1001 Going away']);
  expect(master.ends).toEqual(['1001 Going away']);
  expect(room.usage().used).toBe(0);
  const signaling = new Signaling({ displaced: 'close', room } as never);
  const first = signaling.of(channel);
  signaling.reset({ region: 'eu-west-1' });
  expect(signaling.of(channel)).toBe(first);
  signaling.reset({ account: '000000000000' });
  expect(signaling.of(channel)).not.toBe(first);
});

it('holds an offer until the master answers it', async () => {
  const { meeting, join } = startMeeting();
  const master = join();
  const answer = meeting.offer('alexa', 'b2Zm', NOBODY);
  expect(master.heard()).toEqual(['SDP_OFFER alexa b2Zm']);
  master.send(candidate('c', { recipientClientId: 'alexa' }));
  master.send(answerTo('alexa', 'YW5z'));
  expect(await answer).toBe('YW5z');
  expect(meeting.empty).toBe(false);
});

it('hands a held offer to a master that comes in time, and gives up when its time is over', async () => {
  const { clock, meeting, join } = startMeeting({ ttl: 5 });
  const late = meeting.offer('alexa', 'one', NOBODY);
  await clock.advance(4999);
  const master = join();
  expect(master.heard()).toEqual(['SDP_OFFER alexa one']);
  const refused = expect(late).rejects.toThrow('No master has answered');
  await clock.advance(1);
  await refused;
});

it('takes back the offer of a caller who has gone', async () => {
  const { meeting, join } = startMeeting();
  const gone = new AbortController();
  const answer = meeting.offer('alexa', 'one', gone.signal);
  gone.abort();
  await expect(answer).rejects.toThrow();
  expect(join().got).toEqual([]);
});

it('keeps a hundred candidates of a sender and a thousand messages at most, and tells those who ask', () => {
  const { join } = startMeeting();
  const viewer = join('v1');
  for (let i = 0; i < 101; i++) viewer.send(candidate(`c${i}`, { correlationId: `n${i}` }));
  expect(viewer.got).toHaveLength(1);
  expect(viewer.got[0]).toContain('"correlationId":"n100","errorType":"ClientLimitExceededException"');
  const master = join();
  expect(master.got).toHaveLength(100);
  for (let i = 0; i < 1001; i++) master.send(answerTo(`w${i}`, 'x', { correlationId: `n${i}` }));
  expect(master.got.slice(100)).toHaveLength(1);
});

it('refuses what it has no memory for', () => {
  const { room, join } = startMeeting({ memory: 4000 });
  const viewer = join('v1');
  expect(viewer.send(candidate('x'.repeat(1000)))?.outcome).toBe('kept');
  expect(viewer.send(candidate('x'.repeat(1000)))?.outcome).toBe('refused');
  expect(room.usage().used).toBeLessThan(4000);
});

it('lets one who floods a recipient that does not read fill no more than its own share', () => {
  const { join } = startMeeting();
  const master = join(undefined, { reads: false });
  const [flood, other] = [join('v1'), join('v2')];
  for (let i = 0; i < 100; i++) flood.send(offer('x'.repeat(10_000)));
  const filled = master.got.length;
  expect(filled).toBeLessThan(27);
  other.send(offer('y'));
  expect(master.heard().at(-1)).toBe('SDP_OFFER v2 y');
  master.read();
  flood.send(offer('z'));
  expect(master.heard().at(-1)).toBe('SDP_OFFER v1 z');
});

it('forgets nothing that is needed, and everything else, whatever is sent in whatever order', () => {
  const id = fc.constantFrom('v1', 'v2', 'v3');
  const frame = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({
        action: fc.constantFrom('SDP_OFFER', 'SDP_ANSWER', 'ICE_CANDIDATE', 'x'),
        recipientClientId: fc.oneof(id, fc.anything()),
        MessagePayload: fc.oneof(fc.string(), fc.anything()),
        correlationId: fc.oneof(fc.constant('c'), fc.anything()),
      })
      .map((value) => JSON.stringify(value) ?? ''),
  );
  const step = fc.tuple(fc.option(id, { nil: undefined }), fc.constantFrom('join', 'leave', 'send'), frame);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { room, meeting, join } = startMeeting();
      const here = new Map<string | undefined, ReturnType<typeof join>>();
      for (const [who, what, text] of steps) {
        if (what === 'join') {
          here.get(who)?.leave();
          here.set(who, join(who));
        } else if (what === 'leave') here.get(who)?.leave();
        else here.get(who)?.send(text);
      }
      for (const [who, one] of here) {
        for (const sent of one.got) {
          const { senderClientId, messageType } = JSON.parse(sent);
          if (messageType !== 'STATUS_RESPONSE') expect(senderClientId === undefined).toBe(who !== undefined);
        }
        expect(one.ends).toEqual([]);
        one.leave();
      }
      meeting.end();
      expect(meeting.empty).toBe(true);
      expect(room.usage().used).toBe(0);
    }),
  );
});
