import { isCounted } from '../../domain/metrics/counts.ts';
import { Session } from '../../domain/sessions/session.ts';
import { Stream } from '../../domain/streams/stream.ts';
import { monotonicNow } from '../../runtime/wall.ts';
import type { Passage } from './passage.ts';

/** What of an outcome is counted. */
interface Answered {
  readonly kind: string;
  /** Of a resource. */
  readonly body?: string | Uint8Array;
}

/** Counts a call that is about a stream, now that it is known what becomes of it. */
export function count(passage: Passage, outcome: Answered): void {
  const { operation, began } = passage;
  if (began === undefined) return;
  const stream = streamOf(passage.acted);
  if (stream === undefined || !isCounted(operation.name)) return;
  const counts = stream.counts.of(operation.name);
  counts.requests += 1;
  if (outcome.kind !== 'refusal' && outcome.kind !== 'gone') counts.succeeded += 1;
  counts.latency.add(monotonicNow() - began);
  if (outcome.kind === 'resource') counts.bytes += outcome.body?.length ?? 0;
}

function streamOf(acted: unknown): Stream | undefined {
  if (acted instanceof Stream) return acted;
  return acted instanceof Session ? acted.stream : undefined;
}
