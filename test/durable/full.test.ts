import { expect, it, onTestFinished } from 'vitest';
import { assembleBehind } from '../../src/assemble.ts';
import { makeFront } from '../../src/front.ts';
import { getMediaForFragmentList } from '../../src/operations/archived/getMediaForFragmentList.ts';
import { createStream } from '../../src/operations/control/createStream.ts';
import { describeStream } from '../../src/operations/control/describeStream.ts';
import { putMedia } from '../../src/operations/media/putMedia.ts';
import { readSettings } from '../../src/settings.ts';
import { DataFolder } from '../../src/store/disk/dataFolder.ts';
import { PowerlessFiles } from '../store/disk/powerlessFiles.ts';
import { enter } from '../support/calls.ts';
import type { Ack } from '../support/putMedia.ts';
import { recording } from '../support/simpleMedia.ts';

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

it('a full disk is ERROR 5001 for who sends and 503 for who changes, one line of the log, and no trouble for who reads', async () => {
  const files = new PowerlessFiles();
  const lines: string[] = [];
  const { settings, log } = readSettings({ log: (line) => lines.push(line), logLevel: 'warn' });
  const folder = await DataFolder.open({ folder: '/data', fsyncMs: 0, log, files, locked: false });
  const front = makeFront(settings, log, folder);
  const { road, stop } = assembleBehind(front, settings, undefined, await folder.stores(front.machine.room));
  onTestFinished(() => stop());
  const put = async (): Promise<Ack[]> => {
    const headers = {
      'x-amzn-stream-name': 'cam',
      'x-amzn-fragment-timecode-type': 'RELATIVE',
      'x-amzn-producer-start-timestamp': '1700000000',
    };
    const { lines: acks } = await enter(road, putMedia, { headers, body: only(recording(2)) });
    const found: Ack[] = [];
    for await (const line of acks as AsyncIterable<string>) found.push(JSON.parse(line) as Ack);
    return found;
  };
  await enter(road, createStream, { json: { StreamName: 'cam', DataRetentionInHours: 1 } });
  const acks = await put();
  const numbers = acks.filter(({ EventType }) => EventType === 'PERSISTED').map(({ FragmentNumber }) => FragmentNumber);
  expect(numbers).toHaveLength(2);
  lines.length = 0;
  files.before = (what, path) => {
    if (what === 'write' && path.includes('/media/')) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  };
  for (let round = 0; round < 3; round++) {
    expect((await put()).at(-1)).toMatchObject({ EventType: 'ERROR', ErrorId: 5001, ErrorCode: 'ARCHIVAL_ERROR' });
  }
  files.before = (what) => {
    if (what === 'write') throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  };
  const told = lines.filter((line) => !/codec private data/.test(line));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('the disk of --data-dir is full');
  await expect(enter(road, createStream, { json: { StreamName: 'new' } })).rejects.toMatchObject({
    status: 503,
    message: expect.stringContaining('the disk of --data-dir is full'),
  });
  expect((await enter(road, describeStream, { json: { StreamName: 'cam' } })).body).toContain('"ACTIVE"');
  const { pieces } = await enter(road, getMediaForFragmentList, {
    json: { StreamName: 'cam', Fragments: numbers },
  });
  let size = 0;
  for (const iterator = pieces as AsyncIterator<Uint8Array>; ; ) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    size += value.length;
  }
  expect(size).toBeGreaterThan(500);
  // The catalogue is another thing that cannot be written, and it is told of once as well.
  expect(lines.filter((line) => line.includes('full'))).toHaveLength(2);
});
