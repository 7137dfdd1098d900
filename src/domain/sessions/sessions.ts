import { serviceError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Log } from '../../runtime/log.ts';
import { sliceOver, turn } from '../../runtime/slices.ts';
import { admit, type Fragment, withWhole } from '../fragments/fragment.ts';
import type { FragmentMedia, MediaInspector } from '../fragments/media.ts';
import { rangeAt, select } from '../fragments/selection.ts';
import type { Limits } from '../limits/limits.ts';
import type { Reader } from '../ports.ts';
import { isIn, type Scope, type Where } from '../resources/scope.ts';
import type { Stream } from '../streams/stream.ts';
import { Session } from './session.ts';
import type { SessionSettings } from './settings.ts';
import { newestFragments } from './sources.ts';
import { SessionTokens } from './tokens.ts';

export interface SessionsServices {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly inspect: MediaInspector;
  readonly log: Log;
  readonly limits: Limits;
}

/** Where there are more, those that were opened first end: those of the stream, or of all. */
const MOST_OF_STREAM = 1000;
const MOST = 10_000;

/** All playback sessions, by their tokens, each until it expires. */
export class Sessions {
  readonly #services: SessionsServices;
  readonly #tokens: SessionTokens;
  readonly #sessions = new Map<string, Session>();
  /** Tokens of each stream's sessions, in the order in which they were opened. */
  readonly #ofStream = new Map<Stream, Set<string>>();
  /** Tokens whose stream has been deleted, and where that was: all that is known of them is that. */
  readonly #orphans = new Map<string, { scope: Scope; name: string }>();
  /** Call off the ends of sessions. */
  readonly #ends = new Map<string, () => void>();
  /** What was found in a fragment, as long as anything holds the fragment. */
  readonly #media = new WeakMap<Fragment, Promise<FragmentMedia | undefined>>();

  constructor(services: SessionsServices) {
    this.#services = services;
    this.#tokens = new SessionTokens(services.ids);
  }

  /**
   * Opens a session on a stream.
   * @param refuse looks at the first fragment and throws if it cannot be played that way
   * @throws NoDataRetentionException, ResourceNotFoundException if there is nothing to play
   */
  async open(
    stream: Stream,
    reader: Reader,
    settings: SessionSettings,
    refuse: (media: FragmentMedia) => void,
  ): Promise<Session> {
    const { clock, limits } = this.#services;
    const now = clock.now();
    const opening = await this.#opening(stream, reader, settings, now);
    refuse(opening.media);
    // It may have gone while its first fragments were looked at.
    if (stream.fragments.deleted) throw serviceError('streamNotFound');
    if (opening.media.tracks.length === 0) throw serviceError('noFragments', 'streaming');
    const token = this.#tokens.make(stream.sessionIds);
    const session = new Session({
      token,
      stream,
      reader,
      settings,
      createdAt: now,
      opening,
      inspect: (fragment) => this.inspect(fragment, reader),
      limits,
    });
    this.#sessions.set(token, session);
    this.#note(stream, token);
    this.#ends.set(
      token,
      clock.at(session.expiresAt, () => this.#forget(token), { what: 'session', stream: stream.record.name }),
    );
    return session;
  }

