import { admin } from '../client/call.ts';
import { KinesisVideoError } from '../client/errors.ts';
import type { ClientOptions } from '../client/request.ts';
import { parseDate } from '../runtime/time.ts';
import { wallNow } from '../runtime/wall.ts';

/** Media sent to an emulator whose clock was moved belong to its time. AWS has no such clock. */
export async function emulatorNow(options: ClientOptions): Promise<number> {
  try {
    const { now } = await admin<{ now?: string }>(options, 'GET', '/clock');
    return parseDate(String(now)) ?? wallNow();
  } catch (error) {
    if (error instanceof KinesisVideoError) return wallNow();
    throw error;
  }
}
