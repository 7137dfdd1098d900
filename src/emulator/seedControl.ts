import { StoreError } from '../domain/ports.ts';
import type { Scope } from '../domain/resources/scope.ts';
import { excerpt, ServiceError } from '../protocol/errors.ts';
import type { Given } from '../protocol/ownShapes.ts';
import { sliceOver, turn } from '../runtime/slices.ts';
import { ControlError, placed } from './controlError.ts';
import { readControl } from './controlInput.ts';
import type { LimitsChange } from './limitsControl.ts';
import { type Files, type PlannedMedia, SeedMedia, type SeedWarning } from './seedMedia.ts';
import type { SeedParts } from './seedParts.ts';
import { type Left, planSeed, type SeedPlan } from './seedReader.ts';
import { type Seed, seedRequest } from './seedShapes.ts';
import { makeChannel, makeStream, type Undo } from './seedStream.ts';

export interface SeedResult {
  /** How many of each have been made. */
  readonly streams: number;
  readonly channels: number;
  readonly keys: number;
  readonly faults: number;
  /** In those streams, without what was over at once since the retention is shorter. */
  readonly fragments: number;
  /** What was there already, and is as it was. */
  readonly left: readonly Left[];
  readonly warnings: readonly SeedWarning[];
}

/** Whose is what a seed says at its top, if that is not the emulator's own account and region. */
export interface SeedOptions extends Omit<Given<(typeof seedRequest)['members']>, 'seed'> {
  /** Where its files are. Without it they are in the folder of `seed`, the option, and nowhere else. */
  readonly folder?: string | undefined;
}

/** Makes what a seed says. What makes no sense is refused with its path, and nothing has changed. */
export type EmulatorSeed = (seed: Seed, options?: SeedOptions) => Promise<SeedResult>;

/** A seed that is there from the start, as it was read then. */
export interface StartSeed {
  /** What it is called, for whoever has to mend it. */
  readonly name: string;
  readonly folder: string;
  readonly seed: unknown;
}

/** To be called at the start, and when everything has been taken back to it; `time` lets the clock be. */
export type SeedAtStart = (keep?: { readonly time?: boolean }) => Promise<void>;

export function seedControl(parts: SeedParts): EmulatorSeed {
  /** One after the other: each is held against what there is before it makes something. */
  let last: Promise<unknown> = Promise.resolve();
  return (seed, { folder, ...where } = {}) => {
    const done = last.then(() => {
      const { account = parts.own.account, region = parts.own.region } = readControl(seedRequest, { seed, ...where });
      return sow(parts, seed, { account, region }, { folder });
    });
    last = done.catch(() => undefined);
    return done;
  };
}

/**
 * Makes what the seeds of the start say, each time it is called. Their files are read once, and stay: after a reset they are
 * what they were. Rejects with a sentence that names the seed and the path in it.
 */
export function sowerAtStart(parts: SeedParts, seeds: readonly StartSeed[]): SeedAtStart {
  const files = seeds.map((): Files => new Map());
  return async (keep = {}) => {
    for (const [at, { name, folder, seed }] of seeds.entries()) {
      try {
        await sow(parts, seed, parts.own, { folder, files: files[at], keepsTime: keep.time });
      } catch (error) {
        if (!(error instanceof ControlError)) throw error;
        const { path = '', message, hint, kind } = error;
        const where = path === '' ? name : `${name} at ${path}`;
        throw new ControlError(`${where}: ${message} ${hint}`, hint, undefined, kind);
      }
    }
  };
}

interface SowOptions {
  readonly folder: string | undefined;
  /** Those that stay. */
  readonly files?: Files | undefined;
  readonly keepsTime?: boolean | undefined;
}

