import type { Clock } from '../../runtime/clock.ts';
import type { MediaCounts } from '../metrics/counts.ts';
import type { Departures } from './departures.ts';
import { type Fragment, sealRest, setSealed, type TellFragment } from './fragment.ts';
import type { FragmentIndex } from './fragmentIndex.ts';
import { recorder } from './records.ts';
import { Unlisted } from './unlisted.ts';

interface Parts {
  readonly clock: Clock;
  readonly index: FragmentIndex;
  readonly departures: Departures;
  readonly counts: MediaCounts;
  readonly tell: TellFragment;
  /** As of the shelf. */
  readonly cleared: () => Promise<void> | undefined;
  /** To be called when something about a fragment has changed. */
  readonly changed: () => void;
}

/** How a stream's fragments come into the archive: a draft ends, is kept with its record, and is listed. */
export class Archive {
  readonly unlisted: Unlisted;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.unlisted = new Unlisted(parts.clock);
  }

  /** See FragmentLog. */
  async complete(fragment: Fragment, lengthMs: number, listDelay: number): Promise<boolean> {
    const { draft } = fragment;
    if (fragment.state !== 'open' || draft === undefined) return false;
    const { clock, departures, counts, tell } = this.#parts;
    const { keeping, overhead, gone, retention, open } = departures;
    fragment.lengthMs = lengthMs;
    fragment.state = 'complete';
    open.delete(fragment);
    const receivedAt = clock.now();
    counts.received(fragment, receivedAt);
    tell('received', fragment);
    keeping.add(fragment);
    try {
      const ending = draft.end();
      this.#parts.changed();
      if (ending !== undefined) await ending;
      sealRest(fragment, draft);
      if (retention.ms === 0) {
        keeping.delete(fragment);
        // What has gone while its end took its time is nowhere any more.
        if (!this.#isThere(fragment)) departures.forget(fragment);
        else if (!gone.all) departures.isHot(fragment);
        return false;
      }
      fragment.payload = await draft.keep(recorder(fragment, overhead.keepHeader(fragment)));
    } catch (error) {
      keeping.delete(fragment);
      setSealed(fragment);
      // Who dropped it meanwhile left it to the store.
      if (this.#isThere(fragment)) departures.drop(fragment);
      else departures.forget(fragment);
      this.#parts.changed();
      throw error;
    }
    keeping.delete(fragment);
    fragment.draft = undefined;
    if (!this.#isThere(fragment)) {
      fragment.payload.remove();
      return false;
    }
    if (gone.all) return false;
    fragment.persisted = true;
    fragment.keptAt = clock.now();
    if (listDelay > 0) this.unlisted.add(fragment, fragment.keptAt + listDelay);
    counts.persist.add(fragment.keptAt - receivedAt);
    tell('persisted', fragment);
    // By the clock of another process it would have some time left. What cannot be written down is the store's to tell.
    if (departures.isArchived(fragment)) await this.#parts.cleared()?.catch(() => undefined);
    return true;
  }

  #isThere(fragment: Fragment): boolean {
    return this.#parts.index.kept.get(fragment.number) === fragment;
  }
}
