import type { RequestEntry } from '../emulator/requestEntry.ts';
import type { RequestFilter } from '../emulator/requestsControl.ts';
import { lookingAt } from './looking.ts';

/** An acknowledgement, of the PutMedia client or of the journal. */
interface Ack {
  readonly EventType: string;
  readonly FragmentNumber?: string;
  readonly FragmentTimecode?: number | bigint;
  readonly ErrorId?: number;
  readonly ErrorCode?: string;
}

/** What `expect(...)` has besides. `R` is what the test runner's matchers return. */
export interface KinesisVideoMatchers<R = unknown> {
  /**
   * Of acknowledgements (all that `putMedia` gave, or those of a request of the journal): each fragment was persisted, as many
   * as said, one at least, and none was refused.
   */
  toHaveBeenPersisted(fragments?: number): R;
  /** Of an account or emulator: the stream has so many fragments in the archive, or any at all. To be awaited. */
  toHaveFragments(stream: string, fragments?: number): Promise<R>;
  /** Of an account or emulator: such requests were made, so many or any at all. To be awaited. */
  toHaveRequested(filter: string | RequestFilter, times?: number): Promise<R>;
  /** Of an account or emulator: nothing was asked of it that works here and would not on AWS. To be awaited. */
  toHaveNoWarnings(): Promise<R>;
}

interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}
/** `found` says what was there instead, whichever way it was asked. */
const verdict = (pass: boolean, [who, what]: readonly [string, string], found: string): Verdict => ({
  pass,
  message: () => `Expected ${who} ${pass ? 'not ' : ''}${what}. ${found}`,
});

/** Waited for by whoever asks it. */
interface Matchers {
  toHaveBeenPersisted(received: unknown, fragments?: number): Verdict;
  toHaveFragments(received: unknown, stream: string, fragments?: number): Promise<Verdict>;
  toHaveRequested(received: unknown, filter: string | RequestFilter, times?: number): Promise<Verdict>;
  toHaveNoWarnings(received: unknown): Promise<Verdict>;
}

const enough = (count: number, wanted: number | undefined): boolean =>
  wanted === undefined ? count > 0 : count === wanted;
const some = (wanted: number | undefined, what: string): string =>
  wanted === undefined ? `one or more ${what}s` : many(wanted, what);
const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** So many are shown of what there is a lot of. */
const SHOWN = 10;
const shown = (all: readonly string[], between: string): string =>
  [...all.slice(0, SHOWN), ...(all.length > SHOWN ? [`and ${all.length - SHOWN} more`] : [])].join(between);

/** For `expect.extend`, of vitest and of jest alike. */
export const matchers: Matchers = {
  toHaveBeenPersisted(received, fragments) {
    const acks = acksOf(received);
    const numbers = (type: string): Set<unknown> =>
      new Set(
        acks.filter(({ EventType }) => EventType === type).map((ack) => ack.FragmentNumber ?? ack.FragmentTimecode),
      );
    const persisted = numbers('PERSISTED');
    const begun = numbers('BUFFERING');
    const open = [...begun].filter((one) => !persisted.has(one));
    const refused = acks.filter(({ EventType }) => EventType === 'ERROR');
    const found = [
      persisted.size === 1 ? '1 was' : `${persisted.size} were`,
      ...(open.length === 0
        ? []
        : [`${open.length} ${open.length === 1 ? 'was' : 'were'} begun and not: ${shown(open.map(String), ', ')}`]),
      ...refused.slice(0, SHOWN).map(({ ErrorId, ErrorCode }) => `one was refused with ${ErrorId} ${ErrorCode}`),
      ...(acks.length === 0 ? ['there are no acknowledgements'] : []),
    ].join('; ');
    const pass = refused.length === 0 && open.length === 0 && enough(persisted.size, fragments);
    return verdict(pass, [some(fragments, 'fragment'), 'to have been persisted'], `${found}.`);
  },

  async toHaveFragments(received, stream, fragments) {
    const all = await lookingAt(received).fragments(stream);
    const archived = all.filter(({ state }) => state === 'persisted').map(({ number }) => number);
    const others = all.length - archived.length;
    const found = [
      `It has ${archived.length}`,
      archived.length === 0 ? '' : `: ${shown(archived, ', ')}`,
      others === 0 ? '' : `, and ${others} that ${others === 1 ? 'is' : 'are'} not in the archive`,
    ].join('');
    return verdict(enough(archived.length, fragments), [stream, `to have ${some(fragments, 'fragment')}`], `${found}.`);
  },

  async toHaveRequested(received, filter, times) {
    const wanted = typeof filter === 'string' ? { operation: filter } : filter;
    const look = lookingAt(received);
    const { requests, dropped } = await look.requests(wanted);
    const all = requests.length > 0 ? requests : (await look.requests({})).requests;
    const found = [
      requests.length === 1 ? 'There was 1' : `There were ${requests.length}`,
      requests.length > 0 ? ': ' : '; of all: ',
      summary(all),
      dropped === 0 ? '' : `; ${dropped} were forgotten, since the journal has the last 1,000`,
    ].join('');
    const which = `${some(times, 'request')} like ${JSON.stringify(wanted)}`;
    return verdict(enough(requests.length, times), [which, 'to have been made'], `${found}.`);
  },

  async toHaveNoWarnings(received) {
    const { requests } = await lookingAt(received).requests({});
    const texts = requests.flatMap(({ operation, path, warnings }) =>
      warnings.map(({ text }) => `${operation ?? path}: ${text}`),
    );
    const found =
      texts.length === 0
        ? `There were no warnings; requests: ${summary(requests)}.`
        : `There ${texts.length === 1 ? 'was 1 warning' : `were ${texts.length} warnings`}:\n${shown(texts, '\n')}`;
    return verdict(texts.length === 0, ['what was asked', 'to work on AWS, too'], found);
  },
};

/** Each kind once, with how many of it there were. */
function summary(requests: readonly RequestEntry[]): string {
  const counts = new Map<string, number>();
  for (const { operation, path, stream, channel, status } of requests) {
    const about = stream ?? channel;
    const kind = `${operation ?? path}${about === null ? '' : ` ${about}`} ${status ?? 'unanswered'}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const kinds = [...counts].map(([kind, count]) => (count === 1 ? kind : `${count} x ${kind}`));
  return shown(kinds, ', ') || 'none';
}

function acksOf(received: unknown): readonly Ack[] {
  const list = Array.isArray(received) ? received : [received];
  return list.flatMap((one: unknown): Ack[] => {
    if (typeof one === 'object' && one !== null && 'EventType' in one) return [one as Ack];
    if (typeof one === 'object' && one !== null && 'acks' in one) return (one as { acks: Ack[] }).acks;
    throw new TypeError('toHaveBeenPersisted wants the acknowledgements of putMedia, or a request of the journal.');
  });
}
