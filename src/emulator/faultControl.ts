import type { Faultable } from '../domain/faults/faultable.ts';
import { type Faults, MOST_FAULTS } from '../domain/faults/faults.ts';
import type { FaultRule, FaultSpec } from '../domain/faults/rule.ts';
import { FAULT_SETS } from '../domain/faults/sets.ts';
import type { Given } from '../protocol/ownShapes.ts';
import { anything } from '../protocol/ownShapes.ts';
import { required, string } from '../protocol/shapes.ts';
import { toIso } from '../runtime/time.ts';
import { ControlError, inPlace } from './controlError.ts';
import { type ControlTable, readControl } from './controlInput.ts';
import { operationsOf } from './faultSense.ts';
import {
  BANDWIDTH_HINT,
  type FaultNarrowing,
  faultId,
  faultTable,
  type GivenFault,
  narrowTable,
  parseBandwidth,
} from './faultShapes.ts';
import { account, region } from './whereShapes.ts';

/** A rule as it is told: as it was given, and how often it has fired. */
export interface Fault {
  readonly id: string;
  readonly match: NonNullable<GivenFault['match']>;
  readonly effect: GivenFault['effect'];
  /** The set that it came with. */
  readonly set?: string;
  readonly fired: number;
  readonly lastFiredAt: string | null;
  /** The last ten requests that it fired on. */
  readonly lastRequests: readonly string[];
}

/** A named set of rules. */
export interface FaultSet {
  readonly name: string;
  readonly means: string;
  readonly faults: readonly GivenFault[];
}

const WHICH = 'Give ?set=NAME, ?account=ID or ?region=REGION, or nothing for all.';
export const faultsQuery = {
  subject: 'The list of faults',
  hint: WHICH,
  members: { set: faultId, account, region },
} as const satisfies ControlTable;
export const oneFault = {
  subject: 'A fault',
  hint: 'GET /_kvs/faults lists them.',
  members: { id: required(string({ min: 1, max: 64 })) },
} as const satisfies ControlTable;
export const someFaults = {
  subject: 'The faults',
  hint: faultTable.hint,
  members: { rules: required({ ...anything(), means: 'a rule, or a list of them' }) },
} as const satisfies ControlTable;
export const setOfFaults = {
  subject: 'A set of faults',
  hint: 'GET /_kvs/faults/sets shows them.',
  members: { name: required(string({ min: 1, max: 64 })), match: { ...anything(), means: 'narrows the rules' } },
} as const satisfies ControlTable;

export type FaultsQuery = Given<typeof faultsQuery.members>;

/** Rules that make the service fail on purpose. What makes no sense is refused with the path of the member, and changes nothing. */
export interface EmulatorFaults {
  list(which?: FaultsQuery): readonly Fault[];
  get(id: string): Fault;
  /** One rule or several, all or none. Gives them back as stored. */
  add(faults: GivenFault | readonly GivenFault[]): readonly Fault[];
  /** These instead of all that are there. */
  replace(faults: readonly GivenFault[]): readonly Fault[];
  remove(id: string): void;
  /** Takes back all, or those of a set, an account or a region. Gives back how many. */
  clear(which?: FaultsQuery): { readonly faults: number };
  sets(): readonly FaultSet[];
  /** Adds the rules of a set, narrowed by a match. */
  addSet(name: string, match?: FaultNarrowing): readonly Fault[];
}

const found = <T>(value: T | undefined, what: string, id: string, hint: string): T => {
  if (value !== undefined) return value;
  throw new ControlError(`There is no ${what} ${JSON.stringify(id.slice(0, 64))}.`, hint, undefined, 'missing');
};

/** @param known what can be made to fail */
export function faultControl(faults: Faults, known: readonly Faultable[]): EmulatorFaults {
  const all = (which: FaultsQuery = {}): readonly FaultRule[] => {
    const { set, account: of, region: at } = readControl(faultsQuery, which);
    return faults.rules.filter(
      ({ spec }) =>
        (set === undefined || spec.set === set) &&
        (of === undefined || spec.match.account === of) &&
        (at === undefined || spec.match.region === at),
    );
  };
  const stored = (specs: readonly FaultSpec[]): readonly Fault[] => faults.add(specs).map(told);
  const idsOf = (rules: readonly FaultRule[]): Set<string> => new Set(rules.map(({ spec }) => spec.id));
  return {
    list: (which) => all(which).map(told),
    get: (id) =>
      told(
        found(
          faults.rules.find(({ spec }) => spec.id === id),
          'fault',
          id,
          oneFault.hint,
        ),
      ),
    add: (given) => stored(readFaults(given, known, idsOf(faults.rules))),
    replace(given) {
      const specs = readFaults(given, known, new Set());
      faults.remove(() => true);
      return stored(specs);
    },
    remove(id) {
      const { id: wanted } = readControl(oneFault, { id });
      found(faults.remove(({ spec }) => spec.id === wanted)[0], 'fault', id, oneFault.hint);
    },
    clear(which) {
      const chosen = new Set(all(which));
      return { faults: faults.remove((rule) => chosen.has(rule)).length };
    },
    sets: () => Object.entries(FAULT_SETS).map(([name, set]) => ({ name, ...set }) as FaultSet),
    addSet(name, match = {}) {
      const { name: wanted } = readControl(setOfFaults, { name, match });
      const set = Object.hasOwn(FAULT_SETS, wanted) ? FAULT_SETS[wanted] : undefined;
      const { faults: rules } = found(
        set,
        'set of faults',
        wanted,
        `The sets are ${Object.keys(FAULT_SETS).join(', ')}.`,
      );
      readControl(narrowTable, match);
      return stored(narrowed(wanted, rules as readonly GivenFault[], match, known, idsOf(faults.rules)));
    },
  };
}

