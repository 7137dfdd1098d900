import { EFFECT_KINDS } from '../../domain/faults/effectKinds.ts';
import { type Faultable, usualDirection } from '../../domain/faults/faultable.ts';
import type { Faults, Met } from '../../domain/faults/faults.ts';
import type { Subject } from '../../domain/faults/rule.ts';
import type { Scene } from '../../domain/faults/scene.ts';
import type { Scope } from '../../domain/resources/scope.ts';
import type { Session } from '../../domain/sessions/session.ts';
import { ClusterFinder } from '../../media/matroska/clusterFinder.ts';
import type { ServiceError } from '../../protocol/errors.ts';
import { monotonicNow, wallSleep } from '../../runtime/wall.ts';
import { type ActsOn, BodyReadError, type Operation } from '../operation.ts';
import { Meddling } from './meddling.ts';
import type { Passage } from './passage.ts';

const NAMES: { readonly [On in ActsOn]: Faultable['names'] } = {
  account: undefined,
  newStream: 'stream',
  stream: 'stream',
  activeStream: 'stream',
  hlsSession: 'stream',
  dashSession: 'stream',
  newChannel: 'channel',
  channel: 'channel',
  activeChannel: 'channel',
  resource: 'either',
};

/** An operation as rules see it: URLs of sessions are a plane of their own. */
export function faultable({ name, kind, plane, actsOn }: Operation): Faultable {
  const own = plane === 'webrtcStorage' ? 'signaling' : plane;
  return { name, kind, plane: kind === 'resource' ? 'playback' : own, names: NAMES[actsOn as ActsOn] };
}

/** The step of faults: has whatever rules there are do to a call what they say. */
export function faultsStep(faults: Faults): (passage: Passage) => Promise<void> | undefined {
  const known = new WeakMap<Operation, Faultable>();
  return (passage) => {
    if (faults.none) return undefined;
    const { operation, entry } = passage;
    const { resource, names } = entry;
    const { account, region } = whose(passage);
    const subject: Subject = { operation: operation.name, resource, names, account, region };
    const met = faults.meet(subject);
    if (met === undefined || met.length === 0) return undefined;
    const bearer = known.get(operation) ?? faultable(operation);
    known.set(operation, bearer);
    return play(passage, bearer, met, (rule) => {
      const id = faults.note(rule, subject, passage.requestId);
      entry.faults = [...(entry.faults ?? []), id];
    });
  };
}

/** Nobody signs for a session's URLs: they are of whoever the stream is. */
const whose = ({ operation, acted, entry }: Passage): Scope =>
  operation.kind === 'resource' ? (acted as Session).stream.record.scope : entry;

const inLayingOrder = (met: readonly Met[]): readonly Met[] =>
  met.length === 1 ? met : EFFECT_KINDS.flatMap((kind) => met.filter((one) => one.kind === kind));

type Note = (rule: Met['rule']) => void;

async function play(passage: Passage, operation: Faultable, met: readonly Met[], note: Note): Promise<void> {
  const meddling = new Meddling();
  passage.meddling = meddling;
  const before: (() => Promise<void>)[] = [];
  let refusal: (() => ServiceError) | undefined;
  const noted = new Set<Met['rule']>();
  for (const { kind, rule } of inLayingOrder(met)) {
    const fired = (): void => {
      if (noted.has(rule)) return;
      noted.add(rule);
      note(rule);
    };
    const { id, match, effect } = rule.spec;
    const { call } = passage;
    const scene: Scene = {
      rule: { id, match, effect },
      operation,
      resource: passage.entry.resource,
      direction: match.direction ?? usualDirection(operation),
      clock: passage.services.clock,
      get gone() {
        return call.signal;
      },
      chance: rule.chance,
      fired,
      elapsed: monotonicNow,
      wait: (ms) => wallSleep(ms, call.signal),
      async hangUp(how) {
        await call.hangUp(how);
        return new BodyReadError(`the fault ${id} has ended the connection`);
      },
      findClusters: () => new ClusterFinder(),
      before: (run) => void before.push(run),
      beforeAnswer: (run) => void meddling.beforeAnswer.push(run),
      refuse(error) {
        refusal = () => {
          fired();
          return error();
        };
      },
      stage(direction, stage) {
        passage[direction] ??= [];
        passage[direction].push(stage);
      },
      ackStage: (stage) => void meddling.acks.push(stage),
      shorten(bytes) {
        meddling.atMost = bytes;
      },
      endpointGone() {
        meddling.endpointGone = true;
      },
      listDelay(of) {
        meddling.listDelay = of;
      },
    };
    kind.apply?.(scene, effect);
  }
  for (const run of before) await run();
  if (before.length > 0 && passage.call.signal.aborted)
    throw new BodyReadError('the caller has gone while a fault held it up');
  if (refusal !== undefined) throw refusal();
}
