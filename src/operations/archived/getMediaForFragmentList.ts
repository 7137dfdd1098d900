import type { FragmentLog } from '../../domain/fragments/fragmentLog.ts';
import { FragmentReader, type ReaderSession } from '../../domain/fragments/fragmentReader.ts';
import { nextOf } from '../../domain/fragments/nextOf.ts';
import { KeyError, readingError } from '../../domain/keys/keyError.ts';
import { Reading } from '../../domain/limits/reading.ts';
import type { StreamCounts } from '../../domain/metrics/counts.ts';
import { documentHead, errorDocument } from '../../packaging/documents.ts';
import { streamRef } from '../../protocol/commonShapes.ts';
import { serviceError } from '../../protocol/errors.ts';
import { list, required, string, structure } from '../../protocol/shapes.ts';
import { BodyReadError, bytesOperation } from '../operation.ts';

/** As captured from the service; GetMedia's documentation has another id for the same thing. */
const FRAGMENT_NOT_FOUND = { code: 'FRAGMENT_NOT_FOUND', id: 3000 };

/** Archived fragments by their numbers, in the order of the list. */
export const getMediaForFragmentList = bytesOperation({
  name: 'GetMediaForFragmentList',
  plane: 'archived',
  path: '/getMediaForFragmentList',
  actsOn: 'activeStream',
  kind: 'bytes',
  contentType: 'video/webm',
  input: structure({
    ...streamRef,
    Fragments: required(list(string({ min: 1, max: 128, pattern: '^[0-9]+$' }), { min: 1, max: 1000 })),
  }),
  async handle(context, { Fragments: numbers }, stream) {
    const { fragments } = stream;
    const foreign = numbers.filter((number) => !fragments.gave(number));
    if (foreign.length > 0) throw serviceError('fragmentNumbersInvalid', foreign.join(', '));
    context.spend(stream, { media: numbers.length });
    const reading = new Reading(context.throttle, 'GetMediaForFragmentList', stream, context.pacer(stream));
    context.atEnd(context.throttle.watch(reading));
    return documents(fragments, numbers, context.principal, reading, stream.counts);
  },
});

async function* documents(
  fragments: FragmentLog,
  numbers: readonly string[],
  principal: string,
  reading: Reading,
  counts: StreamCounts,
): AsyncGenerator<Uint8Array> {
  const session: ReaderSession = { reader: principal };
  const sent = counts.of('GetMediaForFragmentList');
  for (const number of numbers) {
    const fragment = fragments.archivedFragment(number);
    if (fragment === undefined) yield* errorDocument(FRAGMENT_NOT_FOUND, number);
    else {
      let reader: FragmentReader;
      try {
        reader = await FragmentReader.open(fragments, fragment, session);
      } catch (error) {
        if (!(error instanceof KeyError)) throw error;
        yield* errorDocument(readingError(error), number);
        continue;
      }
      try {
        // It turned out that it cannot be read.
        if (reader.head === undefined || reader.cut) {
          yield* errorDocument(FRAGMENT_NOT_FOUND, number);
          continue;
        }
        await reading.begin(number);
        yield* documentHead(fragment, reader.head);
        for (let next = nextOf(reader); next !== undefined; next = nextOf(reader)) {
          const bytes = next instanceof Promise ? await next : next;
          if (bytes === undefined) break;
          sent.bytes += bytes.length;
          if (reading.on) yield* reading.pieces(bytes);
          else yield bytes;
        }
        // Nobody may take it for whole.
        if (reader.cut) throw new BodyReadError(`fragment ${number} went while it was being read`);
        sent.fragments += 1;
        sent.frames += fragment.frames;
        counts.mediaRead += 1;
      } finally {
        reader.close();
      }
    }
  }
}
