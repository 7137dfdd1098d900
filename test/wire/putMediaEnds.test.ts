// Every way in which a PutMedia session can end, on the wire: what becomes of the fragment that was open, what its producer
// is told, and what those see who read along.
import { describe, expect, it } from 'vitest';
import { type Bytes, concat, cues, hex, voidElement } from '../support/mkv.ts';
import { END_OF_FRAGMENT, producerStream, producerTag } from '../support/producer.ts';
import { type Producer, type Service, startService } from '../support/session.ts';

const { header, fragments } = producerStream({ fragments: 3, endOfFragment: 'never', frameBytes: 8000 });
const [first, second, third] = fragments.map(({ cluster }) => cluster) as [Bytes, Bytes, Bytes];
const signal = producerTag(END_OF_FRAGMENT, '');
const known = (bytes: Bytes): Bytes => concat(hex('1f43b675'), hex(`08${sizeOf(bytes)}`), bytes.subarray(5));
/** The size of a Cluster's content in five bytes, the first of which is the width. */
const sizeOf = (bytes: Bytes): string => (bytes.length - 5).toString(16).padStart(8, '0');

type End = (producer: Producer, service: Service) => Promise<void> | void;
const bodyEnds: End = (producer) => producer.endBody();
const connectionEnds: End = (producer) => producer.socket.end();
const connectionBreaks: End = (producer) => void producer.socket.socket.resetAndDestroy();
const silence: End = (_, { emulator }) => void emulator.clock.advance(30);
const goOn = (...bytes: Bytes[]): End => {
  return (producer) => producer.send(...bytes);
};
const IDLE = ['IDLE', 'IDLE', 'IDLE', 'IDLE', 'IDLE'];

describe('the open fragment is complete', () => {
  const cases: [string, End, string[]][] = [
    ['when the next Cluster begins', goOn(second), ['RECEIVED 0', 'BUFFERING 2000', 'PERSISTED 0']],
    ['at an END_OF_FRAGMENT', goOn(signal), ['RECEIVED 0', 'PERSISTED 0']],
    ['when another document begins', goOn(header, first), ['RECEIVED 0', 'PERSISTED 0', 'BUFFERING 0']],
    ['when the body ends behind an element', bodyEnds, ['RECEIVED 0', 'PERSISTED 0']],
  ];
  it.each(cases)('%s', async (_, end, acks) => {
    const service = await startService();
    const [reader, producer] = [await service.read(), await service.put()];
    producer.send(header, first);
    const number = await producer.acked('BUFFERING 0');
    await end(producer, service);
    await producer.acked('PERSISTED 0');
    expect(new Set(producer.acks().slice(0, 4))).toEqual(new Set(['BUFFERING 0', ...acks]));
    await reader.until('AWS_KINESISVIDEO_CONTINUATION_TOKEN');
    expect(reader.received()).not.toContain('AWS_KINESISVIDEO_ERROR_ID');
    expect(await service.list()).toEqual([number]);
  });

  it('and the answer ends with the last chunk when the body has', async () => {
    const service = await startService();
    const producer = await service.put();
    producer.send(header, known(first));
    producer.endBody();
    await producer.over();
    expect(producer.acks()).toEqual(['BUFFERING 0', 'RECEIVED 0', 'PERSISTED 0']);
    expect(await service.list()).toHaveLength(1);
  });
});

describe('the open fragment is dropped', () => {
  const torn = concat(first, hex('a3')).subarray(0, -40);
  const behind = concat(known(first), cues([{ time: 0, track: 1, position: 0 }]).subarray(0, -3));
  /** Whether the last chunk of the answer reaches the producer. */
  const told = true;
  const cases: [string, Bytes, End, string[], boolean][] = [
    ['when the body ends inside a frame', torn, bodyEnds, ['ERROR 4006'], told],
    ['when the body ends inside what stands behind a whole Cluster', behind, bodyEnds, ['ERROR 4006'], told],
    ['when the connection is closed before the body ends', first, connectionEnds, ['ERROR 4000'], told],
    ['also of a Cluster that said how long it is', known(first), connectionEnds, ['ERROR 4000'], told],
    ['when the connection breaks', first, connectionBreaks, [], false],
    ['also of a whole Cluster of known size', known(first), connectionBreaks, [], false],
    ['after 30 s without a byte', first, silence, IDLE, told],
    ['after 30 s without a byte in the middle of a frame', torn, silence, IDLE, told],
    ['after 30 s without a byte behind a Cluster of known size', known(first), silence, IDLE, told],
    ['when a frame of a track that is not there comes', first, goOn(hex('a38584000000ff')), ['ERROR 4010'], told],
    ['when what comes is no Matroska', first, goOn(new Uint8Array(50)), ['ERROR 4006'], told],
    ['when the stream is deleted', first, (_, { call }) => void call('deleteStream', {}), ['ERROR 4008'], told],
  ];
  it.each(cases)('%s', async (how, bytes, end, acks, isTold) => {
    // Room for one such fragment and three quarters, sessions and all: the next one is taken only if this one has given its
    // own back.
    const service = await startService({ maxMemory: Math.round(first.length * 3.5) });
    const before = await service.read();
    const producer = await service.put();
    producer.send(header, bytes);
    const number = await producer.acked('BUFFERING 0');
    const during = await service.read();
    await Promise.all([before.until(number), during.until(number)]);
    await end(producer, service);
    if (isTold) await producer.over();
    if (end !== bodyEnds) await producer.socket.ended;
    expect(producer.acks()).toEqual(['BUFFERING 0', ...acks]);
    for (const reader of [before, during]) {
      await reader.ended();
      const broken = /AWS_KINESISVIDEO_ERROR_ID[^0-9]+3002/.test(reader.received());
      expect({ reader: reader.received().length, broken }).toMatchObject({ broken: !how.includes('deleted') });
      expect(reader.received()).not.toContain('AWS_KINESISVIDEO_CONTINUATION_TOKEN');
    }
    if (how.includes('deleted')) return;
    expect(await service.list()).toEqual([]);
    expect(await service.fragment(number)).toContain('FRAGMENT_NOT_FOUND');
    const again = await service.put();
    again.send(header, first, signal);
    const sent = await again.acked('PERSISTED 0');
    expect(sent > number).toBe(true);
    expect(await service.list()).toEqual([sent]);
  });

  it('after 45 minutes, with an ERROR 4003 that names it', async () => {
    const service = await startService();
    const producer = await service.put();
    const many = producerStream({ fragments: 94, fragmentTicks: 80, endOfFragment: 'never' });
    producer.send(many.header);
    for (const { cluster, timecode } of many.fragments) {
      if (timecode > 0n) await service.emulator.clock.advance(29);
      producer.send(cluster);
      await producer.acked(`BUFFERING ${timecode}`);
    }
    expect(producer.acks().at(-1)).not.toContain('ERROR');
    const reader = await service.read('NOW');
    await service.emulator.clock.advance(45 * 60 - 93 * 29);
    await producer.over();
    expect(producer.received()).toContain(`"FragmentTimecode":${93 * 80},"FragmentNumber"`);
    expect(producer.acks().at(-1)).toBe('ERROR 4003');
    await reader.until(/AWS_KINESISVIDEO_ERROR_ID[^0-9]+3002/);
    expect(await service.list()).toHaveLength(93);
  });
});