/** Rules as they are given, each read and held against sense. */
export function readFaults(given: unknown, known: readonly Faultable[], taken: Set<string>): FaultSpec[] {
  // As the list of them is told.
  if (isListed(given)) return inPlace('/faults', () => readFaults(given.faults, known, taken));
  const list = Array.isArray(given) ? given : [given];
  if (taken.size + list.length > MOST_FAULTS) {
    const message = `There would be ${taken.size + list.length} faults; ${MOST_FAULTS} is the most.`;
    throw new ControlError(message, 'Take some back, or let one be about several streams with * in the name.');
  }
  return list.map((one, index) => inPlace(Array.isArray(given) ? `/${index}` : '', () => readFault(one, known, taken)));
}

const isListed = (given: unknown): given is { readonly faults: unknown } =>
  typeof given === 'object' && given !== null && Object.hasOwn(given, 'faults');

/** `/_kvs/faults/sets` is another thing. */
const NO_ID = 'sets';

function readFault(given: unknown, known: readonly Faultable[], taken: Set<string>): FaultSpec {
  const { id: wanted, match = {}, effect: read, set } = readControl(faultTable, given);
  const bandwidth = read.bandwidth === undefined ? undefined : parseBandwidth(read.bandwidth);
  if (read.bandwidth !== undefined && bandwidth === undefined) {
    const message = `${JSON.stringify(read.bandwidth)} cannot be "bandwidth".`;
    throw new ControlError(message, BANDWIDTH_HINT, '/effect/bandwidth');
  }
  const effect = { ...read, bandwidth };
  const operations = operationsOf(match, effect, known);
  if (wanted === NO_ID) throw new ControlError(`"${NO_ID}" is no id.`, 'Choose another.', '/id');
  if (wanted !== undefined && taken.has(wanted)) {
    const hint = 'Choose another, or take that one back first.';
    throw new ControlError(`There is a fault "${wanted}" already.`, hint, '/id', 'taken');
  }
  const id = wanted ?? freeId(set ?? 'fault', taken);
  taken.add(id);
  const { match: asGiven = {}, effect: effectGiven } = given as GivenFault;
  return { id, match, effect, set, operations, given: { match: copy(asGiven), effect: copy(effectGiven) } };
}

/** What is told of a rule must not change with what its maker does to the object. */
const copy = (value: object): unknown => JSON.parse(JSON.stringify(value));

function freeId(stem: string, taken: ReadonlySet<string>): string {
  let number = 1;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}

/** A set's rules for those calls alone that a match is about as well. Those that are about none of them are left out. */
function narrowed(
  set: string,
  rules: readonly GivenFault[],
  match: FaultNarrowing,
  known: readonly Faultable[],
  taken: Set<string>,
): FaultSpec[] {
  let specs: FaultSpec[] = [];
  let why: unknown;
  for (const rule of rules) {
    try {
      const operation = common(rule, match, known);
      const narrow = { ...rule, match: { ...rule.match, ...match, operation }, set };
      specs = specs.concat(readFaults([narrow], known, taken));
    } catch (error) {
      why ??= error;
    }
  }
  if (specs.length > 0) return specs;
  if (!(why instanceof ControlError)) throw why;
  const path = why.path?.replace(/^\/0\/match/, '');
  throw new ControlError(why.message, why.hint, path === why.path ? undefined : path, why.kind);
}

function common(rule: GivenFault, match: FaultNarrowing, known: readonly Faultable[]) {
  const meant = (operation: string | readonly string[] | undefined): string[] =>
    operationsOf({ operation }, readControl(faultTable, rule).effect as object, known);
  if (match.operation === undefined) return rule.match?.operation;
  const own = meant(rule.match?.operation);
  const both = meant(match.operation).filter((name) => own.includes(name));
  if (both.length > 0) return both;
  throw new ControlError('The set has nothing for that operation.', setOfFaults.hint, '/0/match/operation');
}

function told({ spec, fired, lastFiredAt, lastRequests }: FaultRule): Fault {
  const { id, set } = spec;
  return {
    id,
    ...(spec.given as Pick<Fault, 'match' | 'effect'>),
    ...(set === undefined ? {} : { set }),
    fired,
    lastFiredAt: lastFiredAt === undefined ? null : toIso(lastFiredAt),
    lastRequests: [...lastRequests],
  };
}
