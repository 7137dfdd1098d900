import { describe, expect, it } from 'vitest';
import { Warnings } from '../../src/operations/road/warnings.ts';
import { createLog } from '../../src/runtime/log.ts';
import { startEmulator } from '../support/emulator.ts';
import { producerStream } from '../support/producer.ts';
import { putMedia } from '../support/putMedia.ts';

function start() {
  const lines: string[] = [];
  const log = createLog({ level: 'warn', format: 'json', write: (line) => lines.push(line) });
  const said: string[] = [];
  const warnings = new Warnings(log);
  const meet = (difference: string, what: string, times: number, often?: number): void => {
    for (let time = 0; time < times; time++) warnings.count(difference, what, () => said.push(what), often);
  };
  const counts = () => lines.map((line) => JSON.parse(line) as { message: string; difference: string; times: number });
  return { warnings, said, counts, meet };
}

describe('a warning', () => {
  it('is said once, then counted at ten, a hundred and so on, and at the end', () => {
    const { warnings, said, counts, meet } = start();
    meet('unsigned', 'ListStreams', 1500);
    expect(said).toEqual(['ListStreams']);
    expect(counts().map(({ times }) => times)).toEqual([10, 100, 1000]);
    warnings.finish();
    expect(counts().map(({ times }) => times)).toEqual([10, 100, 1000, 1500]);
    expect(counts()[3]).toMatchObject({ difference: 'unsigned', message: expect.stringContaining('ListStreams') });
  });

  it('that came no second time is not told of again', () => {
    const { warnings, said, counts, meet } = start();
    meet('unsigned', 'ListStreams', 1);
    meet('unsigned', 'CreateStream', 1);
    meet('unknownMember', 'CreateStream', 1);
    warnings.finish();
    expect(said).toEqual(['ListStreams', 'CreateStream', 'CreateStream']);
    expect(counts()).toEqual([]);
  });

  it('is said anew after the end', () => {
    const { warnings, said, meet } = start();
    meet('unsigned', 'ListStreams', 5);
    warnings.finish();
    meet('unsigned', 'ListStreams', 5);
    expect(said).toHaveLength(2);
  });

  it('may be said in full some times before it is counted', () => {
    const { said, counts, meet } = start();
    meet('noKeyFrame', 'PutMedia', 12, 3);
    expect(said).toHaveLength(3);
    expect(counts().map(({ times }) => times)).toEqual([10]);
  });

  it('of ever other paths does not fill the log, and does not hide another difference', () => {
    const { said, counts, meet } = start();
    for (let path = 0; path < 5000; path++) meet('unknownPath', `GET /${path}`, 1);
    expect(said.length + counts().length).toBeLessThan(250);
    meet('unsigned', 'ListStreams', 1);
    expect(said).toHaveLength(202);
  });
});

describe('the log of an emulator', () => {
  it('says what AWS would not take once for thirty streams, and the journal says it for each', async () => {
    const log: string[] = [];
    const emulator = await startEmulator({ logLevel: 'warn', logFormat: 'json', log: (line) => log.push(line) });
    const names = Array.from({ length: 30 }, (_, index) => `cam${index}`);
    const { bytes } = producerStream({ fragments: 1, codecPrivate: false });
    for (const StreamName of names) {
      const body = JSON.stringify({ StreamName, DataRetentionInHours: 1 });
      await fetch(`${emulator.url}/createStream`, { method: 'POST', body });
      await putMedia({ url: emulator.url, streamName: StreamName }, bytes);
    }
    const lines = (part: string) => log.filter((line) => line.includes(part));
    expect(lines('without a signature')).toHaveLength(2);
    expect(lines('MissingCodecPrivateDataException')).toHaveLength(3);
    expect(log.length).toBeLessThan(20);
    const uploads = emulator.requests.list({ operation: 'PutMedia' });
    expect(uploads).toHaveLength(30);
    for (const { warnings } of uploads) {
      expect(warnings.map(({ difference }) => difference)).toEqual([
        'unsigned',
        'noDataEndpoint',
        'noCodecPrivateData',
      ]);
    }
  });
});
