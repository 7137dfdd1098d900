import type { Identity } from '../../domain/credentials/identity.ts';
import {
  type Delivered,
  type Journal,
  type JournalEntry,
  noteAck,
  noteDelivered,
  noteWarning,
} from '../../domain/journal/journal.ts';
import type { Place } from '../../domain/limits/connections.ts';
import { Pacer } from '../../domain/limits/pacer.ts';
import type { Paid, Throttled } from '../../domain/limits/throttle.ts';
import { isCounted } from '../../domain/metrics/counts.ts';
import type { Went } from '../../domain/signaling/meeting.ts';
import { Stream } from '../../domain/streams/stream.ts';
import { type Difference, differences } from '../../protocol/differences.ts';
import { dataEndpointLabel, nowhere } from '../../protocol/endpoints.ts';
import type { ServiceError } from '../../protocol/errors.ts';
import type { Endpoint } from '../../protocol/planes.ts';
import { type Log, withFacts } from '../../runtime/log.ts';
import { monotonicNow } from '../../runtime/wall.ts';
import type { Context, Operation, Points, RequestContext, Services } from '../operation.ts';
import type { Call } from './call.ts';
import { readWhole, spend } from './charges.ts';
import type { Meddling } from './meddling.ts';
import { principalOf } from './sender.ts';
import { noteThrottled, throttledFacts } from './throttling.ts';
import type { Warnings } from './warnings.ts';

/** What the configuration says about every request. */
export interface Surroundings {
  readonly account: string;
  readonly region: string;
  /** Refuse what would fail on AWS instead of warning about it. */
  readonly strict: boolean;
  readonly log: Log;
  readonly warnings: Warnings;
  /** How much later than a fragment is there PERSISTED comes, and how much later than that it is listed, in ms. */
  readonly persistDelay?: number;
  readonly listDelay?: number;
}

