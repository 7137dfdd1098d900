import type { Session } from '../../domain/sessions/session.ts';
import type { PlaybackMode, SessionSettings } from '../../domain/sessions/settings.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import { type Output, refusalOf } from '../../packaging/trackRules.ts';
import { streamRef } from '../../protocol/commonShapes.ts';
import { serviceError } from '../../protocol/errors.ts';
import { integer, object, oneOf, timestamp } from '../../protocol/shapes.ts';
import { axisOf, type SelectorType } from '../axis.ts';
import type { Context } from '../operation.ts';
import { checkRange } from './timeRange.ts';

/** What the two calls that open a session have in common. */
export const sessionMembers = {
  ...streamRef,
  PlaybackMode: oneOf('LIVE', 'LIVE_REPLAY', 'ON_DEMAND'),
  DisplayFragmentTimestamp: oneOf('ALWAYS', 'NEVER'),
  Expires: integer({ min: 300, max: 43_200 }),
};
export const sessionSelector = object({
  FragmentSelectorType: oneOf('PRODUCER_TIMESTAMP', 'SERVER_TIMESTAMP'),
  TimestampRange: object({ StartTimestamp: timestamp(), EndTimestamp: timestamp() }),
});

interface Given {
  readonly PlaybackMode?: PlaybackMode;
  readonly DisplayFragmentTimestamp?: 'ALWAYS' | 'NEVER';
  readonly Expires?: number;
}
interface Selector {
  readonly FragmentSelectorType?: SelectorType;
  readonly TimestampRange?: { readonly StartTimestamp?: number; readonly EndTimestamp?: number };
}
type Choices = Pick<SessionSettings, 'protocol' | 'container' | 'showNumbers'> & {
  /** The selector's name on the wire. */
  readonly selectorName: string;
  readonly max: number | undefined;
  readonly discontinuity: SessionSettings['discontinuity'] | undefined;
};

/** Where a session's resources begin, as this caller reaches them. */
export const sessionUrl = (context: Context, { stream, token }: Session, path: `/${string}`): string =>
  `${context.dataEndpoint('archived', stream.record.arn)}${path}?SessionToken=${token}`;

/** Opens a session as a request asks for it, or throws what is wrong with the request or the stream. */
export async function openSession(
  context: Context,
  stream: Stream,
  given: Given,
  selector: Selector | undefined,
  choices: Choices,
): Promise<Session> {
  const { limits } = context;
  const mode = given.PlaybackMode ?? 'LIVE';
  const { start, end } = rangeOf(mode, selector, choices.selectorName);
  const type = selector?.FragmentSelectorType ?? 'SERVER_TIMESTAMP';
  const axis = axisOf(type);
  const { protocol, container, showNumbers } = choices;
  checkRange(context, stream, protocol, { axis, start, end });
  const settings: SessionSettings = {
    protocol,
    container,
    showNumbers,
    mode,
    axis,
    start,
    end,
    max: Math.min(
      choices.max ?? limits.of(mode === 'ON_DEMAND' ? 'session.playlist' : 'session.livePlaylist', stream),
      limits.of('session.playlistFragments', stream),
    ),
    discontinuity: choices.discontinuity ?? (type === 'SERVER_TIMESTAMP' ? 'ALWAYS' : 'NEVER'),
    showTimestamps: given.DisplayFragmentTimestamp === 'ALWAYS',
    expiresSeconds: given.Expires ?? limits.of('session.expires', stream),
  };
  const output: Output = protocol === 'DASH' ? 'DASH' : container === 'MPEG_TS' ? 'HLS_TS' : 'HLS_FMP4';
  return context.sessions.open(stream, context.principal, settings, (media) => {
    const refusal = refusalOf(media, output);
    if (refusal === undefined) return;
    if (refusal.error === 'missingCodecPrivateData') throw serviceError(refusal.error, refusal.track);
    // GetClip alone has an error for frames.
    throw serviceError(
      refusal.error === 'invalidMediaFrame' ? 'unsupportedStreamMediaType' : refusal.error,
      refusal.text,
    );
  });
}

function rangeOf(
  mode: PlaybackMode,
  selector: Selector | undefined,
  name: string,
): { start: number | undefined; end: number | undefined } {
  const range = selector?.TimestampRange;
  if (mode === 'LIVE') {
    if (range === undefined) return { start: undefined, end: undefined };
    throw serviceError('invalidArgument', `${name}.TimestampRange must not be given if PlaybackMode is LIVE.`);
  }
  const missing = (member: string) =>
    serviceError('invalidArgument', `${member} must be given if PlaybackMode is ${mode}.`);
  if (selector === undefined) throw missing(name);
  if (selector.FragmentSelectorType === undefined) throw missing(`${name}.FragmentSelectorType`);
  if (range === undefined) throw missing(`${name}.TimestampRange`);
  const { StartTimestamp: start, EndTimestamp: end } = range;
  if (start === undefined) throw missing(`${name}.TimestampRange.StartTimestamp`);
  if (end === undefined && mode === 'ON_DEMAND') throw missing(`${name}.TimestampRange.EndTimestamp`);
  return { start, end };
}
