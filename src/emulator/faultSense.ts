import { kindsOf } from '../domain/faults/effectKinds.ts';
import { FAULT_PLANES, type Faultable, hasFragments, MESSAGES, usualDirection } from '../domain/faults/faultable.ts';
import type { EffectKind } from '../domain/faults/scene.ts';
import type { FaultEffect, FaultMatch } from '../domain/faults/spec.ts';
import { ACK_ERRORS, ackErrorOf } from '../domain/fragments/acks.ts';
import { catalogued } from '../protocol/errors.ts';
import { ControlError } from './controlError.ts';

/** Why something makes no sense: the member that is about, and what to do. */
interface Nonsense {
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

const refuse = (path: string, message: string, hint: string): ControlError => new ControlError(message, hint, path);

/**
 * The operations and messages that a rule can be about.
 * @throws ControlError with the path of what makes no sense
 */
export function operationsOf(match: FaultMatch, effect: FaultEffect, known: readonly Faultable[]): string[] {
  checkEffect(effect);
  const kinds = kindsOf(effect);
  checkMatch(match, kinds);
  const [named, meant] = wanted(match, kinds, known);
  for (const one of named) {
    const nonsense = unfit(one, match, kinds);
    if (nonsense !== undefined) throw refuse(nonsense.path, nonsense.message, nonsense.hint);
  }
  const able = meant.filter((one) => unfit(one, match, kinds) === undefined);
  if (named.length + able.length === 0) {
    const why = meant[0] && unfit(meant[0], match, kinds);
    const path = why?.path ?? '/match/operation';
    throw refuse(path, 'No operation that the rule is about can have that.', why?.message ?? 'Name another operation.');
  }
  return [...new Set([...named, ...able].map(({ name }) => name))];
}

/** Those that are named, and those that are meant by a plane or `*`. */
function wanted({ operation = '*' }: FaultMatch, kinds: readonly EffectKind[], known: readonly Faultable[]) {
  const named: Faultable[] = [];
  const planes = new Set<string>();
  // Planes mean messages only where nothing else can be meant.
  const ofMessages = kinds.every(({ apply }) => apply === undefined);
  const among = ofMessages ? MESSAGES : known;
  const all = [...known, ...MESSAGES];
  const names = [operation].flat();
  for (const [index, name] of names.entries()) {
    const one = all.find((other) => other.name === name);
    if (one !== undefined) named.push(one);
    else if (name === '*' || (FAULT_PLANES as readonly string[]).includes(name)) planes.add(name);
    else {
      const path = typeof operation === 'string' ? '/match/operation' : `/match/operation/${index}`;
      const similar = all.find((other) => other.name.toLowerCase() === name.toLowerCase())?.name;
      const hint = similar === undefined ? `Name an operation, ${FAULT_PLANES.join(', ')} or *.` : `It is ${similar}.`;
      throw refuse(path, `There is no operation ${JSON.stringify(name)}.`, hint);
    }
  }
  const meant = among.filter(({ plane }) => planes.has('*') || planes.has(plane));
  return [named, meant] as const;
}

/** Why a rule cannot be about an operation. */
function unfit(operation: Faultable, match: FaultMatch, kinds: readonly EffectKind[]): Nonsense | undefined {
  for (const kind of kinds) {
    const message = kind.unfit(operation) ?? missing(operation, kind);
    if (message !== undefined)
      return { path: `/effect/${kind.name}`, message, hint: 'Name another operation, or leave it out.' };
  }
  const { name, names, kind } = operation;
  for (const of of ['stream', 'channel'] as const) {
    if (match[of] === undefined || names === of || names === 'either') continue;
    return {
      path: `/match/${of}`,
      message: `${name} names no ${of}, so that would never fire.`,
      hint: 'Leave it out.',
    };
  }
  const direction = match.direction ?? usualDirection(operation);
  if (match.fragment !== undefined) {
    const hint = 'Say "nth", or name PutMedia, GetMedia or GetMediaForFragmentList.';
    if (!hasFragments(operation)) return { path: '/match/fragment', message: `${name} has no fragments.`, hint };
    const ways = kinds.every(({ where = [] }) => !where.includes('direction'));
    if (!ways && direction !== usualDirection(operation))
      return { path: '/match/direction', message: `The fragments of ${name} go the other way.`, hint: 'Leave it out.' };
  }
  if (match.afterBytes !== undefined && (kind === 'socket' || (direction === 'up' && kind !== 'duplex'))) {
    const message =
      kind === 'socket'
        ? `${name} has no body.`
        : `What ${name} is sent has been read whole before anything is done to it.`;
    return { path: '/match/afterBytes', message, hint: 'Leave it out, or say "direction": "down".' };
  }
  if (
    direction === 'up' &&
    kind !== 'duplex' &&
    kinds.some(({ name: of }) => of === 'stall' || of === 'bandwidth' || of === 'truncate')
  ) {
    const message = `What ${name} is sent has been read whole before anything is done to it.`;
    return { path: '/match/direction', message, hint: 'Say "down", or "latency" instead.' };
  }
  return undefined;
}

const missing = ({ kind, name }: Faultable, { apply, fate, name: effect }: EffectKind): string | undefined =>
  (kind === 'message' ? fate : apply) === undefined ? `${name} cannot have "${effect}".` : undefined;

function checkMatch(match: FaultMatch, kinds: readonly EffectKind[]): void {
  if (match.stream !== undefined && match.channel !== undefined)
    throw refuse('/match/channel', 'A call names a stream or a channel, not both.', 'Make a rule for each.');
  if (match.from !== undefined && match.until !== undefined && match.until <= match.from)
    throw refuse('/match/until', '"until" is not behind "from".', 'Give a later time.');
  for (const member of ['fragment', 'afterBytes', 'direction'] as const) {
    if (match[member] === undefined) continue;
    const idle = kinds.find(({ where = [] }) => !where.includes(member));
    if (idle === undefined) continue;
    const message = `"${member}" says nothing to "${idle.name}".`;
    throw refuse(`/match/${member}`, message, `Leave it out, or make a rule of its own for "${idle.name}".`);
  }
  if (match.fragment !== undefined || match.afterBytes !== undefined) return;
  const lost = kinds.find(({ needsPlace }) => needsPlace);
  if (lost !== undefined)
    throw refuse(
      `/effect/${lost.name}`,
      `"${lost.name}" needs a place.`,
      'Say "afterBytes" or "fragment" in the match.',
    );
}

const FLAGS = ['truncate', 'close', 'reset', 'ackDrop', 'drop', 'duplicate'] as const;
const ACK_HINT = `Give one of ${Object.entries(ACK_ERRORS)
  .map(([name, id]) => `${id} ${name}`)
  .join(', ')}.`;

function checkEffect(effect: FaultEffect): void {
  const kinds = kindsOf(effect);
  const given = (Object.keys(effect) as (keyof FaultEffect)[]).filter((name) => effect[name] !== undefined);
  const stray = given.find((name) => !kinds.some((kind) => kind.name === name || kind.more?.includes(name)));
  if (stray !== undefined) {
    const hint = 'See the table of effects: it says what goes with what.';
    throw refuse(`/effect/${stray}`, `"${stray}" says more of an effect that is not there.`, hint);
  }
  if (kinds.length === 0)
    throw refuse('/effect', 'The rule does nothing.', 'Say an effect, such as {"status": 503} or {"reset": true}.');
  const off = FLAGS.find((name) => effect[name] === false);
  if (off !== undefined) throw refuse(`/effect/${off}`, `"${off}" is true or not said.`, 'Leave it out.');
  const [first, second] = kinds.filter(({ ends }) => ends);
  if (first !== undefined && second !== undefined) {
    const message = `"${first.name}" and "${second.name}" cannot both come to pass.`;
    throw refuse(`/effect/${second.name}`, message, 'Make a rule for each.');
  }
  checkTogether(effect, first);
  if (effect.error !== undefined && effect.status === undefined && catalogued(effect.error) === undefined) {
    const message = `${JSON.stringify(effect.error)} is none of the service’s errors, so its status is not known.`;
    throw refuse('/effect/status', message, 'Say "status", or a name such as ResourceNotFoundException.');
  }
  if (effect.ack !== undefined && ackErrorOf(effect.ack) === undefined)
    throw refuse('/effect/ack', `${JSON.stringify(effect.ack)} is no ERROR acknowledgement.`, ACK_HINT);
}

/** Where nothing is answered but an error, or nothing arrives, some effects have nothing to do. */
function checkTogether(effect: FaultEffect, ending: EffectKind | undefined): void {
  const { latency = 0, jitter } = effect;
  if (jitter !== undefined && jitter > latency)
    throw refuse('/effect/jitter', 'The jitter is longer than the latency.', 'Give less jitter or more latency.');
  if (effect.ackDelay !== undefined && effect.ackDrop !== undefined)
    throw refuse('/effect/ackDrop', 'What is never sent is not sent late.', 'Make a rule for each, with "acks".');
  if (ending === undefined) return;
  const idle = IDLE[ending.group ?? ending.name]?.find((name) => effect[name] !== undefined);
  if (idle !== undefined) {
    const message = `Beside "${ending.name}" there is nothing left for "${idle}" to do.`;
    throw refuse(`/effect/${idle}`, message, 'Leave it out, or make a rule of its own.');
  }
}

const IDLE: Readonly<Record<string, readonly (keyof FaultEffect)[]>> = {
  refusal: ['ackDelay', 'ackDrop', 'listDelay', 'duplicate', 'reorder'],
  drop: ['duplicate', 'reorder', 'latency'],
};
