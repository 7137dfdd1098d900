// Who lives with an emulator until it is killed: producers, and a client that makes, changes and deletes streams.
import { once } from 'node:events';
import { type Ack, openPut } from '../../support/putMedia.ts';
import { clusterOf } from '../producer.ts';
import { call } from '../service.ts';
import { between, type Chance, oneOf } from './chance.ts';
import { type KnownStream, type Ledger, newStream, payloadOf } from './ledger.ts';

/** What has been promised in a round. */
export interface Tally {
  fragments: number;
  bytes: number;
  calls: number;
}

const GOP_MS = 40;
/** A producer is so many fragments ahead of what has been promised, at most. */
const AHEAD = 12;
/** With which the emulator ends a connection when the time is moved on. */
const ENDS = new Set(['MAX_CONNECTION_DURATION_REACHED', 'STREAM_READ_ERROR']);
const HOUR_MS = 3_600_000;

interface Sending {
  readonly url: string;
  readonly ledger: Ledger;
  readonly name: string;
  readonly stream: KnownStream;
  readonly tally: Tally;
  /** Bytes of the next fragment; undefined ends the body. */
  readonly size: () => number | undefined;
}

/** One PutMedia. Resolves when it is over, and rejects if it is over otherwise than it should be. */
async function put({ url, ledger, name, stream, tally, size: sizeOf }: Sending): Promise<void> {
  const session = openPut({ url, streamName: name, timecodeType: 'ABSOLUTE' });
  const closed = once(session.request, 'close').catch(() => undefined);
  let [over, ahead] = [false, 0];
  let proceed = (): void => undefined;
  const sending = (async () => {
    await Promise.race([session.send(clusterOf.head()), closed]);
    for (let size = sizeOf(); size !== undefined && !over; size = sizeOf()) {
      const time = stream.next;
      stream.next += GOP_MS;
      stream.sent.set(time, size);
      await Promise.race([session.send(clusterOf(time, payloadOf(stream.arn, time, size))), closed]);
      ahead += 1;
      if (ahead >= AHEAD && !over) await new Promise<void>((resolve) => (proceed = resolve));
    }
    session.end();
  })();
  const note = ({ EventType, FragmentNumber, FragmentTimecode, ErrorCode }: Ack): void => {
    if (EventType === 'ERROR' && ENDS.has(String(ErrorCode))) return;
    if (EventType === 'ERROR') throw new Error(`${name}: ERROR ${ErrorCode}`);
    const time = Number(FragmentTimecode);
    const size = stream.sent.get(time);
    if (EventType !== 'PERSISTED' || size === undefined) return;
    ahead -= 1;
    proceed();
    stream.sent.delete(time);
    stream.promised.set(String(FragmentNumber), { time, size, at: ledger.clock.least });
    tally.fragments += 1;
    tally.bytes += size;
  };
  try {
    for (let ack = await session.next(); ack !== undefined; ack = await session.next()) note(ack);
  } finally {
    over = true;
    proceed();
    await sending;
  }
}

/** It has been killed, rather than that it has said something. */
const isEnd = (error: unknown): boolean => error instanceof Error && 'code' in error;
const isCut = (error: unknown): boolean => isEnd(error) || (error instanceof TypeError && isEnd(error.cause));

/** Sends fragments until the emulator is gone, again when its connection was ended. */
export async function produce(sending: Omit<Sending, 'size'>, size: () => number): Promise<void> {
  try {
    for (;;) await put({ ...sending, size });
  } catch (error) {
    if (!isCut(error)) throw error;
  }
}

/** So many names there are: those of streams that were deleted come again. */
const NAMES = 40;

interface Life {
  readonly url: string;
  readonly ledger: Ledger;
  readonly tally: Tally;
  readonly chance: Chance;
}

async function make({ url, ledger }: Life, name: string): Promise<void> {
  ledger.doubt = { name, may: [undefined, 'new'] };
  const { StreamARN } = await call<{ StreamARN: string }>(url, 'createStream', {
    ...{ StreamName: name, DataRetentionInHours: 24, Tags: { n: 'new' } },
  });
  ledger.streams.set(name, newStream(StreamARN, 24 * HOUR_MS, 'new'));
}

async function change({ url, ledger, chance }: Life, name: string, stream: KnownStream): Promise<void> {
  const tag = String(between(chance, 0, 1_000_000));
  ledger.doubt = { name, may: [stream.tag, tag] };
  await call(url, 'tagStream', { StreamARN: stream.arn, Tags: { n: tag } });
  stream.tag = tag;
}

async function drop({ url, ledger }: Life, name: string, stream: KnownStream): Promise<void> {
  ledger.doubt = { name, may: [stream.tag, undefined] };
  await call(url, 'deleteStream', { StreamARN: stream.arn });
  ledger.streams.delete(name);
}

async function fill({ url, ledger, tally, chance }: Life, name: string, stream: KnownStream): Promise<void> {
  let left = 2;
  await put({ url, ledger, name, stream, tally, size: () => (left-- > 0 ? between(chance, 100, 5000) : undefined) });
}

/** Makes, changes, fills and deletes streams until the emulator is gone. */
export async function control(life: Life): Promise<void> {
  const { ledger, tally, chance } = life;
  try {
    for (;;) {
      const name = `made-${between(chance, 0, NAMES)}`;
      const stream = ledger.streams.get(name);
      if (stream === undefined) await make(life, name);
      else await oneOf(chance, [change, change, drop, fill])(life, name, stream);
      ledger.doubt = undefined;
      tally.calls += 1;
    }
  } catch (error) {
    if (!isCut(error)) throw error;
  }
}

/** Moves the time on. What has expired by then is to be gone for good once that is answered. */
export async function advance(url: string, { clock }: Ledger, ms: number): Promise<void> {
  clock.most = Math.max(clock.most, (await timeOf(url)) + ms + HOUR_MS / 60);
  const answer = await fetch(`${url}/_kvs/clock`, { method: 'POST', body: JSON.stringify({ advance: ms / 1000 }) });
  const { now } = (await answer.json()) as { now: string };
  clock.least = Math.max(clock.least, Date.parse(now));
}

export async function timeOf(url: string): Promise<number> {
  const { now } = (await (await fetch(`${url}/_kvs/clock`)).json()) as { now: string };
  return Date.parse(now);
}
