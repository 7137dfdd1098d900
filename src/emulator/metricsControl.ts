import type { Registry } from 'prom-client';
import type { Streams } from '../domain/streams/streams.ts';
import { turn } from '../runtime/slices.ts';
import { processRegistry, streamRegistry } from './metricsRegistries.ts';
import { families } from './metricsTable.ts';

/** What has been counted, as Prometheus reads it. */
export type Metrics = () => Promise<string>;

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