/** Something between the two ends of a long-lived body, such as a counter or a pacer. */
export type Stage = (pieces: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** What is noted of a message over a connection. */
type Noted = 'error' | 'status' | 'met' | 'throttled';

/**
 * So many sessions may each have the log say what is wrong with their media: who tries another encoder must see whether
 * it helped. Of a thousand cameras the first few tell enough.
 */
const SESSIONS_IN_FULL = 3;
/** Of a path that is noted. */
const LONGEST_PATH = 256;

/** One call on its way: what is known of it so far, and the context of the operation that answers it. */
export interface Passage extends RequestContext {
  readonly call: Call;
  readonly operation: Operation;
  readonly services: Services;
  /** What the journal knows of it. */
  readonly entry: JournalEntry;
  /** Its input as it came, then as its table says, then what it acts on: the road fills in one after the other. */
  raw: unknown;
  input: unknown;
  acted: unknown;
  /** A body that was read as a whole, until its input has been checked: what was signed. */
  bytes: Uint8Array | undefined;
  /** Who has signed it, once that has been verified. */
  signer: Identity | undefined;
  /** What it was refused with, and the difference from AWS that it was refused for, if only `--strict` does that. */
  refused: ServiceError | undefined;
  strictly: Difference | undefined;
  /** What the bytes of its body, and those of the answer, pass through. */
  up: Stage[] | undefined;
  down: Stage[] | undefined;
  /** What limits have taken of it so far: they give it back if another one refuses it. */
  paid: Paid[] | undefined;
  place: Place | undefined;
  /** What is done to it on purpose besides. */
  meddling: Meddling | undefined;
  /** Who asks, once a step has found out; without one it is a user by the name of the access key. */
  identity: string | undefined;
  /** When it began, real time, if calls of its kind are counted by stream. */
  readonly began: number | undefined;
  /** How much later than they are due PERSISTED acknowledgements are sent, in ms. */
  readonly persistDelay: number;
  end(): void;
  noteAck(line: string): void;
}

export type PassageMaker = (call: Call, operation: Operation | undefined) => Passage & Context;

/** Makes the passages of calls, each noted in the journal. */
export function passageMaker(
  services: Services,
  { strict, log, warnings, persistDelay = 0, listDelay = 0 }: Surroundings,
  journal: Pick<Journal, 'add' | 'changed'>,
): PassageMaker {
  const listLater = persistDelay + listDelay > 0 ? () => persistDelay + listDelay : undefined;
  /** Services and what few operations ask for stand on the prototype: a request pays for neither. */
  class CallPassage implements Passage {
    readonly call: Call;
    readonly operation: Operation;
    readonly now = services.clock.now();
    readonly requestId: string;
    readonly account: string;
    readonly region: string;
    readonly entry: JournalEntry;
    raw: unknown;
    input: unknown;
    acted: unknown;
    bytes: Uint8Array | undefined;
    signer: Identity | undefined;
    refused: ServiceError | undefined;
    strictly: Difference | undefined;
    up: Stage[] | undefined;
    down: Stage[] | undefined;
    paid: Paid[] | undefined;
    place: Place | undefined;
    meddling: Meddling | undefined;
    identity: string | undefined;
    /** When it began, real time, if it is one that is counted. */
    readonly began: number | undefined;
    #isHeld = false;
    #messages = 0;
    #log: Log | undefined;
    #ends: (() => void)[] | undefined;

    constructor(call: Call, operation: Operation | undefined) {
      this.call = call;
      this.operation = operation as Operation;
      this.requestId = call.requestId;
      this.account = call.sender.account;
      this.region = call.sender.region;
      this.began = operation !== undefined && isCounted(operation.name) ? monotonicNow() : undefined;
      this.entry = {
        requestId: call.requestId,
        time: this.now,
        method: call.method,
        path: call.target.path.slice(0, LONGEST_PATH),
        account: this.account,
        region: this.region,
        principal: undefined,
        operation: operation?.name,
        resource: undefined,
        names: 'stream',
        status: undefined,
        error: undefined,
        access: undefined,
        throttled: undefined,
        took: undefined,
        warnings: [],
        acks: [],
        delivered: undefined,
        faults: undefined,
      };
      journal.add(this.entry);
    }

    get services(): Services {
      return services;
    }

    get principal(): string {
      this.identity ??= principalOf(this.call.sender);
      return this.identity;
    }

    get baseUrl(): string {
      return this.call.baseUrl;
    }

    dataEndpoint(endpoint: Endpoint, arn: string): string {
      if (this.meddling?.endpointGone === true) return nowhere(this.baseUrl);
      const { call } = this;
      if (call.endpointOf !== undefined) return call.endpointOf(dataEndpointLabel(endpoint, arn));
      return strict ? `${this.baseUrl}/${dataEndpointLabel(endpoint, arn)}` : this.baseUrl;
    }

    get strict(): boolean {
      return strict;
    }

    differs(difference: Difference, refusal: () => ServiceError): void {
      const text = differences[difference];
      const isNew = noteWarning(this.entry, difference, text);
      if (strict) {
        this.strictly = difference;
        throw refusal();
      }
      if (!isNew) return;
      const what = this.#what();
      warnings.count(difference, what, () => this.log.warn(`${what} works here and would not on AWS. ${text}`));
    }

    warn(difference: string, text: string): void {
      if (!noteWarning(this.entry, difference, text)) return;
      const what = this.#what();
      const { resource, names } = this.entry;
      const say = () => this.log.warn(`${what}: ${text}`, resource === undefined ? {} : { [names]: resource });
      warnings.count(difference, what, say, SESSIONS_IN_FULL);
    }

    /** What was asked for, as a person would say it. */
    #what(): string {
      return this.entry.operation ?? `${this.call.method} ${this.call.target.path}`;
    }

    get log(): Log {
      this.#log ??= withFacts(log, { requestId: this.requestId });
      return this.#log;
    }

    get signal(): AbortSignal {
      return this.call.signal;
    }

    timeIsOver(): void {
      this.call.timeIsOver();
    }

    spend(stream: Stream, points: Points): void {
      if (services.throttle.on) spend(this, stream, points);
    }

    readWhole(stream: Stream, fragments: Parameters<RequestContext['readWhole']>[1]): void {
      if (services.throttle.on) readWhole(this, stream, fragments);
    }

    pacer(stream: Stream): Pacer {
      const { clock, limits } = services;
      const { fragments, record } = stream;
      return new Pacer({
        ...{ clock, limits, stream: record.name },
        signal: () => this.signal,
        onDelete: (tell) => fragments.onDelete(tell),
        onThrottled: (throttled, how) => this.#heldBack(throttled, how),
      });
    }

    /** The first time tells enough: of a body that is held back there may be many in a second. */
    #heldBack(throttled: Throttled, how: 'held' | 'refused'): void {
      if (this.#isHeld && how === 'held') return;
      this.#isHeld ||= how === 'held';
      noteThrottled(this, throttled);
      if (how === 'held')
        this.log.info(`${this.#what()} is held back.`, {
          [this.entry.names]: this.entry.resource,
          ...throttledFacts(this.entry),
        });
    }

    get listDelay(): Meddling['listDelay'] {
      return this.meddling?.listDelay ?? listLater;
    }

    get persistDelay(): number {
      return persistDelay;
    }

    noteMessage(
      type: string,
      { error, status = error === undefined ? 200 : 400, met, throttled }: Pick<Went, Noted>,
    ): void {
      const time = services.clock.now();
      this.#messages += 1;
      const requestId = `${this.requestId}.${this.#messages}`;
      const faults = met?.(requestId);
      const rest = { throttled: undefined, warnings: [], acks: [], delivered: undefined, faults };
      const entry: JournalEntry = { ...this.entry, ...rest, requestId, time, operation: type, status, error };
      if (throttled !== undefined) noteThrottled({ requestId, services, entry }, throttled);
      journal.add(entry);
      journal.changed(entry);
    }

    noteAck(line: string): void {
      const { entry, requestId, account, region, acted } = this;
      noteAck(entry, line);
      if (acted instanceof Stream) acted.lastAck = line;
      const whose = { account, region, stream: entry.resource };
      services.events.tell('ack', whose, () => ({ ack: line.trimEnd(), requestId }));
    }

    noteDelivered(delivered: Delivered): void {
      noteDelivered(this.entry, delivered);
      journal.changed(this.entry);
    }

    atEnd(run: () => void): void {
      this.#ends ??= [];
      this.#ends.push(run);
    }

    end(): void {
      const ends = this.#ends;
      this.#ends = undefined;
      for (const run of ends ?? []) run();
    }
  }
  Object.assign(CallPassage.prototype, services);
  return (call, operation) => new CallPassage(call, operation) as Passage as Passage & Context;
}
