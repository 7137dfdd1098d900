import { sliceOver, turn } from '../../runtime/slices.ts';
import type { Turnstile } from '../../runtime/turnstile.ts';
import type { FragmentNews } from '../events/events.ts';
import { type Payload, type PayloadDraft, type PayloadShelf, type Reader, type Reading, StoreError } from '../ports.ts';
import { nextOf } from './nextOf.ts';
import type { FragmentHeader, SharedHeader } from './sharedHeader.ts';

/**
 * What a fragment takes of the heap besides its bytes: itself, its places in three trees, its payload. Measured: some 700
 * bytes that are held, and as much again that is garbage before V8 looks for it, for those that come and go.
 */
export const FRAGMENT_COST = 2048;
/** A header's, with what its session knows of it. */
export const HEADER_COST = 1024;

/** Room that a header takes as long as any fragment uses it. */
export const headerCost = ({ size }: SharedHeader): number => HEADER_COST + size;

/**
 * `open` while its bytes come; `complete` when all have come; `failed` when they never will. A complete fragment that
 * has been `persisted` is in the archive; one that has not is only in the hot buffer of a stream without retention.
 */
export type FragmentState = 'open' | 'complete' | 'failed';

/** What all fragments of a stream have in common. */
export interface FragmentHome {
  readonly shelf: Pick<PayloadShelf, 'unseal'>;
  /** Its bytes are not in the store any more, as `cause` says: to be told, so that it is gone for all. */
  readonly lost: (fragment: Fragment, cause: Error) => void;
  /** Where those pass who need whole fragments in the clear. */
  readonly clear: Pick<Turnstile, 'enter' | 'leave'>;
}

export interface Fragment {
  /** 47 digits; ascending in the order in which fragments began. */
  readonly number: string;
  /** When its reception began, in ms since the epoch on the emulator's clock. */
  readonly begunAt: number;
  /**
   * Its server timestamp: when its reception began, or as much later as it takes to come after that of the fragment
   * before. No two of a stream have the same, and they ascend with the numbers.
   */
  readonly serverTime: number;
  /** Its Cluster's timestamp as a time of day, in ms since the epoch. */
  readonly producerTime: number;
  /** The Cluster's timestamp as sent, in ticks. */
  readonly timecode: bigint;
  readonly header: SharedHeader;
  /** True for a document's first: tags in front of its Cluster are its own. */
  readonly first: boolean;
  /**
   * Bytes that stood in front of its Cluster while no fragment was open: metadata sent after END_OF_FRAGMENT. In the clear
   * until it is `sealed`.
   */
  leading: Uint8Array;
  /** How many those are, sealed or not. */
  readonly leadingSize: number;
  readonly home: FragmentHome;
  state: FragmentState;
  /** All that there is of it lies as it is to be kept. */
  sealed: boolean;
  persisted: boolean;
  /** When it came into the archive, in ms since the epoch on the emulator's clock; 0 as long as it has not. */
  keptAt: number;
  /** Where its bytes are while it is open or hot; undefined once they are in the archive, or gone. */
  draft: PayloadDraft | undefined;
  /** Where they are in the archive. */
  payload: Payload | undefined;
  /** Bytes from the Cluster's id up to the next Cluster. */
  size: number;
  /** From its first frame to its last, in ms, without the duration of the last. */
  lengthMs: number;
  /** How many it has, of all tracks. */
  frames: number;
  /** Another one that has the same header and the same bytes, if this is made of that. */
  readonly original?: Fragment;
}

/** Says what has become of a fragment, and when if that is not now. */
export type TellFragment = (state: FragmentNews, fragment: Fragment, time?: number) => void;

/** True once its bytes are the store's no longer. */
export const isGone = ({ draft, payload, persisted }: Fragment): boolean =>
  payload === undefined ? draft === undefined : !persisted;

/** A fragment as a reader is given it. */
export interface Opened {
  readonly header: FragmentHeader;
  readonly leading: Uint8Array;
  readonly reading: Reading;
}

