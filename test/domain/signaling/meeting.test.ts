import { expect, it } from 'vitest';
import { answerTo, candidate, offer, startMeeting } from '../../support/signaling.ts';

it('takes an offer to the master and its answer back, with keys in the captured order and nothing that is not there', () => {
  const { join } = startMeeting();
  const master = join();
  const viewer = join('v1');
  viewer.send(offer('b2Zm'));
  master.send(answerTo('v1', 'YW5z'));
  expect(master.got).toEqual(['{"messagePayload":"b2Zm","messageType":"SDP_OFFER","senderClientId":"v1"}']);
  expect(viewer.got).toEqual(['{"messagePayload":"YW5z","messageType":"SDP_ANSWER"}']);
});

it.each([
  ['JavaScript', '{"action":"SDP_ANSWER","recipientClientId":"v1","messagePayload":"YQ=="}'],
  ['C', '{"action":"SDP_ANSWER","RecipientClientId":"v1","MessagePayload":"YQ==","IceServerList":[{"Ttl":300}]}'],
  ['Android', '{"action":"SDP_ANSWER","recipientClientId":"v1","senderClientId":"","messagePayload":"YQ=="}'],
])('hears a master written in %s', (_language, frame) => {
  const { join } = startMeeting();
  const viewer = join('v1');
  join().send(frame);
  expect(viewer.got).toEqual(['{"messagePayload":"YQ==","messageType":"SDP_ANSWER"}']);
});

it('hands a payload on as it is, whatever it is', () => {
  const { join } = startMeeting();
  const master = join();
  const payload = 'ab-_\u00e9"\\ no base64';
  join('v1').send(offer(payload));
  expect(JSON.parse(master.got[0] as string).messagePayload).toBe(payload);
});

it.each(['', 'ProducerMaster', 'v2', 'v1'])('takes what a viewer sends to the master, though it names %j', (named) => {
  const { join } = startMeeting();
  const [master, viewer, other] = [join(), join('v1'), join('v2')];
  viewer.send(offer('x', { recipientClientId: named, senderClientId: 'v2' }));
  expect(master.heard()).toEqual(['SDP_OFFER v1 x']);
  expect([...viewer.got, ...other.got]).toEqual([]);
});

it('takes an offer of the master to the viewer it names', () => {
  const { join } = startMeeting();
  const [master, viewer] = [join(), join('v1')];
  master.send(offer('x', { recipientClientId: 'v1' }));
  expect(viewer.heard()).toEqual(['SDP_OFFER - x']);
});

it('has one master: the newest, and the one before is closed', () => {
  const { join } = startMeeting();
  const [first, second, viewer] = [join(), join(), join('v1')];
  expect([first.displacedOne, second.displacedOne]).toEqual([false, true]);
  expect(first.ends).toEqual(['1001 Going away']);
  first.send(answerTo('v1', 'old'));
  viewer.send(offer('x'));
  first.leave();
  viewer.send(candidate('y'));
  expect(first.got).toEqual([]);
  expect(viewer.got).toEqual([]);
  expect(second.heard()).toEqual(['SDP_OFFER v1 x', 'ICE_CANDIDATE v1 y']);
});

it('may leave a displaced master open and deaf, and still takes what it sends', () => {
  const { join } = startMeeting({ displaced: 'deaf' });
  const [first, second, viewer] = [join(), join(), join('v1')];
  first.send(answerTo('v1', 'old'));
  viewer.send(offer('x'));
  expect(first.ends).toEqual([]);
  expect(first.got).toEqual([]);
  expect(viewer.heard()).toEqual(['SDP_ANSWER - old']);
  expect(second.heard()).toEqual(['SDP_OFFER v1 x']);
});

it('has ten viewers, each id once: the eleventh is refused, a known id takes the place of its own', () => {
  const { join } = startMeeting();
  const viewers = Array.from({ length: 10 }, (_, i) => join(`v${i}`));
  expect(() => join('v10')).toThrow('Maximum number of clients connected to the channel !');
  const again = join('v0');
  expect(viewers[0]?.ends).toEqual(['1001 Going away']);
  viewers[0]?.leave();
  join().send(answerTo('v0', 'x'));
  expect(again.heard()).toEqual(['SDP_ANSWER - x']);
  viewers[1]?.leave();
  expect(() => join('v10')).not.toThrow();
});