  /** Forgets all sessions, or those of the streams of an account, of a region, or of both. */
  reset(which: Where = {}): void {
    for (const [token, { stream }] of this.#sessions) if (isIn(which, stream.record.scope)) this.#forget(token);
    for (const [token, { scope }] of this.#orphans) if (isIn(which, scope)) this.#orphans.delete(token);
  }

  #note(stream: Stream, token: string): void {
    let own = this.#ofStream.get(stream);
    if (own === undefined) {
      own = new Set();
      this.#ofStream.set(stream, own);
      stream.fragments.onDelete(() => {
        for (const one of this.#ofStream.get(stream) ?? []) {
          this.#forget(one);
          this.#orphans.set(one, { scope: stream.record.scope, name: stream.record.name });
        }
        for (const [first] of this.#orphans) if (this.#orphans.size > MOST) this.#orphans.delete(first);
        this.#ofStream.delete(stream);
      });
    }
    own.add(token);
    if (own.size > MOST_OF_STREAM) this.#forgetFirst(own);
    if (this.#sessions.size > MOST) this.#forgetFirst(this.#sessions.keys());
  }

  #forgetFirst(tokens: Iterable<string>): void {
    for (const first of tokens) {
      this.#forget(first);
      return;
    }
  }

  #forget(token: string): void {
    const stream = this.#sessions.get(token)?.stream;
    if (stream !== undefined) this.#ofStream.get(stream)?.delete(token);
    this.#sessions.delete(token);
    this.#ends.get(token)?.();
    this.#ends.delete(token);
  }

  /**
   * The session of a token.
   * @throws NotAuthorizedException, status 403, if it has expired or there never was one
   */
  get(token: string | undefined, protocol: SessionSettings['protocol']): Session {
    const session = token === undefined ? undefined : this.#sessions.get(token);
    if (session !== undefined && session.settings.protocol === protocol) {
      if (this.#services.clock.now() < session.expiresAt) return session;
      throw serviceError('sessionTokenExpired');
    }
    if (token !== undefined && this.#orphans.has(token)) throw serviceError('streamNotFound');
    const over = session === undefined && token !== undefined && this.#tokens.genuine(token);
    throw serviceError(over ? 'sessionTokenExpired' : 'sessionTokenInvalid');
  }

  all(): Iterable<Session> {
    return this.#sessions.values();
  }

  /** Those of a stream, in the order in which they were opened. */
  of(stream: Stream): Session[] {
    const own = [...(this.#ofStream.get(stream) ?? [])].map((token) => this.#sessions.get(token));
    return own.filter((session) => session !== undefined);
  }

  /** Name of the stream that the session of a token plays. */
  streamOf(token: string): string | undefined {
    return this.#sessions.get(token)?.stream.record.name ?? this.#orphans.get(token)?.name;
  }

  /** What is in an archived fragment; undefined if it is gone. Looked up once per fragment. */
  async inspect(fragment: Fragment, reader: Reader): Promise<FragmentMedia | undefined> {
    // What is known of it is for those who may read it.
    const waits = admit(fragment, reader);
    if (waits !== undefined) await waits;
    // What many are made of is looked into once for all.
    const { original = fragment } = fragment;
    let media = this.#media.get(original);
    if (media === undefined) {
      media = this.#look(fragment, reader);
      this.#media.set(original, media);
      const forget = (): void => void this.#media.delete(original);
      // One that has gone says nothing of the others.
      media.then((found) => found === undefined && forget(), forget);
    }
    return media;
  }

  async #look(fragment: Fragment, reader: Reader): Promise<FragmentMedia | undefined> {
    const media = await withWhole([fragment], reader, ([whole]) =>
      whole && fragment.persisted ? this.#services.inspect(whole.header, whole.pieces) : undefined,
    );
    if (media !== undefined) this.#tell(fragment, media);
    return media;
  }

  /** Once for each fragment, for it is looked into once. */
  #tell({ number }: Fragment, { unreadable, badFrames }: FragmentMedia): void {
    const { log } = this.#services;
    if (unreadable !== undefined) {
      log.warn('A fragment cannot be played, and is left out.', { fragment: number, reason: unreadable });
    }
    for (const { track, unreadable: left, mended, message } of badFrames) {
      const text = 'A fragment has bad frames. Players get what can be read of them; look at what the producer sends.';
      log.warn(text, { fragment: number, track, leftOut: left, mended, first: message });
    }
  }

  async #opening(stream: Stream, reader: Reader, settings: SessionSettings, now: number): Promise<Session['opening']> {
    const { mode, axis, start = 0, end = Number.POSITIVE_INFINITY, max } = settings;
    const candidates =
      mode === 'LIVE'
        ? await newestFragments(stream.fragments, now, {
            max,
            liveMs: this.#services.limits.of('session.live', stream),
          })
        : await select(stream.fragments, rangeAt(now, stream.fragments, { axis, start, end }), LOOK_AHEAD);
    let best: Session['opening'] | undefined;
    for (const fragment of candidates) {
      const media = await this.inspect(fragment, reader);
      if (media === undefined) continue;
      // A fragment of which a track, or all, cannot be read does not tell what the stream is: those that follow do.
      if (tellsAll(media)) return { fragment, media };
      if (best === undefined || media.tracks.length > best.media.tracks.length) best = { fragment, media };
      if (sliceOver()) await turn();
    }
    if (best === undefined) throw serviceError('noFragments', 'streaming');
    return best;
  }
}

const LOOK_AHEAD = 16;

/** Whether each track that is declared has frames, or a fault that the others have as well. */
const tellsAll = ({ unreadable, tracks, faults, layout }: FragmentMedia): boolean =>
  unreadable === undefined &&
  layout.split(' ').every((declared) => {
    const number = Number.parseInt(declared, 10);
    return tracks.some((track) => track.number === number) || faults.some(({ track }) => track === number);
  });
