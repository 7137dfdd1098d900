import { isTold } from '../domain/fragments/ingestError.ts';
import { lateAcks } from '../domain/fragments/lateAcks.ts';
import type { Journal } from '../domain/journal/journal.ts';
import { KeyError } from '../domain/keys/keyError.ts';
import { KEY_REFUSALS } from '../domain/keys/keyRefusals.ts';
import { StoreError } from '../domain/ports.ts';
import { differences } from '../protocol/differences.ts';
import { excerpt, ServiceError, serviceError } from '../protocol/errors.ts';
import { renderOutput } from '../protocol/restJson.ts';
import {
  BodyReadError,
  type Context,
  type JsonOperation,
  type Operation,
  type Services,
  type SocketConnection,
} from './operation.ts';
import type { Call } from './road/call.ts';
import { checkAddress, noticeSignature } from './road/checkCaller.ts';
import { count } from './road/counted.ts';
import { checkInput, readInput } from './road/input.ts';
import type { Through } from './road/meddling.ts';
import { type Passage, passageMaker, type Stage, type Surroundings } from './road/passage.ts';
import { findTarget } from './road/targets.ts';

/** AWS's names of what changes nothing. It is told what others have changed once that is safe, or cannot be for now. */
const READS = /^(Describe|Get|List)/;
const DISK_FULL = 'the disk of --data-dir is full';

/** One thing that is asked of a call. Throws what is to be answered instead. */
export type Step = (passage: Passage) => void | Promise<void>;

/** Steps that are there only when something is switched on. What one takes it gives back with `passage.atEnd`. */
export interface Gates {
  /** Whether the signature is that of a known key. */
  readonly signature?: Step | undefined;
  /** Whether the caller may do this to what it names, there or not. */
  readonly access?: Step | undefined;
  readonly accountRate?: Step | undefined;
  readonly streamRate?: Step | undefined;
  readonly connections?: Step | undefined;
  readonly faults?: Step | undefined;
}

/** In this order a call is asked, and the first that refuses is heard. */
const order = (gates: Gates): readonly (Step | undefined)[] => [
  checkAddress,
  gates.signature === undefined ? noticeSignature : undefined,
  readInput,
  gates.signature,
  gates.access,
  gates.accountRate,
  checkInput,
  findTarget,
  gates.streamRate,
  gates.connections,
  gates.faults,
];

/** What a call is answered with; whoever carries it writes it down. */
export type Outcome =
  | { readonly kind: 'json'; readonly body: string; readonly through?: Through }
  | { readonly kind: 'bytes'; readonly contentType: string; readonly pieces: AsyncIterator<Uint8Array> }
  /** `noted`: the journal has the lines already, since they may not come whole. */
  | {
      readonly kind: 'duplex';
      readonly contentType: string;
      readonly lines: AsyncIterable<string>;
      readonly noted?: boolean;
    }
  | {
      readonly kind: 'resource';
      readonly contentType: string;
      readonly body: string | Uint8Array;
      readonly through?: Through;
    }
  | { readonly kind: 'socket'; readonly open: (connection: SocketConnection) => void }
  | { readonly kind: 'refusal'; readonly error: ServiceError; readonly through?: Through }
  /** There is no such operation: AWS answers that with a success, see differences.unknownPath. */
  | { readonly kind: 'unknown' }
  /** Nobody is left to be answered. */
  | { readonly kind: 'gone' };

export interface RoadParts {
  readonly services: Services;
  /** What to wait for before a change is answered; undefined if for nothing. */
  readonly safe?: () => Promise<void> | undefined;
  readonly surroundings: Surroundings;
  readonly journal: Pick<Journal, 'add' | 'changed'>;
  readonly gates?: Gates;
}

/** The one way to every operation of every plane, whatever carries the call. */
export class Road {
  /** Notes a call that has arrived; without an operation it is one for a path that nobody knows. */
  readonly begin: (call: Call, operation: Operation | undefined) => Passage & Context;
  readonly #safe: () => Promise<void> | undefined;
  #gates: Gates = {};
  #steps: readonly Step[] = [];

  constructor({ services, surroundings, journal, safe = () => undefined, gates = {} }: RoadParts) {
    this.#safe = safe;
    this.begin = passageMaker(services, surroundings, journal);
    this.use(gates);
  }

  /** Puts steps in their places, or takes out those that are undefined. */
  use(gates: Gates): void {
    this.#gates = { ...this.#gates, ...gates };
    this.#steps = order(this.#gates).filter((step) => step !== undefined);
  }

  /** Takes a call to its answer. Never rejects. `passage.end` is to be called when the answer is over, whole or not. */
  async enter(passage: Passage & Context): Promise<Outcome> {
    try {
      if (passage.operation === undefined) return unknown(passage);
      for (const step of this.#steps) {
        const waits = step(passage);
        if (waits !== undefined) await waits;
      }
      const { operation, input, acted } = passage;
      // The usual kind without one more promise.
      if (operation.kind !== 'json') return meddled(passage, counted(passage, await handle(passage, operation)));
      const answer = operation.handle(passage, input, acted);
      const body = renderOutput(answer instanceof Promise ? await answer : answer);
      const unsafe = operation.plane === 'control' ? this.#safe() : undefined;
      if (unsafe !== undefined) await (READS.test(operation.name) ? unsafe.catch(() => undefined) : unsafe);
      return meddled(passage, counted(passage, { kind: 'json', body }));
    } catch (error) {
      return meddled(passage, counted(passage, refuse(passage, error)));
    }
  }
}