it('keeps a place for one whose handshake is still under way, until it has gone', () => {
  const { meeting, join } = startMeeting();
  const pending = Array.from({ length: 10 }, (_, i) => meeting.admit(`v${i}`));
  expect(() => join('late')).toThrow('Maximum number');
  meeting.leave(pending[3] as never);
  meeting.leave(pending[3] as never);
  expect(() => join('late')).not.toThrow();
  expect(() => join('later')).toThrow('Maximum number');
});

it('keeps what is sent to nobody for its time, to the millisecond', async () => {
  const { clock, join } = startMeeting({ ttl: 5 });
  const viewer = join('v1');
  viewer.send(offer('gone'));
  await clock.advance(1);
  viewer.send(candidate('just'));
  await clock.advance(4999);
  expect(join().heard()).toEqual(['ICE_CANDIDATE v1 just']);
  expect(join().got).toEqual([]);
});

it('keeps what a master sends to a viewer that was never there', () => {
  const { join } = startMeeting();
  join().send(answerTo('v9', 'x'));
  expect(join('v9').heard()).toEqual(['SDP_ANSWER - x']);
});

it('gives new messages the time that the channel has now, old ones what it had', async () => {
  const { clock, channels, channel, join } = startMeeting({ ttl: 60 });
  const viewer = join('v1');
  viewer.send(candidate('long'));
  channels.update(channel, channel.record.version, 5);
  viewer.send(candidate('short'));
  await clock.advance(5000);
  expect(join().heard()).toEqual(['ICE_CANDIDATE v1 long']);
});

it('delivers of each sender offer and answer first, then candidates in their order; a newer offer replaces the older', () => {
  const { join } = startMeeting();
  const [one, two] = [join('v1'), join('v2')];
  one.send(candidate('c1'));
  two.send(candidate('d1'));
  one.send(offer('old'));
  one.send(candidate('c2'));
  two.send(offer('o2'));
  one.send(offer('new'));
  one.leave();
  join('v1').send(candidate('c3'));
  expect(join().heard()).toEqual([
    'SDP_OFFER v1 new',
    'ICE_CANDIDATE v1 c1',
    'ICE_CANDIDATE v1 c2',
    'ICE_CANDIDATE v1 c3',
    'SDP_OFFER v2 o2',
    'ICE_CANDIDATE v2 d1',
  ]);
});

it('an answer replaces an undelivered answer, and no offer', () => {
  const { join } = startMeeting();
  const master = join();
  master.send(offer('o', { recipientClientId: 'v1' }));
  master.send(answerTo('v1', 'a1'));
  master.send(answerTo('v1', 'a2'));
  expect(join('v1').heard()).toEqual(['SDP_OFFER - o', 'SDP_ANSWER - a2']);
});

const FAILURE = (errorType: string) =>
  `{"messageType":"STATUS_RESPONSE","statusResponse":{"correlationId":"c-1","errorType":"${errorType}","statusCode":"400","success":false}}`;

it.each([
  ['an unknown action', { action: 'GO_AWAY', messagePayload: 'x' }],
  ['no action', { messagePayload: 'x' }],
  ['no payload', { action: 'SDP_ANSWER', recipientClientId: 'v1' }],
  ['an empty payload', answerTo('v1', '')],
  ['a payload that is no text', { ...answerTo('v1', ''), messagePayload: { a: 1 } }],
  ['no recipient', { action: 'SDP_ANSWER', messagePayload: 'x' }],
  ['a recipient that is no id', answerTo('v 1', 'x')],
  ['a recipient that is no text', { ...answerTo('', 'x'), recipientClientId: {} }],
])('tells a master of %s if it can tell which message it was, and nobody else of anything', (_what, message) => {
  const { join } = startMeeting();
  const [master, viewer] = [join(), join('v1')];
  expect(master.send({ ...message, correlationId: 'c-1' })?.outcome).toBe('refused');
  expect(master.got).toEqual([FAILURE('InvalidArgumentException')]);
  master.send(message);
  expect(master.got).toHaveLength(1);
  expect(viewer.got).toEqual([]);
  expect(master.ends).toEqual([]);
});

