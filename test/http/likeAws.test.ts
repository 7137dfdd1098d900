// One switch for CI: as strict, limited, late and suspicious as AWS.
import { describe, expect, it } from 'vitest';
import { putMedia as upload } from '../../src/client/putMedia.ts';
import { LIKE_AWS } from '../../src/config/likeAws.ts';
import { optionList, readOptions } from '../../src/config/options.ts';
import { startEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { openPut } from '../support/putMedia.ts';
import { ask } from '../support/tour.ts';

const body = fixture('h264-aac-gop1s.mkv');
const FRAGMENTS = 4;

describe('--like-aws', () => {
  it('is what it says of each option, and what another option says counts more', () => {
    expect(optionList.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(LIKE_AWS)));
    const asOnAws = { strict: true, auth: 'sigv4', limits: 'aws', creatingDelay: 1000, persistDelay: 500 };
    expect(readOptions({ likeAws: true })).toMatchObject(asOnAws);
    expect(readOptions({ likeAws: 'true', limits: 'off', persistDelay: 0, strict: false })).toMatchObject({
      ...asOnAws,
      limits: 'off',
      persistDelay: 0,
      strict: false,
    });
    expect(readOptions({ likeAws: false })).toMatchObject({ strict: false, auth: 'none', limits: 'off', listDelay: 0 });
    expect(() => readOptions({ likeAws: 'perhaps' })).toThrow('likeAws must be true or false, not "perhaps".');
  });

  it('asks for signatures, keeps a stream CREATING for a while, and counts', async () => {
    const emulator = await startEmulator({ likeAws: true, clock: 'frozen' });
    const unsigned = await fetch(`${emulator.url}/listStreams`, { method: 'POST', body: '{}' });
    expect(unsigned.status).toBe(403);
    expect(emulator.limits.get().profile).toBe('aws');
    const signed = { endpoint: emulator.url, region: 'us-east-1' };
    const { KinesisVideo } = await import('@aws-sdk/client-kinesis-video');
    const client = new KinesisVideo({ ...signed, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
    await client.createStream({ StreamName: 'door' });
    const status = async () => (await client.describeStream({ StreamName: 'door' })).StreamInfo?.Status;
    expect(await status()).toBe('CREATING');
    await emulator.clock.advance('1s');
    expect(await status()).toBe('ACTIVE');
    for (let call = 2; call <= 5; call++) await status();
    await expect(status()).rejects.toMatchObject({ name: 'ClientLimitExceededException' });
    client.destroy();
  });
});

describe('a service that takes its time', () => {
  it('says PERSISTED later than a fragment is there, and lists it later than that', async () => {
    const emulator = await startEmulator({ clock: 'frozen', persistDelay: '500ms', listDelay: '1s' });
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
    const listed = async (): Promise<number> => (await emulator.streams.fragments('cam')).fragments.length;
    const seen = async (): Promise<number> => {
      const range = { StartTimestamp: 0, EndTimestamp: 4e9 };
      const FragmentSelector = { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: range };
      const { text } = await ask(emulator, '/listFragments', { StreamName: 'cam', FragmentSelector });
      return JSON.parse(text).Fragments.length;
    };
    const session = openPut({ url: emulator.url });
    await session.send(body);
    session.end();
    const acks = [];
    while (acks.filter((type) => type === 'RECEIVED').length < FRAGMENTS) acks.push((await session.next())?.EventType);
    expect(acks).not.toContain('PERSISTED');
    await emulator.streams.waitForFragments('cam', FRAGMENTS);
    await emulator.clock.advance('500ms');
    expect((await session.rest()).map(({ EventType }) => EventType)).toEqual(Array(FRAGMENTS).fill('PERSISTED'));
    expect(await listed()).toBe(FRAGMENTS);
    expect(await seen()).toBe(0);
    await emulator.clock.advance('999ms');
    expect(await seen()).toBe(0);
    await emulator.clock.advance('1ms');
    expect(await seen()).toBe(FRAGMENTS);
  });

  it('is what the client of this package waits for', async () => {
    const emulator = await startEmulator({ persistDelay: '1ms', listDelay: '1ms' });
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const where = { endpoint: emulator.url, region: 'us-east-1', credentials };
    const acks = upload({ ...where, streamName: 'cam', fragmentTimecodeType: 'RELATIVE', body });
    const types: string[] = [];
    for await (const { EventType } of acks) types.push(EventType);
    expect(types.filter((type) => type === 'PERSISTED')).toHaveLength(FRAGMENTS);
  });
});