async function sow(
  parts: SeedParts,
  given: unknown,
  scope: Scope,
  { folder, files, keepsTime = false }: SowOptions,
): Promise<SeedResult> {
  const read = planSeed(parts, given, scope);
  const plan = keepsTime ? { ...read, seed: { ...read.seed, clock: {} } } : read;
  const media = new SeedMedia(parts, plan, folder, files);
  const undo: Undo[] = [];
  try {
    const now = plan.seed.clock?.set ?? parts.controls.clock.now();
    const shown = new Map<string, readonly PlannedMedia[]>();
    for (const { streams } of plan.scopes) for (const one of streams) shown.set(one.path, await media.of(one, now));
    const keys = await prepare(parts, plan, (how) => undo.push(how));
    const made = await make(parts, plan, shown, (how) => undo.push(how));
    for (const { kind, name, account, region } of plan.left) {
      parts.log.info(`The seed leaves the ${kind} ${name} as it is: it is there already.`, { account, region });
    }
    return { ...made, keys, faults: plan.faults.length, left: plan.left, warnings: media.warnings };
  } catch (error) {
    for (const how of undo.reverse()) await how();
    throw error;
  } finally {
    media.letGo();
  }
}

/** What is not of one account and region, each all or nothing; the clock at last, for what it does cannot be taken back. */
async function prepare(parts: SeedParts, plan: SeedPlan, undo: (how: Undo) => void): Promise<number> {
  const { controls, limits, credentials } = parts;
  const { seed, given } = plan;
  const before = { limits: limits.saved(), credentials: credentials.set };
  undo(() => limits.restore(before.limits));
  if (given.limits !== undefined)
    await at('/limits', () => controls.limits.change((given.limits ?? {}) as LimitsChange));
  if (given.credentials !== undefined) {
    undo(() => credentials.replace(before.credentials));
    await at('/credentials', () => controls.credentials.change(given.credentials ?? {}));
  }
  let count = 0;
  for (const { keys, scope, path } of plan.scopes) {
    // Where keys are those of another KMS there are none to be made.
    if (keys.length === 0) continue;
    const made = await at(path, () => controls.keys.create(keys.map((key) => ({ ...scope, ...key }))).keys);
    count += made.length;
    undo(() => made.map(({ arn, account, region }) => controls.keys.remove(arn, { account, region })));
  }
  const faults = await at('/faults', () => controls.faults.add(plan.faults));
  undo(() => faults.map(({ id }) => controls.faults.remove(id)));
  if (seed.clock !== undefined && Object.keys(seed.clock).length > 0) {
    const { now, mode, rate } = controls.clock.state();
    undo(() => controls.clock.change({ set: now, rate, mode }));
    await at('/clock', () => controls.clock.change(given.clock ?? {}));
  }
  return count;
}

async function make(
  parts: SeedParts,
  { scopes }: SeedPlan,
  shown: ReadonlyMap<string, readonly PlannedMedia[]>,
  undo: (how: Undo) => void,
): Promise<Pick<SeedResult, 'streams' | 'channels' | 'fragments'>> {
  let [streams, channels, fragments] = [0, 0, 0];
  for (const { scope, ...of } of scopes) {
    for (const one of of.streams) {
      const media = shown.get(one.path) ?? [];
      fragments += await at(one.path, () => makeStream(parts, scope, one, media, undo));
      streams += 1;
      if (sliceOver()) await turn();
    }
    for (const one of of.channels) {
      await at(one.path, () => makeChannel(parts, scope, one, undo));
      channels += 1;
      if (sliceOver()) await turn();
    }
  }
  return { streams, channels, fragments };
}

/** What goes wrong with a part of the seed, as the seed's maker is told it. */
async function at<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusal(path, error);
  }
}

function refusal(path: string, error: unknown): unknown {
  if (error instanceof ServiceError) {
    const message = `The service refuses it: ${error.code}, ${excerpt(error.message, 300)}`;
    return new ControlError(message, 'Nothing of the seed has been done.', path);
  }
  if (error instanceof StoreError) {
    const hint =
      error.kind === 'full' ? 'Give it more with --max-memory.' : 'See the key of the stream: GET /_kvs/keys.';
    return new ControlError(error.message, hint, path, error.kind === 'full' ? 'busy' : 'invalid');
  }
  return placed(path, error);
}