it.each([
  '',
  'hello',
  '[]',
  'null',
  '7',
  '"x"',
  '{',
  '{"action":"SDP_OFFER","messagePayload":"x","correlationId":"a b"}',
])('says nothing to %j', (frame) => {
  const { join } = startMeeting();
  const [master, viewer] = [join(), join('v1')];
  viewer.send(frame);
  expect([...viewer.got, ...viewer.ends, ...master.got]).toEqual([]);
});

it('says nothing of what went well', () => {
  const { join } = startMeeting();
  const viewer = join('v1');
  viewer.send(offer('x', { correlationId: 'c-1' }));
  join();
  viewer.send(offer('y', { correlationId: 'c-1' }));
  expect(viewer.got).toEqual([]);
});

it('holds payloads against their limit, and says so to those who can tell which message it was', () => {
  const { join } = startMeeting({ limits: { 'signaling.payload': 10_000 } });
  const [master, viewer] = [join(), join('v1')];
  viewer.send(offer('x'.repeat(10_000), { correlationId: 'c-1' }));
  expect(master.got).toHaveLength(1);
  viewer.send(offer('x'.repeat(10_001), { correlationId: 'c-1' }));
  expect(master.got).toHaveLength(1);
  expect(viewer.got).toEqual([FAILURE('InvalidArgumentException')]);
});

it('holds each connection to its rates, each kind for itself, and lets it go on as time passes', async () => {
  const { clock, join } = startMeeting({
    limits: { 'SDP_OFFER.rate': 5, 'SDP_ANSWER.rate': 5, 'ICE_CANDIDATE.rate': 20 },
  });
  const [master, viewer, other] = [join(), join('v1'), join('v2')];
  for (let i = 0; i < 6; i++) viewer.send(offer(`o${i}`, { correlationId: 'c-1' }));
  for (let i = 0; i < 21; i++) viewer.send(candidate(`c${i}`));
  other.send(offer('o'));
  expect(master.got).toHaveLength(26);
  expect(viewer.got).toEqual([FAILURE('ClientLimitExceededException')]);
  await clock.advance(199);
  viewer.send(offer('early'));
  await clock.advance(1);
  viewer.send(offer('again'));
  expect(master.heard().slice(26)).toEqual(['SDP_OFFER v1 again']);
});

it('stops hearing each other when the channel gets storage, and begins again when it has none', () => {
  const { channel, join } = startMeeting();
  const [master, viewer] = [join(), join('v1')];
  channel.change({ storageStreamArn: 'arn' });
  expect(viewer.send(offer('x'))?.outcome).toBe('unheard');
  expect(master.send({ action: 'SDP_ANSWER', messagePayload: 'x', correlationId: 'c-1' })?.outcome).toBe('unheard');
  expect([...master.got, ...viewer.got]).toEqual([]);
  channel.change({ storageStreamArn: null });
  viewer.send(offer('y'));
  expect(master.heard()).toEqual(['SDP_OFFER v1 y']);
});

it('tells who is here, what waits, and which messages went by', () => {
  const { meeting, join } = startMeeting();
  join('v1').send(offer('x'));
  join('v2');
  const { master, viewers, mail, last } = meeting.describe();
  expect(master).toBeUndefined();
  expect(viewers.map(({ clientId, messages }) => `${clientId} ${messages}`)).toEqual(['v1 1', 'v2 0']);
  expect(mail.map(({ from, to, action }) => [from, to, action])).toEqual([['v1', undefined, 'SDP_OFFER']]);
  expect(last.map(({ type, from, outcome }) => `${type} ${from} ${outcome}`)).toEqual(['SDP_OFFER v1 kept']);
  expect(JSON.stringify(last)).not.toContain('payload');
});
