import type { Registry } from 'prom-client';
import type { Streams } from '../domain/streams/streams.ts';
import { turn } from '../runtime/slices.ts';
import { families } from './metricsTable.ts';

/** What has been counted, as Prometheus reads it. */
export type Metrics = () => Promise<string>;

const LABELS = ['stream', 'account', 'region'];

/** Of the process there is one, however many emulators are in it. */
let ofProcess: Promise<Registry> | undefined;

/** Nothing of it is there before somebody asks: what is counted lies with the streams, and goes with them. */
export function metricsControl(streams: Pick<Streams, 'all'>): Metrics {
  let ofStreams: Promise<Registry> | undefined;
  return async () => {
    ofProcess ??= processRegistry();
    ofStreams ??= streamRegistry(streams);
    const registry = await ofStreams;
    const parts: string[] = [];
    for (const { name } of families) {
      const text = await registry.getSingleMetricAsString(name);
      // Of a name without a value there is nothing to say.
      if (/^[^#]/m.test(text)) parts.push(text);
      // With thousands of streams each takes its time.
      await turn();
    }
    parts.push(await (await ofProcess).metrics());
    return `${parts.join('\n').trimEnd()}\n`;
  };
}

async function processRegistry(): Promise<Registry> {
  const { collectDefaultMetrics, Registry: PromRegistry } = await load();
  const register = new PromRegistry();
  collectDefaultMetrics({ register });
  return register;
}

async function streamRegistry(streams: Pick<Streams, 'all'>): Promise<Registry> {
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
const load = async () => (await import('prom-client')).default;
