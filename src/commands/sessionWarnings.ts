import { admin } from '../client/call.ts';
import type { ClientOptions } from '../client/request.ts';

/** What works on the emulator and would not on AWS. */
export interface SessionWarning {
  readonly difference: string;
  readonly text: string;
}

/**
 * What the emulator's journal has warned of about a request. Nothing if there is no such journal, as on AWS, or it cannot
 * be asked: the upload itself is what counts.
 */
export async function sessionWarnings(
  options: ClientOptions,
  requestId: string | undefined,
): Promise<SessionWarning[]> {
  if (requestId === undefined || options.signal?.aborted) return [];
  try {
    const query = `requestId=${encodeURIComponent(requestId)}`;
    const answer = await admin<{ requests?: { warnings?: unknown[] }[] }>(options, 'GET', '/requests', { query });
    return (answer.requests?.[0]?.warnings ?? []).filter(isWarning);
  } catch {
    return [];
  }
}

function isWarning(value: unknown): value is SessionWarning {
  const { difference, text } = (value ?? {}) as Partial<SessionWarning>;
  return typeof difference === 'string' && typeof text === 'string';
}
