import { type AdminOptions, admin, call } from '../client/call.ts';
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

export async function dataEndpoint(options: AdminOptions, name: string, api: string): Promise<string> {
  try {
    const input = { StreamName: name, APIName: api };
    return (await call<{ DataEndpoint: string }>(options, '/getDataEndpoint', input)).DataEndpoint;
  } catch (error) {
    const missing = error instanceof KinesisVideoError && error.name === 'ResourceNotFoundException';
    const region = missing ? await elsewhere(options, name) : undefined;
    if (region === undefined) throw error;
    throw new CommandError(
      `There is no stream ${name} in ${options.region}, but one in ${region}: say --region ${region}, or set AWS_REGION.`,
    );
  }
}

/** Another region that has a stream of the name. AWS cannot be asked. */
async function elsewhere(options: AdminOptions, name: string): Promise<string | undefined> {
  try {
    const query = `?${new URLSearchParams({ limit: '1000' })}`;
    const { streams } = await admin<{ streams: { name: string; region: string }[] }>(options, 'GET', '/streams', {
      query,
    });
    return streams.find((stream) => stream.name === name)?.region;
  } catch {
    return undefined;
  }
}
