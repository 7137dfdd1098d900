import type { Chosen, Limited, Limits, Mode, Numbers, StreamLimits } from '../domain/limits/limits.ts';
import { type LimitName, limitTable, type Profile } from '../domain/limits/limitTable.ts';
import { MOST_SHARDS } from '../domain/limits/shardTag.ts';
import type { Scope } from '../domain/resources/scope.ts';
import { integer, map, object, oneOf, required, string } from '../protocol/shapes.ts';
import { ControlError } from './controlError.ts';
import { type ControlTable, readControl } from './controlInput.ts';
import { type GaugeParts, gaugesOf, gaugesOfStream, type LimitGauge } from './gauges.ts';
import { checkNames, type LimitValues, numbersOf, overridesShape, told } from './limitValues.ts';
import { account, region } from './whereShapes.ts';

const HINT = 'Give any of {"profile": "aws"}, {"mode": "reject"}, {"overrides": {"GetMedia.rate": 1}}.';
const STREAM_HINT = 'Give any of {"shards": 4}, {"mode": "reject"}, {"overrides": {"GetMedia.rate": 1}}.';
const MOST_STREAMS = 10_000;
const MOST_GAUGES = 1000;

const profile = { ...oneOf('off', 'aws', 'shards'), means: 'the table of numbers' };
const mode = { ...oneOf('pace', 'reject'), means: 'what becomes of a producer that sends too much' };
const overrides = { ...overridesShape, means: 'numbers that are others than the table’s, by name; null is no limit' };
const shards = integer({ min: 1, max: MOST_SHARDS, means: 'how many shards the stream has' });
const streamName = string({
  min: 1,
  max: 256,
  pattern: '[a-zA-Z0-9_.-]+',
  means: 'the name of a stream, there or not',
});

export const limitsQuery = {
  subject: 'What is asked of limits',
  hint: 'Give account or region, or neither.',
  members: { account, region },
} as const satisfies ControlTable;

export const limitsChange = {
  subject: 'What is done to limits',
  hint: HINT,
  members: {
    account: { ...account, means: 'overrides of this account alone, 12 digits' },
    region: { ...region, means: 'the region of the streams' },
    profile,
    mode,
    overrides,
    streams: map(streamName, object({ shards, mode, overrides }), { max: MOST_STREAMS }),
  },
  ignores: ['effective', 'gauges'],
} as const satisfies ControlTable;

export const streamLimitsQuery = {
  subject: 'The limits of a stream',
  hint: STREAM_HINT,
  members: { name: required(streamName), account, region },
} as const satisfies ControlTable;

export const streamLimitsChange = {
  subject: 'What is done to the limits of a stream',
  hint: STREAM_HINT,
  members: { name: required(streamName), account, region, shards, mode, overrides },
  ignores: ['effective', 'gauges'],
} as const satisfies ControlTable;

