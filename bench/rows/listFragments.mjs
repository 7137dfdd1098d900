import { Caller, call, jsonRequest, putMediaHead, upload } from '../client.mjs';
import { startEmulator } from '../processes.mjs';
import { LoopedBody } from '../producer.mjs';
import { inTurns, median } from '../statistics.mjs';
import { milliseconds, ratio } from '../units.mjs';

export const name = 'listFragments';
export const figure = 'ListFragments of 100 out of 1,000,000 fragments, against out of 1,000';
export const aim = '<= 2';

/** As small as a fragment can be: it is their number that counts. */
const TINY = { frames: 1, frameMs: 33, frameBytes: 1, keyFrameBytes: 1 };

export async function run({ quick, progress, tell }) {
  const rounds = quick ? 5 : 15;
  const many = quick ? 100_000 : 1_000_000;
  const server = await startEmulator();
  const few = await fill(server, 'few', 1000);
  const lots = await fill(server, 'many', many);
  progress(0.5);
  const caller = await Caller.open(server);
  const outOfMany = () => page(caller, lots);
  const outOfFew = () => page(caller, few);
  await outOfMany();
  await outOfFew();
  const measured = await inTurns({
    rounds,
    a: outOfMany,
    b: outOfFew,
    onRound: (round) => progress(0.5 + round / rounds / 2),
  });
  caller.close();
  await server.stop();
  tell(
    `filled with ${many} fragments in ${(lots.ms / 1000).toFixed(1)} s, ${Math.round((lots.ms / many) * 1e3)} us each`,
  );
  return {
    value: ratio(measured.ratio),
    met: measured.ratio <= 2,
    absolute: `${milliseconds(measured.a)} out of ${many.toLocaleString('en')} against ${milliseconds(measured.b)}`,
  };
}

async function fill(server, stream, fragments) {
  const start = Math.floor(Date.now() / 1000) - 86_400;
  await call(server, '/createStream', { StreamName: stream, DataRetentionInHours: 8760 });
  const clustersPerBlock = Math.min(fragments, 5000);
  const blockBytes = new LoopedBody({ mediaBytes: 1, shape: TINY, clustersPerBlock }).mediaBytes;
  const body = new LoopedBody({
    mediaBytes: (blockBytes * fragments) / clustersPerBlock,
    shape: TINY,
    clustersPerBlock,
  });
  const head = putMediaHead(stream, {
    'x-amzn-fragment-acknowledgment-required': 0,
    'x-amzn-producer-start-timestamp': start,
  });
  const { ms } = await upload(server, head, body);
  return { stream, start, end: start + (fragments * TINY.frameMs) / 1000, ms };
}

/** Median time of a page of 100 from anywhere in the stream on. */
async function page(caller, { stream, start, end }) {
  const times = [];
  for (let i = 0; i < 200; i++) {
    const from = start + Math.random() * (end - start) * 0.85;
    const request = jsonRequest('/listFragments', {
      StreamName: stream,
      MaxResults: 100,
      FragmentSelector: {
        FragmentSelectorType: 'PRODUCER_TIMESTAMP',
        TimestampRange: { StartTimestamp: from, EndTimestamp: end },
      },
    });
    const { ms, answer } = await caller.call(request);
    if (answer.Fragments.length !== 100) throw new Error(`${answer.Fragments.length} fragments in a page of 100`);
    times.push(ms);
  }
  return median(times);
}
