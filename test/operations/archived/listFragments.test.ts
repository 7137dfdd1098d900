import { describe, expect, it } from 'vitest';
import { listFragments } from '../../../src/operations/archived/listFragments.ts';
import { renderOutput } from '../../../src/protocol/restJson.ts';
import { producerStream } from '../../support/producer.ts';
import { type Service, START, startService } from '../../support/service.ts';

const server = (start: number, end: number, MaxResults?: number) => ({
  StreamName: 'camera',
  ...(MaxResults === undefined ? {} : { MaxResults }),
  FragmentSelector: {
    FragmentSelectorType: 'SERVER_TIMESTAMP',
    TimestampRange: { StartTimestamp: start / 1000, EndTimestamp: end / 1000 },
  },
});
const producer = (start: number, end: number) => {
  const input = server(start, end);
  return { ...input, FragmentSelector: { ...input.FragmentSelector, FragmentSelectorType: 'PRODUCER_TIMESTAMP' } };
};
interface Listed {
  FragmentNumber: string;
  ServerTimestamp: { ms: number };
  ProducerTimestamp: { ms: number };
}
const starts = (answer: { Fragments: Listed[] }) =>
  answer.Fragments.map((fragment) => fragment.ServerTimestamp.ms - START).sort((a, b) => a - b);

/** `count` fragments of two seconds of media, one each second of the emulator's clock. */
async function filled(count: number, options = {}): Promise<Service> {
  const service = startService(options);
  const session = await service.openPut({ FragmentTimecodeType: 'ABSOLUTE' });
  const { header, fragments, end } = producerStream({ fragments: count, timecode: START, endOfFragment: 'each' });
  await session.send(header);
  for (const { cluster } of fragments) {
    await session.send(cluster, end);
    await service.clock.advance(1000);
  }
  await session.end();
  return service;
}

describe('ListFragments serialization', () => {
  it('answers with the members of a fragment in order, times as Java prints them, and a null token', async () => {
    const service = await filled(1);
    const { fragments } = producerStream({ fragments: 1, timecode: START });
    const size = fragments[0]?.cluster.length;
    const answer = await service.call(listFragments, server(0, START + 1e6));
    const [{ FragmentNumber }] = answer.Fragments;
    expect(renderOutput(answer)).toBe(
      `{"Fragments":[{"FragmentLengthInMilliseconds":1960,"FragmentNumber":"${FragmentNumber}",` +
        `"FragmentSizeInBytes":${size},"ProducerTimestamp":1.7953488E9,"ServerTimestamp":1.7953488E9}],"NextToken":null}`,
    );
  });

  it('answers with an empty list where there is nothing', async () => {
    const { call } = startService();
    expect(renderOutput(await call(listFragments, server(0, START)))).toBe('{"Fragments":[],"NextToken":null}');
  });
});

