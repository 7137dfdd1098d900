import { call } from '../client/call.ts';
import { KinesisVideoError } from '../client/errors.ts';
import type { ClientOptions } from '../client/request.ts';
import { monotonicNow, wallSleep } from '../runtime/wall.ts';
import { CommandError } from './command.ts';

export interface StreamInfo {
  readonly StreamName: string;
  readonly StreamARN: string;
  readonly Status: string;
  readonly DataRetentionInHours: number;
  /** Seconds since the epoch. */
  readonly CreationTime: number;
}

const LONGEST_WAIT_MS = 30_000;
const POLL_MS = 200;

const named =
  (name: string) =>
  (error: unknown): undefined => {
    if (error instanceof KinesisVideoError && error.name === name) return undefined;
    throw error;
  };

const describe = async (options: ClientOptions, name: string): Promise<StreamInfo | undefined> =>
  (
    await call<{ StreamInfo: StreamInfo }>(options, '/describeStream', { StreamName: name }).catch(
      named('ResourceNotFoundException'),
    )
  )?.StreamInfo;

/** The stream, ready to take media; made with `retentionHours` if there is none. */
export async function ensureStream(
  options: ClientOptions & { readonly signal: AbortSignal },
  name: string,
  retentionHours: number,
): Promise<{ info: StreamInfo; created: boolean }> {
  const input = { StreamName: name, DataRetentionInHours: retentionHours };
  let created = false;
  for (const began = monotonicNow(); ; ) {
    const info = await describe(options, name);
    if (info?.Status === 'ACTIVE' || info?.Status === 'UPDATING') return { info, created };
    if (info?.Status === 'DELETING') throw new CommandError(`${name} is being deleted. Try again in a while.`);
    if (info === undefined) {
      // Somebody else may have been quicker; then it is theirs that counts.
      const made = await call(options, '/createStream', input).catch(named('ResourceInUseException'));
      created = made !== undefined;
      continue;
    }
    if (monotonicNow() - began > LONGEST_WAIT_MS)
      throw new CommandError(`${name} is still ${info.Status}. Does the clock stand still? \`kvs-emulator clock run\``);
    options.signal.throwIfAborted();
    await wallSleep(POLL_MS, options.signal);
  }
}

export const dataEndpoint = async (options: ClientOptions, name: string, api: string): Promise<string> =>
  (await call<{ DataEndpoint: string }>(options, '/getDataEndpoint', { StreamName: name, APIName: api })).DataEndpoint;
