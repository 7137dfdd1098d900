// Keys of somebody else's KMS: moto's server, as people run it beside their tests.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { describeWith } from '../support/programs.ts';
import { putMedia } from '../support/putMedia.ts';

const body = fixture('h264-aac-gop1s.mkv');

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Moto's server, once it answers. */
async function startMoto(): Promise<string> {
  const port = await freePort();
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill());
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (text) => {
      if (String(text).includes('Running on')) resolve();
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error('moto_server has ended')));
  });
  return `http://127.0.0.1:${port}`;
}

async function start(kms: string) {
  const emulator = await startEmulator({ kms, clock: 'frozen', startTime: '2030-01-01T00:00:00Z' });
  const post = async (path: string, input: object): Promise<Response> =>
    fetch(`${emulator.url}${path}`, { method: 'POST', body: JSON.stringify(input) });
  return {
    emulator,
    create: (StreamName: string, KmsKeyId?: string) =>
      post('/createStream', { StreamName, DataRetentionInHours: 24, KmsKeyId }),
    /** What a producer is told last, once its data key is due to be renewed. */
    async put(stream: string): Promise<string> {
      await emulator.clock.advance('45m');
      const { acks } = await putMedia({ url: emulator.url, streamName: stream }, body);
      const { EventType, ErrorCode } = acks.at(-1) as { EventType: string; ErrorCode?: string };
      return ErrorCode ?? EventType;
    },
    /** The first fragment, or the error in its place. */
    async read(StreamName: string): Promise<string> {
      const timestamps = { StartTimestamp: 1, EndTimestamp: 4e9 };
      const selector = { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: timestamps };
      const listed = await post('/listFragments', { StreamName, FragmentSelector: selector });
      const { Fragments } = (await listed.json()) as { Fragments: { FragmentNumber: string }[] };
      const answer = await post('/getMediaForFragmentList', {
        StreamName,
        Fragments: [Fragments[0]?.FragmentNumber],
      });
      return Buffer.from(await answer.arrayBuffer()).toString('latin1');
    },
  };
}

describeWith(['moto'], 'a KMS at an address of its own', () => {
  it('makes and opens the data keys, and what it says of a key is what producers and readers are told', async () => {
    const url = await startMoto();
    const kms = new KMSClient({
      ...{ endpoint: url, region: 'us-east-1' },
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'test' },
    });
    onTestFinished(() => kms.destroy());
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const { KeyMetadata: signs } = await kms.send(
      new CreateKeyCommand({ KeyUsage: 'SIGN_VERIFY', KeySpec: 'ECC_NIST_P256' }),
    );
    const { KeyId } = KeyMetadata as { KeyId: string };
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/door', TargetKeyId: KeyId }));
    const { create, put, read } = await start(url);
    await create('mine', 'alias/door');
    await create('theirs');
    await create('signed', signs?.Arn);
    await create('gone', '1234abcd-12ab-34cd-56ef-1234567890ab');
    await create('odd', 'not a key');
    expect(await put('mine')).toBe('PERSISTED');
    expect(await put('theirs')).toBe('PERSISTED');
    expect(await put('signed')).toBe('KMS_KEY_INVALID_USAGE');
    expect(await put('gone')).toBe('KMS_KEY_NOT_FOUND');
    expect(await put('odd')).toMatch(/^KMS_KEY_(VALIDATION_ERROR|NOT_FOUND)$/);
    expect(await read('mine')).toContain('V_MPEG4/ISO/AVC');
    await kms.send(new DisableKeyCommand({ KeyId }));
    expect(await put('mine')).toBe('KMS_KEY_DISABLED');
    expect(await read('mine')).toContain('KMS_KEY_DISABLED');
    expect(await put('theirs')).toBe('PERSISTED');
    await kms.send(new EnableKeyCommand({ KeyId }));
    expect(await put('mine')).toBe('PERSISTED');
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    expect(await put('mine')).toBe('KMS_KEY_INVALID_STATE');
  });

  it('that does not answer makes keys unavailable, and has the keys: the emulator shows none', async () => {
    const { create, put, emulator } = await start(`http://127.0.0.1:${await freePort()}`);
    await create('mine');
    expect(await put('mine')).toBe('KMS_KEY_UNAVAILABLE');
    expect(() => emulator.keys.list()).toThrow('not the emulator’s own');
  });
});
