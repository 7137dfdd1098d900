import { distance } from 'fastest-levenshtein';
import type { JournalEntry } from '../domain/journal/journal.ts';
import type { Services } from '../operations/operation.ts';

/** So many names are compared: a hint is not worth more. */
const MOST_COMPARED = 1000;
const MOST_TOLD = 3;

/** What somebody may have meant who asked for a stream or channel that was not found, in words. */
export function near(
  { streams, channels }: Pick<Services, 'streams' | 'channels'>,
  { account, region, resource: name, names: kind }: JournalEntry,
): string | undefined {
  if (name === undefined) return undefined;
  const scope = { account, region };
  const [wanted, other] = kind === 'stream' ? [streams, channels] : [channels, streams];
  const { here, elsewhere, deleted } = wanted.traces(scope, name);
  if (here !== undefined) return `${name} is ${here.record.status}: ${here.record.arn}`;
  const hints: string[] = [];
  if (deleted) hints.push(`${name} has been deleted`);
  if (elsewhere !== undefined) {
    const where = [
      ...(elsewhere.account === account ? [] : [`account ${elsewhere.account}`]),
      ...(elsewhere.region === region ? [] : [elsewhere.region]),
    ];
    hints.push(`there is a ${kind} ${name} in ${where.join(', ')}`);
  }
  if (other.traces(scope, name).here !== undefined) {
    hints.push(`${name} is a ${kind === 'stream' ? 'signaling channel' : 'stream'}`);
  }
  const similar = similarNames(wanted.all(scope), name);
  if (similar.length > 0) hints.push(`there is ${similar.join(', ')}`);
  return hints.length === 0 ? undefined : hints.join('; ');
}

/** Names that are two letters away at most; of a short one, one. */
function similarNames(all: Iterable<{ readonly record: { readonly name: string } }>, wanted: string): string[] {
  const found: string[] = [];
  const text = wanted.toLowerCase();
  const most = wanted.length < 3 ? 1 : 2;
  let left = MOST_COMPARED;
  for (const { record } of all) {
    if (left-- === 0 || found.length === MOST_TOLD) break;
    if (distance(text, record.name.toLowerCase()) <= most) found.push(record.name);
  }
  return found;
}
