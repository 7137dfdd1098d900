import { describe, expect, it } from 'vitest';
import { getMediaForFragmentList } from '../../../src/operations/archived/getMediaForFragmentList.ts';
import { walkChunks } from '../../support/chunks.ts';
import { hex } from '../../support/mkv.ts';
import { producerStream } from '../../support/producer.ts';
import { startService } from '../../support/service.ts';

async function filled(options = {}) {
  const service = startService(options);
  const stream = producerStream();
  const acks = await service.put(stream.bytes);
  const numbers = acks.filter((line) => line.includes('BUFFERING')).map((line) => JSON.parse(line).FragmentNumber);
  return { service, stream, numbers: numbers as [string, string, string] };
}

describe('GetMediaForFragmentList', () => {
  it('sends the fragments in the order of the list, as often as they stand in it, without the tags of GetMedia', async () => {
    const { service, stream, numbers } = await filled();
    const [a, b, c] = numbers;
    const chunks = walkChunks(await service.read(getMediaForFragmentList, { Fragments: [c, a, b, a] }), 'absent');
    expect(chunks.map((chunk) => chunk.fragmentNumber)).toEqual([c, a, b, a]);
    const sent = stream.fragments[2]?.cluster as Uint8Array;
    expect(Buffer.from(chunks[0]?.bytes as Uint8Array).includes(Buffer.from(sent))).toBe(true);
  });

  it('puts an error document, to the byte, in the place of a fragment that has expired', async () => {
    const { service, numbers } = await filled({ retentionHours: 1 });
    await service.clock.advance(3_600_000 + numbers.length);
    const [, number] = numbers;
    const ascii = (value: string) => Buffer.from(value).toString('hex');
    expect(Buffer.from(await service.read(getMediaForFragmentList, { Fragments: [number] })).toString('hex')).toBe(
      `1a45dfa3100000134282886d6174726f736b6142878102428581021853806701ffffffffffffff1254c367100000d57373100000cf` +
        `67c81000003945a31000001b${ascii('AWS_KINESISVIDEO_ERROR_CODE')}448710000012${ascii('FRAGMENT_NOT_FOUND')}` +
        `67c81000002945a310000019${ascii('AWS_KINESISVIDEO_ERROR_ID')}448710000004${ascii('3000')}` +
        `67c81000005b45a310000020${ascii('AWS_KINESISVIDEO_FRAGMENT_NUMBER')}44871000002f${ascii(number)}`,
    );
  });

  it('goes on behind a fragment that is not there', async () => {
    const { service, stream, numbers } = await filled();
    const session = await service.openPut();
    await session.send(stream.header, stream.fragments[0]?.cluster as Uint8Array);
    const open = JSON.parse(session.acks[0] as string).FragmentNumber;
    const answer = Buffer.from(await service.read(getMediaForFragmentList, { Fragments: [open, numbers[0]] }));
    const second = answer.indexOf(hex('1a45dfa3'), 4);
    expect(answer.subarray(0, second).includes('FRAGMENT_NOT_FOUND')).toBe(true);
    expect(walkChunks(answer.subarray(second), 'absent')[0]?.fragmentNumber).toBe(numbers[0]);
  });

  it('refuses numbers that this stream never gave', async () => {
    const { service, numbers } = await filled();
    const other = await filled();
    await other.service.clock.advance(1);
    const foreign = (await other.service.put(producerStream({ fragments: 1 }).bytes))[0] as string;
    const bad = [
      '91343852333181432387730302044767688728495783935',
      '91343852333181432392682062607743920994',
      JSON.parse(foreign).FragmentNumber,
      String(BigInt(numbers[0]) + 1n),
    ];
    for (const number of bad) {
      await expect(service.open(getMediaForFragmentList, { Fragments: [numbers[0], number] })).rejects.toMatchObject({
        code: 'InvalidArgumentException',
        message: `Fragment numbers are invalid : ${number}`,
      });
    }
  });

  it.each([
    [[], "Value '[]' at 'fragments' failed to satisfy constraint: Member must have length greater than or equal to 1"],
    [undefined, "Value null at 'fragments' failed to satisfy constraint: Member must not be null"],
  ])('refuses the list %j', async (Fragments, text) => {
    const { open } = startService();
    await expect(open(getMediaForFragmentList, { Fragments })).rejects.toMatchObject({
      code: 'ValidationException',
      message: `1 validation error detected: ${text}`,
    });
  });

  it('refuses more than a thousand numbers', async () => {
    const { open } = startService();
    const Fragments = Array.from({ length: 1001 }, () => '1');
    await expect(open(getMediaForFragmentList, { Fragments })).rejects.toMatchObject({ code: 'ValidationException' });
  });
});
