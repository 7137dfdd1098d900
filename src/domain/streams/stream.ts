import { labelled } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import { FragmentLog, type FragmentLogOwner, type FragmentLogServices } from '../fragments/fragmentLog.ts';
import { type LimitOf, PUBLISHED } from '../limits/limits.ts';
import { type Home, type NextEnd, Resource } from '../resources/resource.ts';
import type { ResourcesServices } from '../resources/resources.ts';
import { edgeEnd } from './edgeConfigurations.ts';
import { retentionMs } from './settings.ts';
import type { StreamRecord, StreamSettings } from './streamRecord.ts';

type StreamServices = Omit<FragmentLogServices, 'limit'> & Pick<ResourcesServices, 'limits'>;

export class Stream extends Resource<StreamSettings> {
  readonly fragments: FragmentLog;
  /** Of playback sessions. */
  readonly sessionIds: Ids;
  /** Planes whose endpoint somebody has asked for. */
  readonly endpointsAskedFor = new Set<string>();

  constructor(record: StreamRecord, home: Home<StreamSettings>, services: StreamServices) {
    super(record, home);
    const { payloads, room, log, oldestFirst, limits = PUBLISHED } = services;
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
    this.fragments = new FragmentLog({ clock, ids: this.ids, payloads, room, log, oldestFirst, limit }, owner);
    if (record.status === 'DELETING') this.fragments.delete();
  }

  protected override nextEnd(): NextEnd<StreamSettings> | undefined {
    const [status, edge] = [super.nextEnd(), edgeEnd(this.record.edge)];
    return status === undefined || (edge !== undefined && edge.at < status.at) ? edge : status;
  }
}
