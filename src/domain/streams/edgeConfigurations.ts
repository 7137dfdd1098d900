import { serviceError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import { requireActive } from '../resources/lifecycle.ts';
import type { EdgeConfig, EdgeConfiguration, SyncStatus } from './configurations.ts';
import type { Stream } from './stream.ts';

/** An Edge Agent that answers: after so many milliseconds it acknowledges, after so many more it has done as told. */
export interface EdgeAgent {
  readonly acknowledgesAfter: number;
  readonly syncsAfter: number;
}

/** How long the service tries to reach an agent. */
const PATIENCE_MS = 15 * 60_000;
const NO_ANSWER = 'The Edge Agent could not be reached for 15 minutes.';

/** The edge configurations of streams and their way to the agent, on the emulator's clock. */
export class EdgeConfigurations {
  #clock: Clock;
  #deletingMs: number;
  #agent: EdgeAgent | undefined;

  constructor(clock: Clock, deletingMs: number, agent: EdgeAgent | undefined) {
    this.#clock = clock;
    this.#deletingMs = deletingMs;
    this.#agent = agent;
  }

  /** Makes or replaces the configuration and starts to bring it to the agent. */
  start(stream: Stream, wanted: EdgeConfig): EdgeConfiguration {
    const { record } = stream;
    requireActive('stream', record);
    const before = record.edge;
    if (before !== undefined && before.syncStatus !== 'IN_SYNC' && before.syncStatus !== 'SYNC_FAILED') {
      throw serviceError('edgeConfigurationBusy', record.name, before.syncStatus);
    }
    if (before !== undefined && before.config.HubDeviceArn !== wanted.HubDeviceArn) {
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
    };
    record.edge = edge;
    if (this.#agent === undefined) {
      this.#after(stream, PATIENCE_MS, () => {
        edge.syncStatus = 'SYNC_FAILED';
        edge.failedStatusDetails = NO_ANSWER;
      });
    } else {
      this.#followAgent(stream, edge, this.#agent, 'ACKNOWLEDGED', () => {
        edge.syncStatus = 'IN_SYNC';
      });
    }
    return edge;
  }

  /** Throws if the stream has none. */
  of({ record }: Stream): EdgeConfiguration {
    if (record.edge === undefined) throw serviceError('edgeConfigurationNotFound', record.name);
    return record.edge;
  }

  /** Deletes the configuration: where no agent ever took it there is nothing else to wait for. */
  delete(stream: Stream): void {
    const edge = this.of(stream);
    if (edge.syncStatus === 'DELETING' || edge.syncStatus === 'DELETING_ACKNOWLEDGED') return;
    stream.cancelEdge();
    edge.syncStatus = 'DELETING';
    edge.failedStatusDetails = null;
    const gone = (): void => {
      stream.record.edge = undefined;
    };
    if (this.#agent !== undefined) this.#followAgent(stream, edge, this.#agent, 'DELETING_ACKNOWLEDGED', gone);
    else if (this.#deletingMs === 0) gone();
    else this.#after(stream, this.#deletingMs, gone);
  }

  #followAgent(
    stream: Stream,
    edge: EdgeConfiguration,
    agent: EdgeAgent,
    acknowledged: SyncStatus,
    done: () => void,
  ): void {
    this.#after(stream, agent.acknowledgesAfter, () => {
      edge.syncStatus = acknowledged;
      this.#after(stream, agent.syncsAfter, done);
    });
  }

  #after(stream: Stream, ms: number, due: () => void): void {
    stream.cancelEdge = this.#clock.at(this.#clock.now() + ms, due);
  }
}

function withDefaults(config: EdgeConfig): EdgeConfig {
  if (config.DeletionConfig === undefined) return config;
  return {
    ...config,
    DeletionConfig: { EdgeRetentionInHours: 720, DeleteAfterUpload: true, ...config.DeletionConfig },
  };
}
