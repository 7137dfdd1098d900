// What producers live through between two sessions, and what they count on then.
import { describe, expect, it } from 'vitest';
import { type Bytes, concat, tags } from '../support/mkv.ts';
import { END_OF_FRAGMENT, producerStream, producerTag } from '../support/producer.ts';
import { putMedia } from '../support/putMedia.ts';
import { startService } from '../support/session.ts';

const { header, fragments, bytes } = producerStream({ fragments: 4, endOfFragment: 'never' });
const clusters = fragments.map(({ cluster }) => cluster) as [Bytes, Bytes, Bytes, Bytes];
const signal = producerTag(END_OF_FRAGMENT, '');
const persisted = (acks: readonly string[]): string[] => acks.filter((ack) => ack.startsWith('PERSISTED'));
const sequence = (number: string): number => Number((BigInt(number) >> 92n) & 0xffff_ffffn);

describe('a producer that comes back', () => {
  it.each(['closed', 'broken', 'silent'] as const)(
    'after its connection was %s finds nothing lost or kept twice',
    async (how) => {
      const service = await startService();
      const lost = await service.put();
      lost.send(header, clusters[0], clusters[1], clusters[2].subarray(0, -50));
      await lost.acked('BUFFERING 4000');
      await lost.acked('PERSISTED 2000');
      if (how === 'closed') lost.socket.end();
      if (how === 'broken') lost.socket.socket.resetAndDestroy();
      if (how === 'silent') await service.emulator.clock.advance(30);
      await lost.socket.ended;
      const again = await service.put();
      again.send(header, clusters[2], clusters[3], signal);
      const last = await again.acked('PERSISTED 6000');
      const list = await service.list();
      expect(list).toHaveLength(4);
      expect(list.at(-1)).toBe(last);
      const starts = await Promise.all(list.map((number) => service.fragment(number)));
      expect(starts.map((text) => fragments.findIndex((one) => text.includes(latin1(one.cluster))))).toEqual([
        0, 1, 2, 3,
      ]);
    },
  );

  it('and sends the same timecodes again gets new fragments with new numbers', async () => {
    const service = await startService();
    const numbers: string[] = [];
    for (let session = 0; session < 2; session++) {
      const producer = await service.put();
      producer.send(header, clusters[0], clusters[1], signal);
      numbers.push(await producer.acked('PERSISTED 0'), await producer.acked('PERSISTED 2000'));
      producer.endBody();
      await producer.over();
      expect(producer.acks()).toHaveLength(6);
    }
    expect(await service.list()).toEqual(numbers);
    expect(numbers.map(sequence)).toEqual([1, 2, 1001, 1002]);
  });

  it('without an EBML header is told 4006, and its next session is good', async () => {
    const service = await startService();
    const bad = await service.put();
    bad.send(clusters[1], clusters[2]);
    await bad.over();
    await bad.socket.ended;
    expect(bad.received()).toContain('\r\n{"EventType":"ERROR","ErrorCode":"INVALID_MKV_DATA","ErrorId":4006}\n\r\n');
    const good = await service.put();
    good.send(header, clusters[1], signal);
    await good.acked('PERSISTED 2000');
    expect(await service.list()).toHaveLength(1);
  });

  it('while its old session waits for its last acknowledgement has both served', async () => {
    const service = await startService();
    const old = await service.put();
    old.send(header, clusters[0], clusters[1]);
    const first = await old.acked('BUFFERING 2000');
    const next = await service.put();
    next.send(header, clusters[2]);
    const second = await next.acked('BUFFERING 4000');
    old.send(signal);
    await old.acked('PERSISTED 2000');
    old.endBody();
    await old.over();
    next.send(clusters[3], signal);
    await next.acked('PERSISTED 6000');
    expect(second > first).toBe(true);
    expect(await service.list()).toHaveLength(4);
  });

  it('with the timecodes of its first session has them counted from its new start', async () => {
    const service = await startService();
    const producer = await service.put();
    const late = producerStream({ fragments: 1, timecode: 10_800 });
    producer.send(late.bytes);
    await producer.acked('PERSISTED 10800');
    const selector = {
      FragmentSelectorType: 'PRODUCER_TIMESTAMP',
      TimestampRange: { StartTimestamp: 0, EndTimestamp: 4e9 },
    };
    const answer = await service.call('listFragments', { FragmentSelector: selector });
    expect(await answer.json()).toMatchObject({ Fragments: [{ ProducerTimestamp: 1_700_000_010.8 }] });
  });

  it('after 45 minutes goes on at once', async () => {
    const service = await startService();
    const producer = await service.put();
    const many = producerStream({ fragments: 91, fragmentTicks: 80, endOfFragment: 'never' });
    producer.send(many.header);
    for (const { cluster, timecode } of many.fragments) {
      producer.send(cluster);
      await producer.acked(`BUFFERING ${timecode}`);
      await service.emulator.clock.advance(29.7);
    }
    await producer.over();
    expect(producer.acks().at(-1)).toBe('ERROR 4003');
    const next = await service.put();
    next.send(header, clusters[0], signal);
    await next.acked('PERSISTED 0');
  });
});