async function handle(passage: Passage & Context, operation: Exclude<Operation, JsonOperation>): Promise<Outcome> {
  const { input, acted, call } = passage;
  switch (operation.kind) {
    case 'bytes': {
      const pieces = through(passage.down, await operation.handle(passage, input, acted));
      return { kind: 'bytes', contentType: operation.contentType, pieces: pieces[Symbol.asyncIterator]() };
    }
    case 'duplex': {
      const lines = await operation.handle(passage, input, acted, through(passage.up, call.body));
      return { kind: 'duplex', contentType: operation.contentType, ...acknowledged(passage, lines) };
    }
    case 'resource': {
      const { contentType, body } = await operation.handle(passage, input, acted);
      return { kind: 'resource', contentType, body };
    }
    case 'socket':
      return { kind: 'socket', open: await operation.handle(passage, input, acted) };
    default: {
      const never: never = operation;
      throw new TypeError(`No such kind of operation: ${String(never)}`);
    }
  }
}

function counted(passage: Passage, outcome: Outcome): Outcome {
  count(passage, outcome);
  return outcome;
}

const through = (stages: readonly Stage[] | undefined, pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> =>
  stages === undefined ? pieces : stages.reduce((sofar, stage) => stage(sofar), pieces);

/** What becomes of acknowledgements on their way: they may be cut anywhere, too. */
function acknowledged(passage: Passage, given: AsyncIterable<string>) {
  const { meddling, down, persistDelay } = passage;
  const lines = persistDelay > 0 ? persistedLater(passage, given) : given;
  const kept = meddling === undefined ? lines : meddling.acks.reduce((sofar, stage) => stage(sofar), lines);
  return down === undefined ? { lines: kept } : { lines: asText(through(down, noted(passage, kept))), noted: true };
}

function persistedLater({ persistDelay: ms, services, call, entry }: Passage, lines: AsyncIterable<string>) {
  const { clock } = services;
  const isMeant = (line: string): boolean => line.startsWith('{"EventType":"PERSISTED"');
  return lateAcks(lines, { clock, ms, gone: call.signal, stream: entry.resource, isMeant });
}

async function* noted(passage: Passage, lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const line of lines) {
    passage.noteAck(line);
    yield Buffer.from(line);
  }
}

async function* asText(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // They are ASCII.
  for await (const piece of pieces) yield Buffer.from(piece).toString('latin1');
}

/** What is done to an answer on its way. Nearly always nothing. */
function meddled(passage: Passage, outcome: Outcome): Outcome | Promise<Outcome> {
  return passage.meddling === undefined && passage.down === undefined ? outcome : meddleWith(passage, outcome);
}

async function meddleWith(passage: Passage, outcome: Outcome): Promise<Outcome> {
  const { meddling, down } = passage;
  try {
    for (const run of meddling?.beforeAnswer ?? []) await run();
  } catch (error) {
    if (outcome.kind === 'bytes') await outcome.pieces.return?.();
    return refuse(passage, error);
  }
  if (down === undefined || !('body' in outcome || outcome.kind === 'refusal')) return outcome;
  return { ...outcome, through: { atMost: meddling?.atMost, pass: (body) => through(down, only(body)) } };
}

async function* only(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

function unknown(passage: Passage): Outcome {
  const { method, target } = passage.call;
  passage.differs('unknownPath', () =>
    serviceError('unknownOperation', `There is no ${excerpt(`${method} ${target.path}`)}. ${differences.unknownPath}`),
  );
  return { kind: 'unknown' };
}

function refuse(passage: Passage, error: unknown): Outcome {
  const { call, entry, log } = passage;
  const name = entry.operation ?? `${call.method} ${call.target.path}`;
  if (error instanceof BodyReadError) {
    log.debug(`${name} was not received whole.`, { reason: error.message });
    return { kind: 'gone' };
  }
  const told = toldOf(error);
  if (told !== error && told.status === 500 && !isTold(error)) log.error(`${name} failed.`, { error });
  entry.error = told.code;
  passage.refused = told;
  passage.raw = undefined;
  passage.bytes = undefined;
  passage.input = undefined;
  return { kind: 'refusal', error: told };
}

/** What a caller is told. Of a store that fails that is what can be done about it: come again later, or nothing. */
function toldOf(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof KeyError) {
    const told = `The KMS key of the stream cannot be used (${KEY_REFUSALS[error.refusal].code}): ${excerpt(error.message)}`;
    return serviceError(error.refusal === 'AccessDeniedException' ? 'notAuthorized' : 'invalidArgument', told);
  }
  if (!(error instanceof StoreError) || error.kind !== 'full') return serviceError('internalFailure');
  // What has a cause is what a disk has said.
  return error.cause === undefined ? serviceError('serviceUnavailable') : serviceError('serviceUnavailable', DISK_FULL);
}