describe('ListFragments validation', () => {
  const invalid: [object, string][] = [
    [
      { MaxResults: 0 },
      "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      { MaxResults: 1001 },
      "Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
    ],
    [
      { NextToken: 'a b' },
      "Value 'a b' at 'nextToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9+/]+={0,2}",
    ],
    [
      { FragmentSelector: { FragmentSelectorType: 'SERVER_TIMESTAMP' } },
      "Value null at 'fragmentSelector.timestampRange' failed to satisfy constraint: Member must not be null",
    ],
    [
      { StreamName: 'a b' },
      "Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ],
  ];
  it.each(invalid)('%j', async (input, text) => {
    const { call } = startService();
    await expect(call(listFragments, { StreamName: 'camera', ...input })).rejects.toMatchObject({
      code: 'ValidationException',
      message: `1 validation error detected: ${text}`,
    });
  });

  it.each([
    [{ StreamName: 'camera' }, 'InvalidArgumentException', 'Either FragmentSelector or NextToken'],
    [server(START, START - 1), 'InvalidArgumentException', 'EndTimestamp'],
    [{ ...server(0, START), StreamName: 'other' }, 'ResourceNotFoundException', 'not found'],
    [{ ...server(0, START), StreamName: undefined }, 'InvalidArgumentException', 'StreamName'],
    [{ StreamName: 'camera', NextToken: 'AAAA' }, 'InvalidArgumentException', 'NextToken'],
  ])('%j', async (input, code, text) => {
    const { call } = startService();
    await expect(call(listFragments, input)).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
  });
});

describe('ListFragments', () => {
  it('lists what begins in the range, both ends included, on either axis', async () => {
    const { call } = await filled(5);
    expect(starts(await call(listFragments, server(START + 1000, START + 3000)))).toEqual([1000, 2000, 3000]);
    expect(starts(await call(listFragments, server(START + 1001, START + 2999)))).toEqual([2000]);
    expect(starts(await call(listFragments, producer(START + 2000, START + 6000)))).toEqual([1000, 2000, 3000]);
  });

  it('pages through everything once, with the token alone or with everything repeated', async () => {
    const { call } = await filled(25);
    for (const repeat of [false, true]) {
      const first = server(0, START + 1e6, 10);
      const seen: string[] = [];
      const sizes: number[] = [];
      let answer = await call(listFragments, first);
      for (;;) {
        sizes.push(answer.Fragments.length);
        seen.push(...answer.Fragments.map((fragment: Listed) => fragment.FragmentNumber));
        if (answer.NextToken === null) break;
        expect(answer.NextToken).toMatch(/^[a-zA-Z0-9+/]+={0,2}$/);
        answer = await call(listFragments, {
          ...(repeat ? first : { StreamName: 'camera' }),
          NextToken: answer.NextToken,
        });
      }
      expect(sizes).toEqual([10, 10, 5]);
      expect(new Set(seen).size).toBe(25);
    }
  });

  it('gives no order to rely on', async () => {
    const { call } = await filled(25);
    const { Fragments } = await call(listFragments, server(0, START + 1e6));
    const numbers = Fragments.map((fragment: Listed) => fragment.FragmentNumber);
    expect([...numbers].sort()).not.toEqual(numbers);
  });

  it('pages rightly while fragments come and expire between the pages', async () => {
    const service = await filled(10, { retentionHours: 1 });
    const first = await service.call(listFragments, server(0, START + 1e9, 4));
    await service.clock.set(START + 3_600_000 + 5000);
    await service.put(producerStream({ fragments: 1 }).bytes);
    const rest = await service.call(listFragments, {
      StreamName: 'camera',
      NextToken: first.NextToken,
      MaxResults: 100,
    });
    expect(starts(first)).toEqual([0, 1000, 2000, 3000]);
    expect(starts(rest)).toEqual([6000, 7000, 8000, 9000, 3_605_000]);
  });

  it('refuses the token of another stream and a changed one', async () => {
    const service = await filled(3);
    service.streams.create({ account: '000000000000', region: 'us-east-1' }, { name: 'other' });
    const { NextToken } = await service.call(listFragments, server(0, START + 1e6, 1));
    const changed = NextToken.startsWith('A') ? `B${NextToken.slice(1)}` : `A${NextToken.slice(1)}`;
    for (const input of [
      { StreamName: 'other', NextToken },
      { StreamName: 'camera', NextToken: changed },
    ]) {
      await expect(service.call(listFragments, input)).rejects.toMatchObject({ code: 'InvalidArgumentException' });
    }
  });

  it('leaves out what is not yet whole, what has expired, and everything of a stream without retention', async () => {
    const open = startService();
    const session = await open.openPut();
    const { header, fragments } = producerStream({ fragments: 1 });
    await session.send(header, fragments[0]?.cluster as Uint8Array);
    expect(starts(await open.call(listFragments, server(0, START + 1e6)))).toEqual([]);
    await session.end();
    expect(starts(await open.call(listFragments, server(0, START + 1e6)))).toEqual([0]);
    await open.clock.advance(24 * 3_600_000);
    expect(starts(await open.call(listFragments, server(0, START + 1e6)))).toEqual([]);
    const unkept = await filled(2, { retentionHours: 0 });
    expect(starts(await unkept.call(listFragments, server(0, START + 1e6)))).toEqual([]);
  });
});