describe('30 s without a byte', () => {
  it.each([
    ['after END_OF_FRAGMENT', concat(header, first, signal), ['BUFFERING 0', 'RECEIVED 0', 'PERSISTED 0']],
    ['before any Cluster', header, []],
    ['before the first byte', new Uint8Array(), []],
    [
      'in the middle of metadata behind a fragment that is over',
      concat(header, first, signal, signal.subarray(0, 30)),
      ['BUFFERING 0', 'RECEIVED 0', 'PERSISTED 0'],
    ],
  ])('%s end the session without a word', async (_, bytes, acks) => {
    const service = await startService();
    const producer = await service.put();
    if (bytes.length > 0) producer.send(bytes);
    if (acks.length > 0) await producer.acked(acks.at(-1) as string);
    await service.settled();
    await service.emulator.clock.advance(29.999);
    expect(producer.closed()).toBe(false);
    await service.emulator.clock.advance(0.001);
    await producer.over();
    await producer.socket.ended;
    expect(producer.acks()).toEqual([...acks, ...IDLE]);
    expect(await service.list()).toHaveLength(acks.length / 3);
  });

  it('count from the last byte, whatever it was part of', async () => {
    const service = await startService();
    const producer = await service.put();
    producer.send(header, first);
    await producer.acked('BUFFERING 0');
    await service.emulator.clock.advance(20);
    producer.send(voidElement(9), second, third);
    await producer.acked('BUFFERING 4000');
    await service.emulator.clock.advance(29);
    producer.endBody();
    await producer.over();
    expect(producer.acks().at(-1)).toBe('PERSISTED 4000');
  });

  it('do not end a reader in the middle of a fragment whose producer is only slow', async () => {
    const service = await startService();
    const producer = await service.put();
    producer.send(header, first);
    const number = await producer.acked('BUFFERING 0');
    const reader = await service.read();
    await reader.until(number);
    for (let pause = 0; pause < 3; pause++) {
      // Metadata is held back until it is whole, so that the reader sees nothing of these bytes.
      await service.emulator.clock.advance(25);
      producer.send(signal.subarray(pause * 10, pause * 10 + 10));
      await service.settled();
    }
    producer.send(signal.subarray(30));
    await reader.until('AWS_KINESISVIDEO_CONTINUATION_TOKEN');
    expect(reader.received()).not.toContain('AWS_KINESISVIDEO_ERROR_ID');
  });
});

describe('the log', () => {
  it.each([
    ['closes its connection', connectionEnds, false],
    ['breaks its connection', connectionBreaks, false],
    ['closes its connection over TLS', connectionEnds, true],
    ['vanishes from a connection over TLS', (producer: Producer) => void producer.socket.socket.destroy(), true],
  ])('says of a producer that %s that it went away, not that its framing broke', async (_, end, tls) => {
    const service = await startService();
    const producer = await service.put(tls ? { ca: await service.emulator.ca() } : {});
    const reader = await service.read();
    producer.send(header, first);
    const number = await producer.acked('BUFFERING 0');
    await end(producer, service);
    await reader.ended();
    expect(service.log().filter((line) => line.includes('PutMedia ends'))).toEqual([
      expect.stringContaining('the client went away in the middle of the body; what it had begun is dropped'),
    ]);
    expect(service.log().join()).toContain(number);
    expect(service.log().join()).not.toContain('framing');
  });

  it('says of one whose chunks are none that its framing broke', async () => {
    const service = await startService();
    const producer = await service.put();
    producer.send(header, first);
    await producer.acked('BUFFERING 0');
    producer.socket.send('no chunk\r\n');
    await producer.over();
    expect(service.log().join()).toContain('the framing of the body broke');
  });
});
