// What rules do to an upload, byte by byte, without a connection.
import { describe, expect, it } from 'vitest';
import { listFragments } from '../../../src/operations/archived/listFragments.ts';
import { describeStream } from '../../../src/operations/control/describeStream.ts';
import { cluster, concat, ebmlHeader, info, segment, simpleBlock, tracks } from '../../support/mkv.ts';
import { brief, type Service, settle, startService } from '../../support/service.ts';

const head = concat(ebmlHeader(), segment([info(), tracks()]));
const fragment = (timecode: number) =>
  cluster({ timecode }, [simpleBlock({ key: true, data: new Uint8Array(100) }), simpleBlock({ time: 40 })]);
const recording = concat(head, fragment(0), fragment(2000), fragment(4000), fragment(6000));
const all = { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: { StartTimestamp: 0, EndTimestamp: 4e9 } };

const listed = async ({ call }: Service): Promise<number> =>
  (await call(listFragments, { StreamName: 'camera', FragmentSelector: all })).Fragments.length;
const persisted = (acks: readonly string[]) => brief(acks).filter((ack) => ack.startsWith('PERSISTED'));

describe('an upload', () => {
  it('breaks with the ERROR that is asked for, in the fragment that is meant and at no other', async () => {
    const service = startService();
    service.faults.add({ id: 'third', match: { operation: 'PutMedia', fragment: 3 }, effect: { ack: 5000 } });
    // However it is cut.
    for (const step of [1, 7, 65_536]) {
      const acks = await service.put(recording, {}, step);
      expect(brief(acks).at(-1), `${step}`).toBe('ERROR 4000 5000');
      expect(persisted(acks)).toEqual(['PERSISTED 0', 'PERSISTED 2000']);
      expect(JSON.parse(acks.at(-1) ?? '')).toMatchObject({ ErrorCode: 'INTERNAL_ERROR', FragmentTimecode: 4000 });
      expect(brief(acks)).toContain('BUFFERING 4000');
      expect(brief(acks)).not.toContain('RECEIVED 4000');
    }
    expect(service.faults.get('third').fired).toBe(3);
  });

  it.each([
    ['KMS_KEY_DISABLED', 4501],
    [4001, 4001],
    ['STREAM_DELETED', 4507],
  ])('breaks with %s by name or id, in its first fragment if none is said', async (ack, id) => {
    const { faults, put } = startService();
    faults.add({ match: { operation: 'PutMedia' }, effect: { ack } });
    expect(brief(await put(recording))).toEqual(['BUFFERING 0', `ERROR 0 ${id}`]);
  });

  it('breaks after so many bytes, of the body or of a fragment', async () => {
    const { faults, put } = startService();
    faults.add({ match: { afterBytes: head.length + fragment(0).length + 20, times: 1 }, effect: { ack: 5001 } });
    expect(brief(await put(recording)).at(-1)).toBe('ERROR 2000 5001');
    faults.replace([{ match: { fragment: 2, afterBytes: 100 }, effect: { ack: 5001 } }]);
    expect(brief(await put(recording)).at(-1)).toBe('ERROR 2000 5001');
    // No fragment is as long as that.
    faults.replace([{ id: 'far', match: { fragment: 2, afterBytes: 1000 }, effect: { ack: 5001 } }]);
    expect(persisted(await put(recording))).toHaveLength(4);
    expect(faults.get('far').fired).toBe(0);
  });

  it('is cut off as if that were its end, and what had begun is broken', async () => {
    const { faults, put } = startService();
    const whole = head.length + fragment(0).length;
    faults.add({ match: { operation: 'PutMedia', afterBytes: whole }, effect: { truncate: true } });
    expect(brief(await put(recording))).toEqual(['BUFFERING 0', 'RECEIVED 0', 'PERSISTED 0']);
    faults.replace([{ match: { operation: 'PutMedia', afterBytes: whole + 30 }, effect: { truncate: true } }]);
    expect(brief(await put(recording)).at(-1)).toBe('ERROR 2000 4006');
  });

  it('ends as with a lost connection where there is none to reset or close', async () => {
    const service = startService();
    for (const effect of [{ reset: true }, { close: true }]) {
      service.faults.replace([{ match: { fragment: 3 }, effect }]);
      const acks = brief(await service.put(recording));
      expect(acks.slice(-2)).toEqual(['PERSISTED 2000', 'ERROR 4000 4000']);
      service.faults.replace([{ match: { operation: 'PutMedia' }, effect }]);
      await expect(service.put(recording)).rejects.toThrow('nobody is there');
    }
  });

  it('waits for acknowledgements of one kind by the emulator’s clock, while others come at once', async () => {
    const { faults, openPut, clock } = startService();
    faults.add({ match: { operation: 'PutMedia' }, effect: { ackDelay: '2s', acks: ['PERSISTED'] } });
    const session = await openPut();
    await session.send(head, fragment(0), fragment(2000));
    const ended = session.end();
    await settle();
    expect(brief(session.acks)).toEqual(['BUFFERING 0', 'RECEIVED 0', 'BUFFERING 2000', 'RECEIVED 2000']);
    await clock.advance(1999);
    expect(persisted(session.acks)).toEqual([]);
    await clock.advance(1);
    await ended;
    expect(persisted(session.acks)).toEqual(['PERSISTED 0', 'PERSISTED 2000']);
  });

  it('never hears of acknowledgements that are dropped, by kind or of one fragment', async () => {
    const { faults, put } = startService();
    faults.add({ match: { operation: 'PutMedia' }, effect: { ackDrop: true, acks: ['BUFFERING', 'PERSISTED'] } });
    expect(brief(await put(recording))).toEqual(['RECEIVED 0', 'RECEIVED 2000', 'RECEIVED 4000', 'RECEIVED 6000']);
    faults.replace([{ match: { fragment: 2 }, effect: { ackDrop: true } }]);
    expect(brief(await put(recording)).filter((ack) => ack.endsWith(' 2000'))).toEqual([]);
    expect(persisted(await put(recording))).toHaveLength(3);
  });

  it('is listed late by the emulator’s clock, all of it or one fragment', async () => {
    const service = startService();
    const { faults, clock, put } = service;
    faults.add({ match: { operation: 'PutMedia' }, effect: { listDelay: '3s' } });
    expect(persisted(await put(recording))).toHaveLength(4);
    faults.replace([{ match: { fragment: 2 }, effect: { listDelay: '5s' } }]);
    await put(recording);
    expect(await listed(service)).toBe(3);
    await clock.advance(2999);
    expect(await listed(service)).toBe(3);
    await clock.advance(1);
    expect(await listed(service)).toBe(7);
    await clock.advance(2000);
    expect(await listed(service)).toBe(8);
  });

  it('is listed late for who asks with ListFragments, whenever it came', async () => {
    const service = startService();
    await service.put(recording);
    service.faults.add({ match: { operation: 'ListFragments' }, effect: { listDelay: '3s' } });
    expect(await listed(service)).toBe(0);
    await service.clock.advance(3000);
    expect(await listed(service)).toBe(4);
  });

  it('meets rules that are about its stream alone', async () => {
    const { faults, put, call } = startService();
    faults.add([
      { match: { stream: 'other' }, effect: { ack: 5000 } },
      { match: { stream: 'cam', operation: 'PutMedia' }, effect: { ack: 5000 } },
      { match: { account: '111111111111' }, effect: { status: 503 } },
      { match: { region: 'eu-west-1' }, effect: { status: 503 } },
    ]);
    expect(persisted(await put(recording))).toHaveLength(4);
    expect((await call(describeStream, { StreamName: 'camera' })).StreamInfo.StreamName).toBe('camera');
    faults.add({ match: { stream: 'cam*ra', account: '000000000000', region: 'us-east-1' }, effect: { ack: 5000 } });
    expect(brief(await put(recording)).at(-1)).toBe('ERROR 0 5000');
  });
});
