import type { Fragment } from '../../domain/fragments/fragment.ts';
import type { TimeAxis } from '../../domain/fragments/fragmentIndex.ts';
import type { FragmentLog } from '../../domain/fragments/fragmentLog.ts';
import { type FragmentRange, oldestRecording, rangeAt, select, selected } from '../../domain/fragments/selection.ts';
import type { LimitName } from '../../domain/limits/limitTable.ts';
import { imageForm, streamRef } from '../../protocol/commonShapes.ts';
import { serviceError } from '../../protocol/errors.ts';
import { Timestamp } from '../../protocol/restJson.ts';
import { type Infer, integer, long, oneOf, required, string, structure, timestamp } from '../../protocol/shapes.ts';
import { turn } from '../../runtime/slices.ts';
import { axisOf } from '../axis.ts';
import { jsonOperation } from '../operation.ts';
import { imagesAt } from './imagesAt.ts';
import { sampleTimes } from './sampleTimes.ts';
import { checkRange } from './timeRange.ts';

const DEFAULT_QUALITY = 80;
/** Of metadata, besides one for each image. */
const IMAGES_POINTS = 400;

const input = structure({
  ...streamRef,
  ImageSelectorType: required(oneOf('PRODUCER_TIMESTAMP', 'SERVER_TIMESTAMP')),
  StartTimestamp: required(timestamp()),
  EndTimestamp: required(timestamp()),
  SamplingInterval: integer(),
  ...imageForm,
  MaxResults: long({ min: 1, max: 100 }),
  NextToken: string({ min: 1, max: 4096, pattern: '[a-zA-Z0-9+/]+={0,2}' }),
});
type Given = Infer<typeof input>;

/** Pictures of a range of time, one each SamplingInterval, a page at a time. */
export const getImages = jsonOperation({
  name: 'GetImages',
  plane: 'archived',
  path: '/getImages',
  actsOn: 'activeStream',
  kind: 'json',
  input,
  async handle(context, given, stream) {
    const { StartTimestamp: start, EndTimestamp: end, Format: format } = given;
    const axis = axisOf(given.ImageSelectorType);
    const range = { axis, start, end };
    const continued = given.NextToken !== undefined;
    if (!continued) checkRange(context, stream, 'GetImages', range);
    const limit = (name: LimitName): number => context.limits.of(name, stream);
    checkSampling(given, limit('GetImages.minInterval'));
    const options = { format, quality: qualityOf(given), size: sizeOf(given) };
    const interval = given.SamplingInterval ?? limit('GetImages.interval');
    const { record, fragments } = stream;
    const query = queryOf(record.arn, axis, given, interval);
    const from = given.NextToken ? Number(fragments.tokens.open(query, given.NextToken)) : 0;
    const times = sampleTimes({ start, end, interval });
    // Also of those who ask for more.
    const most = limit('GetImages.perPage');
    const wanted = Math.min(given.MaxResults ?? most, most);
    context.spend(stream, { metadata: IMAGES_POINTS + wanted, media: wanted });
    const page = times.slice(from, from + wanted);
    const found = await upToTime(fragments, rangeAt(context.now, fragments, range), page.at(-1) ?? start);
    if (!continued && found.length === 0) throw serviceError('noFragments', 'image');
    const last = Math.max(end, found.at(-1)?.[axis] ?? end);
    const [following] = await select(
      fragments,
      { axis, start: last + 1, end: last + limit('fragment.maxDuration') },
      1,
    );
    const images = await imagesAt(context, stream, { axis, fragments: found, following, times: page, ...options });
    const kept = upTo(images, limit('GetImages.bytes'));
    const next = from + kept.length;
    return {
      Images: kept.map(({ time, content, error }) => ({
        Error: error,
        ImageContent: content,
        TimeStamp: new Timestamp(time),
      })),
      NextToken: next < times.length ? fragments.tokens.seal(query, String(next)) : null,
    };
  },
});

/** The range's fragments up to the first that begins behind `time`: no page looks at what follows. */
async function upToTime(log: FragmentLog, range: FragmentRange, time: number): Promise<Fragment[]> {
  const found: Fragment[] = [];
  for (const fragment of selected(log, range, await oldestRecording(log, range))) {
    if (fragment === undefined) await turn();
    else if (found.push(fragment) && fragment[range.axis] > time) break;
  }
  return found;
}

function checkSampling({ SamplingInterval: interval }: Given, shortest: number): void {
  if (interval !== undefined && interval < shortest) {
    throw serviceError('invalidArgument', `SamplingInterval must be at least ${shortest} milliseconds.`);
  }
}

function qualityOf({ FormatConfig: config }: Given): number {
  const text = config?.get('JPEGQuality');
  if (text === undefined) return DEFAULT_QUALITY;
  const quality = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (quality >= 1 && quality <= 100) return quality;
  throw serviceError('invalidArgument', 'JPEGQuality must be a whole number from 1 to 100.');
}

function sizeOf({ WidthPixels: width, HeightPixels: height }: Given): { width: number; height: number } | undefined {
  if (width === undefined && height === undefined) return undefined;
  if (width !== undefined && height !== undefined) return { width, height };
  throw serviceError('invalidArgument', 'WidthPixels and HeightPixels must be given both or neither.');
}

/** What a token goes on with: all that decides which image is the next. */
const queryOf = (arn: string, axis: TimeAxis, given: Given, interval: number): string[] => [
  ...['GetImages', arn, axis, String(given.StartTimestamp), String(given.EndTimestamp), String(interval)],
  given.Format,
];

function upTo<T extends { readonly content: string | undefined }>(images: readonly T[], bytes: number): T[] {
  let total = 0;
  const end = images.findIndex(({ content }, at) => {
    total += content?.length ?? 0;
    return at > 0 && total > bytes;
  });
  return images.slice(0, end < 0 ? images.length : end);
}