/** What `sealed` leading bytes are called. */
const LEADING = 'leading';

/** Puts what belongs to the fragment besides its bytes as it is to be kept. Its draft has ended. */
export function sealRest(fragment: Fragment, draft: PayloadDraft): void {
  fragment.header.seal(draft, fragment.number);
  if (fragment.leading.length > 0) fragment.leading = draft.seal(LEADING, fragment.leading);
  setSealed(fragment);
}

/** It is sealed, or never will be: what was in the clear on its account needs to be so no longer. */
export function setSealed(fragment: Fragment): void {
  if (fragment.sealed) return;
  fragment.sealed = true;
  fragment.header.letGo();
}

/** For a reader; undefined if it is gone, or turns out to be. Rejects with a StoreError of another kind. */
export async function openFragment(
  fragment: Fragment,
  reader: Reader,
  known?: { readonly of: SharedHeader; readonly header: FragmentHeader },
): Promise<Opened | undefined> {
  const { header: shared, payload, draft, leading, sealed, number, home } = fragment;
  const { shelf } = home;
  const source = payload ?? draft;
  if (source === undefined) return undefined;
  try {
    const reading = await source.open(reader);
    const header = known?.of === shared ? known.header : await shared.open(shelf, reader);
    const front = sealed && leading.length > 0 ? await shelf.unseal(number, LEADING, leading, reader) : leading;
    return { header, leading: front, reading };
  } catch (error) {
    if (!isLoss(error)) throw error;
    home.lost(fragment, error);
    return undefined;
  }
}

export const isLoss = (error: unknown): error is StoreError =>
  error instanceof StoreError && error.kind === 'unreadable';

/** Whether that reader may have the fragment: throws, or rejects with, a StoreError if not. */
export function admit({ payload, draft }: Fragment, reader: Reader): void | Promise<void> {
  return (payload ?? draft)?.admit(reader);
}

/** A whole fragment in the clear: what stands in front of its bytes, and those in pieces. */
export interface WholeFragment extends Omit<Opened, 'reading'> {
  readonly pieces: readonly Uint8Array[];
}

/**
 * Hands over whole fragments, as long as `use` takes; undefined for one that is gone, or turns out to be. Where many want
 * many at once they wait for each other. Rejects with a StoreError if one may not be read.
 */
export async function withWhole<T>(
  fragments: readonly Fragment[],
  reader: Reader,
  use: (whole: readonly (WholeFragment | undefined)[]) => T | Promise<T>,
): Promise<T> {
  const opened: (Opened | undefined)[] = [];
  for (const fragment of fragments) opened.push(await openFragment(fragment, reader));
  const clear = fragments[0]?.home.clear;
  const bytes = fragments.reduce((sum, { size }) => sum + size, 0);
  const waits = clear?.enter(bytes);
  if (waits !== undefined) await waits;
  try {
    const whole: (WholeFragment | undefined)[] = [];
    for (const [at, fragment] of fragments.entries()) whole.push(await wholeOf(fragment, opened[at]));
    return await use(whole);
  } finally {
    clear?.leave(bytes);
  }
}

async function wholeOf(fragment: Fragment, opened: Opened | undefined): Promise<WholeFragment | undefined> {
  if (opened === undefined || isGone(fragment)) return undefined;
  const { header, leading, reading } = opened;
  const pieces: Uint8Array[] = [];
  try {
    for (let next = nextOf(reading); next !== undefined; next = nextOf(reading)) {
      const piece = next instanceof Promise ? await next : next;
      if (piece !== undefined) pieces.push(piece);
      if (sliceOver()) await turn();
    }
  } catch (error) {
    if (!isLoss(error)) throw error;
    fragment.home.lost(fragment, error);
  }
  // It may have gone meanwhile.
  return isGone(fragment) ? undefined : { header, leading, pieces };
}
