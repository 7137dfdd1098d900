import { CreateStreamCommand } from '@aws-sdk/client-kinesis-video';
import { startEmulator, type TestEmulator } from './emulator.ts';
import type { Bytes } from './mkv.ts';
import { putMedia } from './putMedia.ts';
import { controlClient } from './sdk.ts';

/** Emulated seconds per real second once everything is stored: GetMedia's 30 s of silence then last two. */
export const HURRY = 15;

/** An emulator with the stream `cam`, an hour of retention, and the given body in it. */
export async function startWithCam(body?: Bytes): Promise<TestEmulator> {
  const emulator = await startEmulator();
  const create = new CreateStreamCommand({ StreamName: 'cam', DataRetentionInHours: 1 });
  await controlClient({ endpoint: emulator.url }).send(create);
  if (body === undefined) return emulator;
  const { status, acks, body: text } = await putMedia({ url: emulator.url }, body);
  if (status !== 200 || acks.at(-1)?.EventType !== 'PERSISTED') throw new Error(`PutMedia: ${status} ${text}`);
  return emulator;
}
