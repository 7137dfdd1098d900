import type { Clock } from '../../runtime/clock.ts';
import type { Random } from '../../runtime/random.ts';
import { isPattern } from '../access/wildcards.ts';
import type { Channel } from '../channels/channel.ts';
import type { Events } from '../events/events.ts';
import { isEverywhere, type Where } from '../resources/scope.ts';
import type { Fate } from '../signaling/detours.ts';
import type { Letter } from '../signaling/mailboxes.ts';
import { FaultRule, type FaultSpec, type SavedRule, type Subject } from './rule.ts';
import type { EffectKind } from './scene.ts';

/** So many rules there may be. */
export const MOST_FAULTS = 1000;

/** One effect of one rule, for a call whose turn it is. */
export interface Met {
  readonly kind: EffectKind;
  readonly rule: FaultRule;
}

/** So many names are remembered, of each operation, with the rules that are about them. */
const MOST_NAMES = 1000;

/** Rules that may be about an operation, in their order: those that name one stream or channel, by it, and the others. */
class Candidates {
  readonly #exact = new Map<string, FaultRule[]>();
  readonly #loose: FaultRule[] = [];
  /** As far as somebody has asked for them: patterns are looked at once for each name. */
  readonly #known: Readonly<Record<Subject['names'], Map<string | undefined, readonly FaultRule[]>>> = {
    stream: new Map(),
    channel: new Map(),
  };

  add(rule: FaultRule): void {
    const key = exactKey(rule.spec.match);
    const those = key === undefined ? this.#loose : (this.#exact.get(key) ?? []);
    if (key !== undefined) this.#exact.set(key, those);
    those.push(rule);
    this.#forget();
  }

  of({ resource, names }: Subject): readonly FaultRule[] {
    const known = this.#known[names];
    const those = known.get(resource);
    if (those !== undefined) return those;
    const named = resource === undefined ? undefined : this.#exact.get(`${names} ${resource}`);
    const all = this.#loose
      .filter((rule) => rule.isAbout(names, resource))
      .concat(named ?? [])
      .sort((a, b) => a.order - b.order);
    if (known.size >= MOST_NAMES) this.#forget();
    known.set(resource, all);
    return all;
  }

  #forget(): void {
    for (const known of Object.values(this.#known)) known.clear();
  }
}

export interface FaultParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  readonly events: Events;
}

/** The rules that make the service fail on purpose. */
export class Faults {
  readonly #parts: FaultParts;
  #rules: FaultRule[] = [];
  readonly #byOperation = new Map<string, Candidates>();
  #order = 0;
  /** What there is from the start. */
  #first: readonly FaultSpec[] = [];

  constructor(parts: FaultParts) {
    this.#parts = parts;
  }

  /** Nothing is to fail. */
  get none(): boolean {
    return this.#rules.length === 0;
  }

  get rules(): readonly FaultRule[] {
    return this.#rules;
  }

  add(specs: readonly FaultSpec[]): FaultRule[] {
    const made = specs.map((spec) => {
      this.#order += 1;
      return new FaultRule(spec, this.#order, this.#parts.random.of(`fault ${spec.id}`));
    });
    // By concat: no spread of what may be many.
    this.#rules = this.#rules.concat(made);
    for (const rule of made) this.#enter(rule);
    return made;
  }

  /** Takes back those that are chosen. */
  remove(chosen: (rule: FaultRule) => boolean): FaultRule[] {
    const gone = this.#rules.filter(chosen);
    if (gone.length === 0) return gone;
    const all = new Set(gone);
    this.#rules = this.#rules.filter((rule) => !all.has(rule));
    this.#byOperation.clear();
    for (const rule of this.#rules) this.#enter(rule);
    return gone;
  }

  /** These are there from the start, and again after a reset. */
  startWith(specs: readonly FaultSpec[]): void {
    this.#first = specs;
    this.add(specs);
  }

  /** What is to be done to a call: of each group of effects that of the first rule whose turn it is. */
  meet(subject: Subject): readonly Met[] | undefined {
    const candidates = this.#byOperation.get(subject.operation)?.of(subject);
    if (candidates === undefined || candidates.length === 0) return undefined;
    const now = this.#parts.clock.now();
    let met: Met[] | undefined;
    for (const rule of candidates) {
      if (!rule.takes(subject, now)) continue;
      met ??= [];
      const before = met;
      const fresh = rule.kinds.filter((kind) => !before.some((other) => groupOf(other.kind) === groupOf(kind)));
      for (const kind of fresh) met.push({ kind, rule });
    }
    return met;
  }

  /** What becomes of a message over a signaling connection. */
  readonly fate = ({ action }: Letter, { record }: Channel): Fate | undefined => {
    if (this.none) return undefined;
    const { name: resource, scope } = record;
    const subject: Subject = { operation: action, resource, names: 'channel', ...scope };
    const met = this.meet(subject);
    if (met === undefined) return undefined;
    const rules = [...new Set(met.map(({ rule }) => rule))];
    let fate: Fate = { met: (requestId) => rules.map((rule) => this.note(rule, subject, requestId)) };
    for (const { kind, rule } of met) fate = { ...fate, ...kind.fate?.(rule.spec.effect, rule.chance) };
    return fate;
  };

  /** A rule has had its effect on a call. Gives back its id. */
  note(rule: FaultRule, { resource, names, account, region }: Subject, requestId: string): string {
    const { id } = rule.spec;
    rule.note(requestId, this.#parts.clock.now());
    this.#parts.events.tell('fault', { account, region, [names]: resource }, () => ({ id, requestId }));
    return id;
  }

  /** All go but those from the start; of an account, a region or both, the rules that name them. */
  reset(which: Where): void {
    if (isEverywhere(which)) {
      this.remove(() => true);
      this.#order = 0;
      this.add(this.#first);
      return;
    }
    this.remove(({ spec: { match } }) => {
      const isTheirs = which.account === undefined || match.account === which.account;
      return isTheirs && (which.region === undefined || match.region === which.region);
    });
  }

  save(): { readonly order: number; readonly rules: readonly SavedRule[] } {
    return { order: this.#order, rules: this.#rules.map((rule) => rule.save()) };
  }

  load({ order, rules }: ReturnType<Faults['save']>): void {
    this.remove(() => true);
    for (const saved of rules) {
      this.#order = saved.order - 1;
      for (const rule of this.add([saved.spec])) rule.load(saved);
    }
    this.#order = order;
  }

  #enter(rule: FaultRule): void {
    for (const name of rule.spec.operations) {
      const candidates = this.#byOperation.get(name) ?? new Candidates();
      this.#byOperation.set(name, candidates);
      candidates.add(rule);
    }
  }
}

const groupOf = ({ group, name }: EffectKind): string => group ?? name;

/** The one stream or channel that a rule is about; undefined if it may be several. */
function exactKey({ stream, channel }: FaultSpec['match']): string | undefined {
  if (stream !== undefined) return isPattern(stream) ? undefined : `stream ${stream}`;
  return channel === undefined || isPattern(channel) ? undefined : `channel ${channel}`;
}