describe('a producer whose stream', () => {
  it('is deleted is told 4008, then 404 for each try, and is served again once the stream is back', async () => {
    const service = await startService();
    const producer = await service.put();
    producer.send(header, clusters[0]);
    await producer.acked('BUFFERING 0');
    await service.call('deleteStream', {});
    await producer.over();
    await producer.socket.ended;
    expect(producer.acks()).toEqual(['BUFFERING 0', 'ERROR 4008']);
    for (let attempt = 0; attempt < 3; attempt++) {
      const refused = await putMedia({ url: service.emulator.url }, header, clusters[0]);
      expect([refused.status, Object.keys(JSON.parse(refused.body))]).toEqual([404, ['Message']]);
    }
    await service.call('createStream', { DataRetentionInHours: 1 });
    const again = await service.put();
    again.send(header, clusters[0], signal);
    await again.acked('PERSISTED 0');
  });

  it('keeps nothing has RECEIVED for its last word, and no PERSISTED', async () => {
    const service = await startService({ retentionHours: 0 });
    const producer = await service.put();
    producer.send(bytes, signal);
    producer.endBody();
    await producer.over();
    expect(persisted(producer.acks())).toEqual([]);
    expect(producer.acks().at(-1)).toBe('RECEIVED 6000');
  });
});

describe('a producer that', () => {
  it('marks the end of each fragment and waits has each acknowledged at once', async () => {
    const service = await startService();
    const producer = await service.put();
    producer.send(header);
    for (const { cluster, timecode } of fragments) {
      producer.send(cluster, tags({ user: 'value' }, { sizeWidth: 8 }));
      producer.send(signal);
      await producer.acked(`PERSISTED ${timecode}`);
    }
    expect(await service.list()).toHaveLength(4);
    for (const number of await service.list()) {
      const [before, behind] = (await service.fragment(number)).split('\x1f\x43\xb6\x75');
      expect(before).toContain('AWS_KINESISVIDEO_FRAGMENT_NUMBER');
      expect(behind).toContain('user');
      expect(behind).not.toContain('AWS_');
    }
  });

  it("is AWS's Java one has every acknowledgement, over HTTP and over HTTPS", async () => {
    const service = await startService();
    const agent = 'User-Agent: AWS-SDK-KVS-PRODUCER/1.12.2 JAVA/17.0.2 Linux/6.1.0 amd64';
    for (const ca of [undefined, await service.emulator.ca()]) {
      const producer = await service.put({ headers: [agent], ...(ca === undefined ? {} : { ca }) });
      producer.send(concat(header, clusters[0]), signal);
      await producer.acked('PERSISTED 0');
      producer.endBody();
      await producer.over();
      expect(producer.acks()).toEqual(['BUFFERING 0', 'RECEIVED 0', 'PERSISTED 0']);
    }
  });
});

function latin1(part: Bytes): string {
  return Buffer.from(part).toString('latin1');
}
