import type { PayloadDraft } from '../ports.ts';
import type { Fragment, FragmentHome } from './fragment.ts';

/** What is known of a fragment when it begins. */
export interface FragmentSpec extends Pick<Fragment, 'producerTime' | 'timecode' | 'header' | 'first' | 'leading'> {
  /** Who sends it: the ARN of a principal. */
  readonly writer: string;
  /** When its reception began, for media that is placed in the past; now by default. */
  readonly begunAt?: number | undefined;
}

/** A fragment of which nothing has come yet. */
export function begunFragment(
  { producerTime, timecode, header, first, leading }: FragmentSpec,
  { number, serverTime }: Pick<Fragment, 'number' | 'serverTime'>,
  begunAt: number,
  home: FragmentHome,
  draft: PayloadDraft,
): Fragment {
  header.hold();
  // Member by member: of a literal with a spread in it V8 makes a hidden class for every object.
  return {
    number,
    begunAt,
    serverTime,
    producerTime,
    timecode,
    header,
    first,
    leading,
    leadingSize: leading.length,
    home,
    state: 'open',
    sealed: false,
    persisted: false,
    keptAt: 0,
    draft,
    payload: undefined,
    size: 0,
    lengthMs: 0,
    frames: 0,
  };
}
