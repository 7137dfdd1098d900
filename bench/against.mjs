// This build against another, by turns, pair by pair: whether a change costs anything that one would notice.
import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { call, jsonRequest, requestRate } from './client.mjs';
import { startBuild, startTalkative } from './processes.mjs';
import { getMedia } from './rows/getMedia.mjs';
import { ingest, putMedia } from './rows/ingest.mjs';
import { inTurns } from './statistics.mjs';

const PAIRS = 11;
const WORTH_TELLING = 0.03;

/** Each prepares a server of one build and gives a function that measures it once; more is better. */
const MEASURES = {
  'PutMedia, MB/s': async (main, quick) => {
    const server = await startBuild(main, '--max-memory', '3GiB');
    const bytes = quick ? 128e6 : 512e6;
    await ingest(server, bytes);
    return { once: () => ingest(server, bytes), stop: server.stop };
  },
  'GetMedia, MB/s': async (main, quick) => {
    const server = await startBuild(main, '--max-memory', '3GiB');
    const { body, lastNumber } = await putMedia(server, 'media', quick ? 128e6 : 512e6);
    const once = () => getMedia(server, body.mediaBytes, lastNumber);
    await once();
    return { once, stop: server.stop };
  },
  'DescribeStream, requests/s': async (main, quick) => describeStream(await startBuild(main), quick),
  'DescribeStream at the usual log level, requests/s': async (main, quick) =>
    describeStream(await startTalkative(main), quick),
  'starts to the first answer, per s': async (main) => ({
    async once() {
      const server = await startBuild(main);
      await fetch(`${server.url}/_kvs/health`);
      const ms = performance.now() - server.spawnedAt;
      await server.stop();
      return 1000 / ms;
    },
    stop: () => undefined,
  }),
};

async function describeStream(server, quick) {
  await call(server, '/createStream', { StreamName: 'stream', DataRetentionInHours: 24 });
  const request = jsonRequest('/describeStream', { StreamName: 'stream' });
  const once = () => requestRate(server, request, { connections: 20, ms: quick ? 500 : 2000 });
  for (let i = 0; i < 3; i++) await once();
  return { once, stop: server.stop };
}

/** A Markdown table. */
export async function against(other, { quick, tell, progress }) {
  if (!existsSync(other)) throw new Error(`There is no ${other}: give the path of another build's dist/main.js.`);
  const own = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const rows = [];
  for (const [what, prepare] of Object.entries(MEASURES)) {
    tell(`${what} ...`);
    const [a, b] = [await prepare(own, quick), await prepare(other, quick)];
    const onRound = (round) => progress(what, round / PAIRS);
    const { a: here, b: there, ratio, interval } = await inTurns({ rounds: PAIRS, a: a.once, b: b.once, onRound });
    await a.stop();
    await b.stop();
    const [least, most] = interval;
    const verdict =
      most < 1 - WORTH_TELLING ? 'a loss' : least > 1 + WORTH_TELLING ? 'a gain' : 'no difference to speak of';
    const figures = [here, there].map((value) => Number(value.toPrecision(4)).toLocaleString('en'));
    rows.push(
      `| ${what} | ${figures[0]} | ${figures[1]} | ${ratio.toFixed(3)} | ${least.toFixed(3)} to ${most.toFixed(3)} | ${verdict} |`,
    );
    tell(rows.at(-1));
  }
  return `| measure | here | there | ratio | interval | |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`;
}
