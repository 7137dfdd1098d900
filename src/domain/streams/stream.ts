import { labelled } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Events } from '../events/events.ts';
import type { TellFragment } from '../fragments/fragment.ts';
import {
  FragmentLog,
  type FragmentLogOwner,
  type FragmentLogServices,
  type SavedFragments,
} from '../fragments/fragmentLog.ts';
import { type LimitOf, PUBLISHED } from '../limits/limits.ts';
import { StreamCounts } from '../metrics/counts.ts';
import { type Home, type NextEnd, Resource } from '../resources/resource.ts';
import type { ResourcesServices } from '../resources/resources.ts';
import { Connections } from './connections.ts';
import { edgeEnd } from './edgeConfigurations.ts';
import { retentionMs } from './settings.ts';
import type { StreamRecord, StreamSettings } from './streamRecord.ts';

type StreamServices = Omit<FragmentLogServices, 'limit' | 'tell'> &
  Pick<ResourcesServices, 'limits'> & { readonly events?: Events };

/** What is known of a stream beyond its record and its fragments. */
export interface SavedStream {
  readonly fragments: SavedFragments;
  readonly sessionIds: string;
  readonly lastAck?: string | undefined;
  readonly endpoints: readonly string[];
}

export class Stream extends Resource<StreamSettings> {
  readonly fragments: FragmentLog;
  /** Of playback sessions. */
  readonly sessionIds: Ids;
  readonly connections = new Connections();
  /** The acknowledgement last sent to a producer, a line of JSON. */
  lastAck: string | undefined;
  #counts: StreamCounts | undefined;
  /** Planes whose endpoint somebody has asked for. */
  readonly endpointsAskedFor = new Set<string>();

  constructor(record: StreamRecord, home: Home<StreamSettings>, services: StreamServices) {
    super(record, home);
    const { payloads, room, log, oldestFirst, runs, limits = PUBLISHED, events } = services;
    const limit: LimitOf = (name) => limits.of(name, this);
    const clock = labelled(services.clock, { what: 'expiry', stream: record.name, patient: true });
    this.sessionIds = this.ids.of('sessions');
    const owner: FragmentLogOwner = {
      arn: record.arn,
      keyId: () => this.record.kmsKeyId,
      retentionMs: retentionMs(record.dataRetentionInHours),
      blocks: record.sequenceBlocks,
      onBlock: (sequenceBlocks) => this.change({ sequenceBlocks }),
    };
    const tell = tellOf(this, events);
    const parts = { clock, ids: this.ids, payloads, room, log, oldestFirst, limit, tell, ...(runs && { runs }) };
    this.fragments = new FragmentLog(parts, owner);
    if (record.status === 'DELETING') this.fragments.delete();
  }

  /** Made when there is something to count: most streams of a large account are never read. */
  get counts(): StreamCounts {
    this.#counts ??= new StreamCounts();
    return this.#counts;
  }

  /** Undefined as long as nothing has been counted. */
  get countsSoFar(): StreamCounts | undefined {
    return this.#counts;
  }

  save(): SavedStream {
    return {
      fragments: this.fragments.save(),
      sessionIds: this.sessionIds.save(),
      lastAck: this.lastAck,
      endpoints: [...this.endpointsAskedFor],
    };
  }

  load({ fragments, sessionIds, lastAck, endpoints }: SavedStream): void {
    this.fragments.load(fragments);
    this.sessionIds.load(sessionIds);
    this.lastAck = lastAck;
    for (const plane of endpoints) this.endpointsAskedFor.add(plane);
  }

  protected override nextEnd(): NextEnd<StreamSettings> | undefined {
    const [status, edge] = [super.nextEnd(), edgeEnd(this.record.edge)];
    return status === undefined || (edge !== undefined && edge.at < status.at) ? edge : status;
  }
}

const tellOf =
  (stream: Stream, events: Events | undefined): TellFragment =>
  (state, { number, serverTime, producerTime, size }, time) => {
    if (events?.heard !== true) return;
    const { scope, name } = stream.record;
    const whose = { account: scope.account, region: scope.region, stream: name };
    events.tell('fragment', whose, () => ({ state, number, serverTime, producerTime, bytes: size }), time);
  };
