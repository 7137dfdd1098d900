import { serviceError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Limits } from '../limits/limits.ts';
import { requireActive } from '../resources/lifecycle.ts';
import type { Ending } from '../resources/record.ts';
import type { NextEnd, Resource } from '../resources/resource.ts';
import type { EdgeConfig, EdgeConfiguration, SyncStatus } from './configurations.ts';
import type { StreamSettings } from './streamRecord.ts';

/** An Edge Agent that answers: after so many milliseconds it acknowledges, after so many more it has done as told. */
export interface EdgeAgent {
  readonly acknowledgesAfter: number;
  readonly syncsAfter: number;
}

const NO_ANSWER = 'The Edge Agent could not be reached for 15 minutes.';

type Configured = Resource<StreamSettings>;

/** The edge configurations of streams and their way to the agent, on the emulator's clock. */
export class EdgeConfigurations {
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #deletingMs: number;
  readonly #agent: EdgeAgent | undefined;

  constructor(clock: Clock, limits: Limits, deletingMs: number, agent: EdgeAgent | undefined) {
    this.#limits = limits;
    this.#clock = clock;
    this.#deletingMs = deletingMs;
    this.#agent = agent;
  }

  /** Makes or replaces the configuration and starts to bring it to the agent. */
  start(stream: Configured, wanted: EdgeConfig): EdgeConfiguration {
    const { record } = stream;
    requireActive('stream', record);
    const before = record.edge;
    if (before !== null && before.syncStatus !== 'IN_SYNC' && before.syncStatus !== 'SYNC_FAILED') {
      throw serviceError('edgeConfigurationBusy', record.name, before.syncStatus);
    }
    if (before !== null && before.config.HubDeviceArn !== wanted.HubDeviceArn) {
      throw serviceError(
        'invalidArgument',
        `The stream is configured for ${before.config.HubDeviceArn}. Delete that edge configuration first.`,
      );
    }
    if (record.dataRetentionInHours === 0) throw serviceError('noDataRetention');
    const now = this.#clock.now();
    const edge: EdgeConfiguration = {
      config: withDefaults(wanted),
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
      syncStatus: 'SYNCING',
      failedStatusDetails: null,
      steps: this.#agent
        ? stepsOf(now, this.#agent, 'ACKNOWLEDGED', 'IN_SYNC')
        : [{ at: now + this.#limits.of('edge.sync', stream), to: 'SYNC_FAILED' }],
    };
    stream.change({ edge });
    return edge;
  }

  /** Throws if the stream has none. */
  of({ record: { name, edge } }: Configured): EdgeConfiguration {
    if (edge === null) throw serviceError('edgeConfigurationNotFound', name);
    return edge;
  }

  /** Deletes the configuration: where no agent ever took it there is nothing else to wait for. */
  delete(stream: Configured): void {
    const edge = this.of(stream);
    if (edge.syncStatus === 'DELETING' || edge.syncStatus === 'DELETING_ACKNOWLEDGED') return;
    const now = this.#clock.now();
    const steps = this.#agent ? stepsOf(now, this.#agent, 'DELETING_ACKNOWLEDGED', 'GONE') : this.#unheard(now);
    stream.change({
      edge: steps.length === 0 ? null : { ...edge, syncStatus: 'DELETING', failedStatusDetails: null, steps },
    });
  }

  #unheard(now: number): EdgeConfiguration['steps'] {
    return this.#deletingMs === 0 ? [] : [{ at: now + this.#deletingMs, to: 'GONE' }];
  }
}

function stepsOf(
  now: number,
  { acknowledgesAfter, syncsAfter }: EdgeAgent,
  acknowledged: SyncStatus,
  done: Ending<SyncStatus>['to'],
): EdgeConfiguration['steps'] {
  const at = now + acknowledgesAfter;
  return [
    { at, to: acknowledged },
    { at: at + syncsAfter, to: done },
  ];
}

/** What ends next by itself in an edge configuration. */
export function edgeEnd(edge: EdgeConfiguration | null): NextEnd<StreamSettings> | undefined {
  const [step, ...steps] = edge?.steps ?? [];
  if (edge === null || step === undefined) return undefined;
  const { at, to } = step;
  if (to === 'GONE') return { at, patch: { edge: null } };
  const failedStatusDetails = to === 'SYNC_FAILED' ? NO_ANSWER : edge.failedStatusDetails;
  return { at, patch: { edge: { ...edge, syncStatus: to, failedStatusDetails, steps } } };
}

function withDefaults(config: EdgeConfig): EdgeConfig {
  if (config.DeletionConfig === undefined) return config;
  return {
    ...config,
    DeletionConfig: { EdgeRetentionInHours: 720, DeleteAfterUpload: true, ...config.DeletionConfig },
  };
}