export interface LimitsWhere {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** What is said of one stream. Overrides are by name; an operation’s bare name is its rate. */
export interface StreamLimitsChange {
  readonly shards?: number | undefined;
  readonly mode?: Mode | undefined;
  readonly overrides?: LimitValues | undefined;
}

export interface LimitsChange {
  readonly profile?: Profile | undefined;
  readonly mode?: Mode | undefined;
  readonly overrides?: LimitValues | undefined;
  /** By the names of streams, which need not be there. */
  readonly streams?: Readonly<Record<string, StreamLimitsChange>> | undefined;
}

export interface LimitsState {
  readonly profile: Profile;
  readonly mode: Mode;
  readonly overrides: LimitValues;
  /** Every limit there is. */
  readonly effective: LimitValues;
  readonly streams: Readonly<Record<string, StreamLimitsChange>>;
  /** The first 1,000. */
  readonly gauges: readonly LimitGauge[];
}

export interface StreamLimitsState {
  readonly shards: number;
  readonly mode: Mode;
  readonly overrides: LimitValues;
  readonly effective: LimitValues;
  readonly gauges: readonly LimitGauge[];
}

/** How much is let through: profile, overrides, shards, and what is left of each limit. */
export interface EmulatorLimits {
  get(where?: LimitsWhere): LimitsState;
  /** Replaces what holds for all, or the overrides of an account. Streams stay as they are unless they are named. */
  set(wanted: LimitsChange, where?: LimitsWhere): LimitsState;
  /** Changes what is given. */
  change(wanted: LimitsChange, where?: LimitsWhere): LimitsState;
  stream(name: string, where?: LimitsWhere): StreamLimitsState;
  setStream(name: string, wanted: StreamLimitsChange, where?: LimitsWhere): StreamLimitsState;
  changeStream(name: string, wanted: StreamLimitsChange, where?: LimitsWhere): StreamLimitsState;
  /** From now on it is like all others. */
  forgetStream(name: string, where?: LimitsWhere): StreamLimitsState;
}

type ReadStream = { shards?: number; mode?: Mode; overrides?: object };

/** @param own whose a stream is if it is not said */
export function limitsControl(limits: Limits, parts: GaugeParts, own: Scope): EmulatorLimits {
  const scopeOf = ({ account: of = own.account, region: at = own.region }: LimitsWhere): Scope => ({
    account: of,
    region: at,
  });
  const effective = (whose?: Limited | Scope): LimitValues =>
    told(Object.fromEntries(Object.keys(limitTable).map((name) => [name, limits.of(name as LimitName, whose)])));
  const here = (scope: Scope, name: string) => parts.streams.traces(scope, name).here;

  function state(where: LimitsWhere): LimitsState {
    const { chosen } = limits;
    const { account: of } = where;
    const scope = scopeOf(where);
    const said = [...limits.allSaid(scope)].map(({ name, said: one }) => [name, toldStream(one)] as const);
    return {
      profile: chosen.profile,
      mode: chosen.mode,
      overrides: told(of === undefined ? chosen.overrides : limits.account(of)),
      effective: of === undefined ? effective() : effective(scope),
      streams: Object.fromEntries(said),
      gauges: first(gaugesOf(parts, where)),
    };
  }

  function streamState(scope: Scope, name: string): StreamLimitsState {
    const stream = here(scope, name);
    const limited = stream ?? { record: { arn: ':stream/', scope, name, tags: [] } };
    return {
      shards: limits.shards(limited),
      mode: limits.mode(limited),
      overrides: told(limits.said(scope, name)?.overrides ?? {}),
      effective: effective(limited),
      gauges: stream === undefined ? [] : first(gaugesOfStream(parts, stream)),
    };
  }

  /** Does it, and takes it back if what there is cannot live with it. */
  function apply(path: string, work: () => void): void {
    const before = limits.saved();
    work();
    const wrong = misfit(limits, parts);
    if (wrong === undefined) return;
    limits.restore(before);
    throw new ControlError(wrong, 'Change it, or override "retention.maximum" or "retention.default".', path);
  }

  function edit(wanted: LimitsChange, where: LimitsWhere, replace: boolean): LimitsState {
    checkObject(wanted, HINT);
    checkNames(wanted.overrides, '/overrides');
    for (const [name, one] of Object.entries(wanted.streams ?? {}))
      checkNames(one?.overrides, `/streams/${name.slice(0, 64)}/overrides`);
    const read = readControl(limitsChange, { ...wanted, ...where });
    const scope = scopeOf(read);
    const numbers = read.overrides && numbersOf(read.overrides as Record<string, unknown>, '/overrides');
    const named = [...(read.streams ?? new Map<string, ReadStream>())].map(
      ([name, one]) => [name, saidOf(one as ReadStream, `/streams/${name}`)] as const,
    );
    if (read.account !== undefined) checkOfAccount(wanted);
    apply(read.profile === undefined ? '/overrides' : '/profile', () => {
      if (read.account === undefined) limits.choose(chosenOf(read, numbers, replace ? undefined : limits.chosen));
      else limits.chooseFor(read.account, { ...(replace ? {} : limits.account(read.account)), ...numbers });
      if (replace && read.streams !== undefined)
        for (const { name } of [...limits.allSaid(scope)]) limits.say(scope, name, undefined);
      for (const [name, said] of named)
        limits.say(scope, name, merged(replace ? undefined : limits.said(scope, name), said));
    });
    return state(where);
  }

  function editStream(
    name: string,
    wanted: StreamLimitsChange,
    where: LimitsWhere,
    replace: boolean,
  ): StreamLimitsState {
    checkObject(wanted, STREAM_HINT);
    checkNames(wanted.overrides, '/overrides');
    const read = readControl(streamLimitsChange, { ...wanted, ...where, name });
    const scope = scopeOf(read);
    const said = saidOf(read as ReadStream, '');
    apply('/overrides', () => limits.say(scope, name, merged(replace ? undefined : limits.said(scope, name), said)));
    return streamState(scope, name);
  }

  return {
    get: (where = {}) => state(readControl(limitsQuery, where)),
    set: (wanted, where = {}) => edit(wanted, where, true),
    change: (wanted, where = {}) => edit(wanted, where, false),
    stream(name, where = {}) {
      const read = readControl(streamLimitsQuery, { ...where, name });
      return streamState(scopeOf(read), read.name);
    },
    setStream: (name, wanted, where = {}) => editStream(name, wanted, where, true),
    changeStream: (name, wanted, where = {}) => editStream(name, wanted, where, false),
    forgetStream(name, where = {}) {
      const read = readControl(streamLimitsQuery, { ...where, name });
      apply('/name', () => limits.say(scopeOf(read), read.name, undefined));
      return streamState(scopeOf(read), read.name);
    },
  };
}

function checkObject(wanted: unknown, hint: string): void {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted))
    throw new ControlError('What was given is no object.', hint);
}

