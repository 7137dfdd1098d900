import { describe, expect, it } from 'vitest';
import { getMediaForFragmentList } from '../../../src/operations/archived/getMediaForFragmentList.ts';
import { getMedia } from '../../../src/operations/media/getMedia.ts';
import { producerStream } from '../../support/producer.ts';
import { brief, startService } from '../../support/service.ts';

const EARLIEST = { StartSelector: { StartSelectorType: 'EARLIEST' } };
const limits = { profile: 'aws', overrides: { PutMedia: null, GetMedia: null } } as const;
const THROTTLED =
  'Kinesis Video Streams has throttled the request because you have exceeded the limit of allowed client';
const refusal = { code: 'ConnectionLimitExceededException', status: 400, message: `${THROTTLED} connections.` };

const errorsOf = (acks: string[]): string[] => brief(acks).filter((line) => line.startsWith('ERROR'));

describe('GetMedia', () => {
  it('has three connections to a stream: the newest is refused, and let in when one has gone', async () => {
    const service = startService({ limits });
    const readers = [];
    for (let i = 0; i < 3; i++) readers.push(await service.open(getMedia, EARLIEST));
    await expect(service.open(getMedia, EARLIEST)).rejects.toMatchObject(refusal);
    const refused = service.face.requests.list().at(-1);
    expect(refused?.throttled).toEqual({ limit: 'GetMedia.connections', cost: 1, level: 0, passesAt: null });
    expect(service.face.limits.stream('camera').gauges).toMatchObject([
      { name: 'GetMedia.connections', limit: 3, level: 0, admitted: 3, refused: 1 },
    ]);
    readers[1]?.leave();
    await service.open(getMedia, EARLIEST);
  });

  it('of a stream with a number of its own has as many as that', async () => {
    const service = startService({ limits });
    service.face.limits.setStream('camera', { overrides: { 'GetMedia.connections': 1 } });
    await service.open(getMedia, EARLIEST);
    await expect(service.open(getMedia, EARLIEST)).rejects.toMatchObject(refusal);
  });
});

it('GetMediaForFragmentList has five, and the error that its model has', async () => {
  const service = startService({ limits });
  const acks = await service.put(producerStream({ fragments: 1 }).bytes);
  const Fragments = [JSON.parse(acks[0] as string).FragmentNumber];
  for (let i = 0; i < 5; i++) await service.open(getMediaForFragmentList, { Fragments }, { paused: true });
  await expect(service.open(getMediaForFragmentList, { Fragments })).rejects.toMatchObject({
    code: 'ClientLimitExceededException',
    status: 400,
    message: `${THROTTLED} calls. Try making the call later.`,
  });
});

describe('PutMedia', () => {
  const { header, fragments } = producerStream({ fragments: 3 });
  const first = [header, fragments[0]!.tagsBefore, fragments[0]!.cluster];

  it('is let in beside one that still sends, as at the renewal of a token; a third is refused', async () => {
    const service = startService({ limits });
    const old = await service.openPut();
    await old.send(...first);
    const next = await service.openPut();
    await next.send(...first);
    await expect(service.openPut()).rejects.toMatchObject(refusal);
    await service.clock.advance(9_999);
    await old.end();
    await service.clock.advance(60_000);
    await next.send(fragments[1]!.tagsBefore, fragments[1]!.cluster);
    expect(errorsOf(next.acks)).toEqual([]);
  });

  it('is let in beside one that has sent all and waits for its acknowledgements, which does not count', async () => {
    const service = startService({ limits });
    const held = holdStore(service);
    const old = await service.openPut();
    await old.send(...first);
    await old.finish();
    const next = await service.openPut();
    await next.send(...first);
    // A third is one that overlaps.
    const third = await service.openPut();
    const { gauges } = service.face.limits.stream('camera');
    expect(gauges.find(({ name }) => name === 'PutMedia.connections')).toMatchObject({ level: -1, admitted: 3 });
    held();
    await Promise.all([old.done, third.end()]);
  });

  it('ends if the older one still sends after ten seconds, and is refused when it comes again', async () => {
    const service = startService({ limits });
    const old = await service.openPut();
    await old.send(...first);
    const next = await service.openPut();
    await next.send(...first);
    await service.clock.advance(9_999);
    expect(errorsOf(next.acks)).toEqual([]);
    await service.clock.advance(1);
    await next.done;
    expect(brief(next.acks).at(-1)).toBe('ERROR 0 4000');
    await expect(service.openPut()).rejects.toMatchObject(refusal);
    await service.clock.advance(9_999);
    await expect(service.openPut()).rejects.toMatchObject(refusal);
    await old.send(fragments[1]!.tagsBefore, fragments[1]!.cluster);
    expect(errorsOf(old.acks)).toEqual([]);
    // Nobody has come for a while: the next one is a renewal again.
    await service.clock.advance(10_000);
    await service.openPut();
    await old.end();
  });

  it('has as many as is said, and one more for as long as a renewal takes', async () => {
    const overrides = { ...limits.overrides, 'PutMedia.connections': 2, 'PutMedia.overlap': 0.001 };
    const service = startService({ limits: { profile: 'aws', overrides } });
    await service.openPut();
    await service.openPut();
    const third = await service.openPut();
    await expect(service.openPut()).rejects.toMatchObject(refusal);
    await service.clock.advance(1);
    await third.done;
    await expect(service.openPut()).rejects.toMatchObject(refusal);
  });
});

it('without limits nobody counts', async () => {
  const service = startService();
  for (let i = 0; i < 9; i++) await service.open(getMedia, EARLIEST);
  for (let i = 0; i < 9; i++) await service.openPut();
  expect(service.face.limits.stream('camera').gauges).toEqual([]);
});

/** Nothing is stored until it is called. */
function holdStore({ stream }: ReturnType<typeof startService>): () => void {
  const { fragments } = stream;
  const complete = fragments.complete.bind(fragments);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  fragments.complete = async (...args) => {
    await held;
    return complete(...args);
  };
  return release;
}
