import { type Ack, ackLine } from '../../domain/fragments/acks.ts';
import type { FragmentLog } from '../../domain/fragments/fragmentLog.ts';
import { END_OF_FRAGMENT, IngestSession } from '../../domain/fragments/ingest.ts';
import { ackOfFailure, IngestError, isTold, storeFull } from '../../domain/fragments/ingestError.ts';
import { SessionChecks } from '../../domain/fragments/sessionChecks.ts';
import { watchProducer } from '../../domain/fragments/watchProducer.ts';
import type { Place } from '../../domain/limits/connections.ts';
import type { Writing } from '../../domain/limits/writing.ts';
import { StoreError } from '../../domain/ports.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import { MatroskaError } from '../../media/matroska/error.ts';
import { MatroskaReader } from '../../media/matroska/reader.ts';
import { tracksSeen } from '../../packaging/tracksSeen.ts';
import { labelled } from '../../runtime/clock.ts';
import { giveWay } from '../../runtime/giveWay.ts';
import type { Log } from '../../runtime/log.ts';
import { pour, type Taken } from '../../runtime/pour.ts';
import { AsyncQueue } from '../../runtime/queue.ts';
import { BodyReadError, type Context } from '../operation.ts';

/** So many acknowledgements may wait for a producer that does not read them before no more of its body is read. */
const MOST_WAITING_ACKS = 10_000;
/** So many fragments may wait for the store: enough for a disk to have something to do while more of them come. */
const MOST_WAITING_FRAGMENTS = 24;
/** Memory that one session takes, and each acknowledgement that waits. Bytes. */
const SESSION_COST = 16_384;
const ACK_COST = 256;

interface Wishes {
  readonly producerStart: number | undefined;
  readonly acknowledge: boolean;
  /** Whose fragments they are. */
  readonly stream?: Stream;
  /** What the stream takes; all of it unless told. */
  readonly writing?: Writing;
  /** Among the producers of the stream, if those are counted. */
  readonly place?: Place | undefined;
}

/** What it needs of a call. */
type Needs = Pick<Context, 'clock' | 'log' | 'strict' | 'warn' | 'timeIsOver' | 'room' | 'repeats' | 'principal'> &
  Partial<Pick<Context, 'announcements' | 'noteDelivered' | 'requestId' | 'listDelay'>>;

