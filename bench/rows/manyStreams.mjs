import { Caller, jsonRequest } from '../client.mjs';
import { startEmulator } from '../processes.mjs';
import { inTurns, median } from '../statistics.mjs';
import { milliseconds, ratio } from '../units.mjs';

export const name = 'manyStreams';

const MANY = 10_000;
const FEW = 100;
const CALLS = 200;
const PAGE = 50;

const streamName = (i) => `stream-${i}`;

/** For each operation the median time of a call on a server with `count` streams. */
const OPERATIONS = {
  async CreateStream({ caller }) {
    const arns = [];
    const times = [];
    for (let i = 0; i < CALLS; i++) {
      const request = jsonRequest('/createStream', { StreamName: `new-${Math.floor(Math.random() * 1e9)}-${i}` });
      const { ms, answer } = await caller.call(request);
      times.push(ms);
      arns.push(answer.StreamARN);
    }
    // So that there are as many as before.
    for (const StreamARN of arns) await caller.call(jsonRequest('/deleteStream', { StreamARN }));
    return median(times);
  },
  async DescribeStream({ caller, count }) {
    const times = [];
    for (let i = 0; i < CALLS; i++) {
      const StreamName = streamName(Math.floor(Math.random() * count));
      times.push((await caller.call(jsonRequest('/describeStream', { StreamName }))).ms);
    }
    return median(times);
  },
  async ListStreams({ caller, token }) {
    const times = [];
    const request = jsonRequest('/listStreams', { MaxResults: PAGE, NextToken: token });
    for (let i = 0; i < CALLS; i++) {
      const { ms, answer } = await caller.call(request);
      if (answer.StreamInfoList.length !== PAGE) throw new Error(`a page of ${answer.StreamInfoList.length}`);
      times.push(ms);
    }
    return median(times);
  },
};

export async function run({ quick, progress }) {
  const rounds = quick ? 5 : 15;
  const many = await fill(MANY);
  const few = await fill(FEW);
  const figures = [];
  for (const [operation, time] of Object.entries(OPERATIONS)) {
    await time(many);
    await time(few);
    const measured = await inTurns({ rounds, a: () => time(many), b: () => time(few) });
    figures.push({
      figure: `${operation === 'ListStreams' ? `a page of ${PAGE} of ListStreams` : operation} at 10,000 streams, against at 100`,
      aim: '<= 2',
      value: ratio(measured.ratio),
      met: measured.ratio <= 2,
      absolute: `${milliseconds(measured.a)} against ${milliseconds(measured.b)}`,
    });
    progress(figures.length / 3);
  }
  await many.stop();
  await few.stop();
  return figures;
}

/** A server with `count` streams, and the token of the page in the middle of them. */
async function fill(count) {
  const server = await startEmulator();
  const caller = await Caller.open(server);
  // Both servers have answered equally often when they are measured: code that has run often runs faster.
  for (let i = count; i < MANY; i++) {
    const { answer } = await caller.call(jsonRequest('/createStream', { StreamName: 'practice' }));
    await caller.call(jsonRequest('/deleteStream', { StreamARN: answer.StreamARN }));
  }
  for (let i = 0; i < count; i++) await caller.call(jsonRequest('/createStream', { StreamName: streamName(i) }));
  const half = await caller.call(jsonRequest('/listStreams', { MaxResults: Math.min(1000, count / 2) }));
  const stop = async () => {
    caller.close();
    await server.stop();
  };
  return { caller, count, token: half.answer.NextToken, stop };
}
