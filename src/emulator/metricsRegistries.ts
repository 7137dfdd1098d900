import type { Registry } from 'prom-client';
import type { Streams } from '../domain/streams/streams.ts';
import { inTurn } from '../runtime/inTurn.ts';
import { families } from './metricsTable.ts';

const LABELS = ['stream', 'account', 'region'];

export async function processRegistry(): Promise<Registry> {
  const { collectDefaultMetrics, Registry: PromRegistry } = await load();
  const register = new PromRegistry();
  collectDefaultMetrics({ register });
  return register;
}

export async function streamRegistry(streams: Pick<Streams, 'all'>): Promise<Registry> {
  const { Counter, Gauge, Registry: PromRegistry } = await load();
  const registry = new PromRegistry();
  for (const { name, help, type, value } of families) {
    const Kind = type === 'counter' ? Counter : Gauge;
    new Kind({
      name,
      help,
      labelNames: LABELS,
      registers: [registry],
      collect() {
        this.reset();
        for (const stream of streams.all()) {
          const said = value(stream);
          const { scope, name: called } = stream.record;
          if (said !== undefined) this.inc({ stream: called, account: scope.account, region: scope.region }, said);
        }
      },
    });
  }
  return registry;
}

/** It is loaded when it is wanted: starting must not wait for it. */
const load = async () => (await inTurn(() => import('prom-client'))).default;