/** Reads one producer's body into the stream's fragments; the lines are its acknowledgements. */
export function receive(
  context: Needs,
  fragments: FragmentLog,
  { producerStart, acknowledge, stream, writing, place }: Wishes,
  body: AsyncIterable<Uint8Array>,
): AsyncIterable<string> {
  const { clock, log } = context;
  const acks = new AsyncQueue<string>();
  const emit = (ack: Ack): void => {
    if (acknowledge) acks.push(ackLine(ack));
    countAck(fragments, ack);
    // The store may fail while the producer says nothing and waits for PERSISTED.
    if (ack.event === 'ERROR') void end(() => undefined);
  };
  const checks = new SessionChecks({
    strict: context.strict,
    shortest: () => fragments.limit('fragment.minDuration'),
    absolute: producerStart === undefined,
    log,
    inspect: tracksSeen,
    newestHeader: () => fragments.newestHeader(),
    warn: (check, text) => context.warn(check, text),
  });
  // A producer that is refused comes again at once.
  const told: Log = {
    ...log,
    warn: (text, facts) => context.repeats.say(fragments, text, (line) => log.warn(line, facts)),
  };
  const announce = stream && context.announcements?.of(stream, (delivered) => context.noteDelivered?.(delivered));
  const session = new IngestSession(
    {
      fragments,
      clock,
      log: told,
      emit,
      checks,
      announce,
      meter: writing,
      listDelay: context.listDelay,
      writer: context.principal,
    },
    producerStart,
  );
  const held = context.room.hold();
  let reader: MatroskaReader | undefined = new MatroskaReader(session, { signal: END_OF_FRAGMENT });

  const { limit, counts } = fragments;
  const patience = {
    idleAckMs: limit('PutMedia.idleAck'),
    silenceMs: limit('PutMedia.idle'),
    sessionMs: limit('PutMedia.duration'),
  };
  const watch = watchProducer(labelled(clock, { what: 'connection', stream: stream?.record.name }), patience, {
    onIdle: () => emit({ event: 'IDLE' }),
    onSilence: () => end(() => session.giveUp(`its producer has sent nothing for ${patience.silenceMs / 1000} s`)),
    isHeld: () => writing?.held === true,
    onTooLong: () =>
      end(() =>
        session.reject('MAX_CONNECTION_DURATION_REACHED', `it has lasted ${patience.sessionMs / 60_000} minutes`),
      ),
  });
  const forget = fragments.onDelete(() => {
    void end(() => session.reject('STREAM_NOT_ACTIVE', 'its stream has been deleted'));
  });

  place?.onOver(() => {
    void end(() => session.reject('STREAM_READ_ERROR', 'another producer has been sending for longer'));
  });

  const leave = stream?.connections.add({
    side: 'producer',
    operation: 'PutMedia',
    requestId: context.requestId ?? '',
    principal: context.principal ?? '',
    since: clock.now(),
    end: () => void end(() => session.giveUp('somebody has disconnected it')),
  });

  function reject(error: unknown): void {
    if (session.ended) return;
    if (error instanceof IngestError) session.reject(error.ack, error.message);
    else if (error instanceof MatroskaError) session.reject('INVALID_MKV_DATA', error.message);
    else if (error instanceof BodyReadError) session.reject('STREAM_READ_ERROR', error.message);
    else if (isTold(error)) session.reject(ackOfFailure(error), undefined);
    else if (error instanceof StoreError && error.kind === 'sealed') session.reject(ackOfFailure(error), error.message);
    else {
      log.error('PutMedia failed', { error });
      session.reject(ackOfFailure(error), 'an unexpected error, logged above');
    }
  }

  /** Ends the session in the given way; the acknowledgements end once all that was received is stored. */
  async function end(how: () => void): Promise<void> {
    watch.stop();
    forget();
    writing?.end();
    leave?.();
    held.end();
    try {
      how();
    } catch (error) {
      reject(error);
    }
    // Its room is given back, so it must not lie about as long as the connection takes to close.
    reader = undefined;
    await session.stored();
    checks.finish();
    acks.end();
    context.timeIsOver();
  }

  /** Called for each chunk of each camera: without a reason to wait it makes no promise. */
  function take(chunk: Uint8Array): Taken {
    if (session.ended) return false;
    watch.touch();
    counts.bytes += chunk.length;
    if (writing?.on) return paced(writing, chunk);
    reader?.push(chunk);
    const turn = giveWay(chunk.length);
    return turn === undefined ? account() : turn.then(account);
  }

  /** The same where limits let so much through and no more. */
  async function paced(within: Writing, chunk: Uint8Array): Promise<void> {
    for (const part of within.parts(chunk)) {
      for (let wait = within.pass(part); wait !== undefined; wait = within.pass(part)) {
        await wait;
        if (session.ended) return;
      }
      reader?.push(part);
      within.passed(part);
      watch.touch();
    }
    await account();
  }

  /** Takes room for what lies here; what to wait for before there may be more. */
  function account(): Promise<void> | undefined {
    if (!held.to(SESSION_COST + (reader?.held ?? 0) + session.loose + acks.waiting * ACK_COST)) throw storeFull();
    const { keyless } = session;
    if (keyless !== undefined) return keyless.then(acksRoom);
    return storeRoom();
  }

  const storeRoom = (): Promise<void> | undefined =>
    session.backlog > MOST_WAITING_FRAGMENTS ? session.storedNext().then(storeRoom) : acksRoom();

  const acksRoom = (): Promise<void> | undefined =>
    acks.waiting >= MOST_WAITING_ACKS ? acks.room(MOST_WAITING_ACKS) : undefined;

  async function read(): Promise<void> {
    await pour(body, take);
    if (place !== undefined) place.sends = false;
    if (session.ended) return;
    reader?.end();
    session.end();
  }

  void read().then(
    () => end(() => undefined),
    (error) => end(() => reject(error)),
  );
  return acks;
}

/** BUFFERING and RECEIVED are due in the moment in which the first and the last byte of a fragment have come. */
function countAck({ counts, retentionMs }: FragmentLog, { event, fragment }: Ack): void {
  if (event === 'BUFFERING') counts.bufferingAck.add(0);
  if (event === 'RECEIVED') counts.receivedAck.add(0);
  if (event === 'RECEIVED' ? retentionMs === 0 : event === 'PERSISTED') counts.succeeded += 1;
  if (event !== 'ERROR') return;
  counts.errorAcks += 1;
  if (fragment !== undefined) counts.failed += 1;
}
