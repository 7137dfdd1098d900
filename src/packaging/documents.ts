// What GetMedia and GetMediaForFragmentList send: every fragment as a Matroska document of its own, with tags of the
// service around the producer's bytes.

import { writeElements } from '../media/ebml/writer.ts';
import { ID } from '../media/matroska/ids.ts';
import { writeTags } from '../media/matroska/tags.ts';

const FRAGMENT_NUMBER = 'AWS_KINESISVIDEO_FRAGMENT_NUMBER';

/** What of a fragment its document's head shows. */
export interface DocumentFragment {
  readonly number: string;
  readonly serverTime: number;
  readonly producerTime: number;
  readonly first: boolean;
}

/** What stands in front of its bytes, in the clear. */
export interface DocumentFront {
  readonly header: { readonly bytes: Uint8Array; readonly bytesWithoutTags: Uint8Array };
  readonly leading: Uint8Array;
}

/** Seconds with exactly three decimals. */
const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** Everything in front of the fragment's own bytes. */
export function documentHead(fragment: DocumentFragment, { header, leading }: DocumentFront): Uint8Array[] {
  const head = [fragment.first ? header.bytes : header.bytesWithoutTags];
  if (leading.length > 0) head.push(leading);
  head.push(
    writeTags([
      [FRAGMENT_NUMBER, fragment.number],
      ['AWS_KINESISVIDEO_SERVER_TIMESTAMP', seconds(fragment.serverTime)],
      ['AWS_KINESISVIDEO_PRODUCER_TIMESTAMP', seconds(fragment.producerTime)],
    ]),
  );
  return head;
}

/** What GetMedia puts behind the fragment's bytes. */
export const documentTail = (number: string, millisBehindNow: number): Uint8Array =>
  writeTags([
    ['AWS_KINESISVIDEO_MILLIS_BEHIND_NOW', String(millisBehindNow)],
    ['AWS_KINESISVIDEO_CONTINUATION_TOKEN', number],
  ]);

const SEGMENT_OF_UNKNOWN_SIZE = Uint8Array.of(0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
const ERROR_EBML = writeElements([
  {
    id: ID.EBML,
    content: [
      { id: ID.DocType, content: 'matroska', sizeLength: 1 },
      { id: ID.DocTypeVersion, content: Uint8Array.of(2), sizeLength: 1 },
      { id: ID.DocTypeReadVersion, content: Uint8Array.of(2), sizeLength: 1 },
    ],
  },
]);

/** A document that says why there is no fragment: a Segment with tags and no Cluster. */
export const errorDocument = (error: { code: string; id: number }, fragmentNumber: string): Uint8Array[] => [
  ERROR_EBML,
  SEGMENT_OF_UNKNOWN_SIZE,
  writeTags([
    ['AWS_KINESISVIDEO_ERROR_CODE', error.code],
    ['AWS_KINESISVIDEO_ERROR_ID', String(error.id)],
    [FRAGMENT_NUMBER, fragmentNumber],
  ]),
];
