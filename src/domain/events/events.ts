import type { JournalEntry } from '../journal/journal.ts';
import { isIn, type Scope, type Where } from '../resources/scope.ts';

/** What becomes of a fragment. */
export type FragmentNews = 'begun' | 'received' | 'persisted' | 'expired' | 'dropped';

/** What each kind of event tells besides when it happened and whose it is. Times are in ms since the epoch. */
export interface EventData {
  readonly fragment: {
    readonly state: FragmentNews;
    readonly number: string;
    readonly serverTime: number;
    readonly producerTime: number;
    readonly bytes: number;
  };
  /** An acknowledgement of PutMedia, the JSON text as it was sent. */
  readonly ack: { readonly ack: string; readonly requestId: string };
  readonly request: { readonly entry: JournalEntry };
  /** Somebody has moved the clock, or changed its pace. */
  readonly clock: Readonly<Record<never, never>>;
  /** A limit has refused a call, or holds a body back. */
  readonly throttled: {
    readonly limit: string;
    readonly cost: number;
    /** What was left. */
    readonly level: number;
    /** When the same would pass; undefined if it never would. */
    readonly passesAt: number | undefined;
    readonly requestId: string;
  };
  /** A rule has met a call. */
  readonly fault: { readonly id: string; readonly requestId: string };
  /** A key was asked for something. */
  readonly key: { readonly id: string; readonly operation: string; readonly outcome: string };
  /** The message as it would be published to SNS. */
  readonly notification: { readonly message: Readonly<Record<string, unknown>> };
  /** A picture as it would be put into S3. */
  readonly image: { readonly key: string; readonly bytes: number; readonly metadata: Readonly<Record<string, string>> };
  readonly channel: {
    readonly event: 'connected' | 'gone' | 'message';
    readonly role: 'MASTER' | 'VIEWER';
    readonly clientId: string | undefined;
    /** Of a message. */
    readonly type: string | undefined;
  };
  readonly log: { readonly level: string; readonly text: string };
}

export type EventType = keyof EventData;

/** Whose an event is; of the clock and the log nobody's. */
export interface Whose extends Partial<Scope> {
  readonly stream?: string | undefined;
  readonly channel?: string | undefined;
}

/** Something that has happened. */
export type Happening = {
  readonly [Type in EventType]: {
    /** Ascending. */
    readonly id: number;
    readonly type: Type;
    readonly time: number;
    readonly whose: Whose;
    readonly data: EventData[Type];
  };
}[EventType];

/** So many are there for whoever comes back after a while. */
const KEPT = 1000;

/** What happens, for those who want to hear of it. As long as nobody does, it costs nothing. */
export class Events {
  readonly #now: () => number;
  readonly #listeners = new Set<(happening: Happening) => void>();
  /** Those of late, since somebody has begun to listen. */
  #kept: Happening[] | undefined;
  #last = 0;

  constructor({ clock }: { readonly clock: { now(): number } }) {
    this.#now = () => clock.now();
  }

  /** Whether anybody may want to know. */
  get heard(): boolean {
    return this.#kept !== undefined || this.#listeners.size > 0;
  }

  /**
   * @param data is asked only if somebody may want to know
   * @param time when it was, if that is not now
   */
  tell<Type extends EventType>(type: Type, whose: Whose, data: () => EventData[Type], time?: number): void {
    if (!this.heard) return;
    this.#last += 1;
    const happening = { id: this.#last, type, time: time ?? this.#now(), whose, data: data() } as Happening;
    this.#keep(happening);
    for (const listener of this.#listeners) listener(happening);
  }

  #keep(happening: Happening): void {
    if (this.#kept === undefined) return;
    this.#kept.push(happening);
    // By halves: one at a time would move all the others each time.
    if (this.#kept.length >= 2 * KEPT) this.#kept.splice(0, KEPT);
  }

  /** Hands over each event from now on, and keeps them for whoever comes back. Returns how to call that off. */
  listen(listener: (happening: Happening) => void): () => void {
    this.#kept ??= [];
    return this.watch(listener);
  }

  /** The same for one who will not come back: when it leaves, nothing costs anything any more. */
  watch(listener: (happening: Happening) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The id last given. */
  get last(): number {
    return this.#last;
  }

  /** Those behind the one with that id, oldest first, as far back as any are kept. */
  since(id: number): readonly Happening[] {
    return (this.#kept ?? []).slice(-KEPT).filter((happening) => happening.id > id);
  }

  /** Forgets what has happened, all or that of an account and region. Whoever listens goes on. */
  reset(which: Where): void {
    const isOf = ({ whose: { account, region } }: Happening): boolean =>
      account === undefined || region === undefined
        ? which.account === undefined && which.region === undefined
        : isIn(which, { account, region });
    if (this.#kept !== undefined) this.#kept = this.#kept.filter((happening) => !isOf(happening));
  }
}