function checkOfAccount(wanted: LimitsChange): void {
  for (const name of ['profile', 'mode'] as const) {
    if (wanted[name] === undefined) continue;
    const hint = 'An account has overrides of its own; say the profile and the mode without an account.';
    throw new ControlError(`The ${name} holds for all accounts.`, hint, `/${name}`);
  }
}

const chosenOf = (
  read: { profile?: Profile; mode?: Mode },
  numbers: Numbers | undefined,
  before: Chosen = { profile: 'off', mode: 'pace', overrides: {} },
): Chosen => ({
  profile: read.profile ?? before.profile,
  mode: read.mode ?? before.mode,
  overrides: { ...before.overrides, ...numbers },
});

const saidOf = ({ shards: count, mode: how, overrides: given }: ReadStream, path: string): StreamLimits => ({
  ...(count === undefined ? {} : { shards: count }),
  ...(how === undefined ? {} : { mode: how }),
  overrides: numbersOf((given ?? {}) as Record<string, unknown>, `${path}/overrides`),
});

const merged = (before: StreamLimits | undefined, said: StreamLimits): StreamLimits => ({
  ...before,
  ...said,
  overrides: { ...before?.overrides, ...said.overrides },
});

const toldStream = ({ overrides: numbers, ...rest }: StreamLimits): StreamLimitsChange => ({
  ...rest,
  overrides: told(numbers),
});

function first(gauges: Iterable<LimitGauge>): LimitGauge[] {
  const taken: LimitGauge[] = [];
  for (const gauge of gauges) {
    if (taken.length === MOST_GAUGES) break;
    taken.push(gauge);
  }
  return taken;
}

/** Why what there is cannot be under these limits. */
function misfit(limits: Limits, { streams }: GaugeParts): string | undefined {
  const [byDefault, most] = [limits.of('retention.default'), limits.of('retention.maximum')];
  if (byDefault > most) return `A stream would keep ${byDefault} h by default, and may keep ${most} h at most.`;
  for (const stream of streams.all()) {
    const { dataRetentionInHours: hours, name } = stream.record;
    const allowed = limits.of('retention.maximum', stream);
    if (hours > allowed) return `The stream "${name}" keeps its media for ${hours} h; the limits allow ${allowed} h.`;
  }
  return undefined;
}
