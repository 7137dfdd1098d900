import { Caller, call, jsonRequest } from '../client.mjs';
import { against, between, microsPerRequest, warm } from '../perRequest.mjs';
import { startCollected, startEmulator } from '../processes.mjs';
import { inTurns } from '../statistics.mjs';
import { ratio } from '../units.mjs';

export const name = 'limits';

const STREAMS = 10_000;
/** So high that nobody is refused: each call is counted all the same. */
const HIGH = { 'DescribeStream.rate': 1e9, 'DescribeStream.accountRate': 1e9 };

const say = async (server, limits) => {
  const answer = await fetch(`${server.url}/_kvs/limits`, { method: 'PUT', body: JSON.stringify(limits) });
  if (answer.status !== 200) throw new Error(await answer.text());
};

async function start(limits, later) {
  const server = await startEmulator();
  await call(server, '/createStream', { StreamName: 'stream', DataRetentionInHours: 24 });
  if (limits !== undefined) await say(server, limits);
  if (later !== undefined) await say(server, later);
  return server;
}

const request = jsonRequest('/describeStream', { StreamName: 'stream' });

/** Two emulators, by turns. */
async function compare(a, b, { quick, progress }) {
  const rounds = quick ? 5 : 21;
  for (const server of [a, b]) await warm(server, request);
  const [ofA, ofB] = [a, b].map((server) => () => microsPerRequest(server, request, 1000));
  const measured = await inTurns({ rounds, a: ofA, b: ofB, onRound: (at) => progress(at / rounds) });
  await a.stop();
  await b.stop();
  return measured;
}

async function switchedOn(watcher) {
  const measured = await compare(await start({ profile: 'aws', overrides: HIGH }), await start(), watcher);
  const micros = measured.difference;
  return {
    figure: 'limits switched on, for each DescribeStream',
    aim: '<= 5 µs',
    value: `${micros.toFixed(2)} µs`,
    met: micros <= 5,
    absolute: against(measured),
  };
}

async function switchedOff(watcher) {
  const measured = await compare(await start({ profile: 'aws' }, { profile: 'off' }), await start(), watcher);
  return {
    figure: 'limits switched off again, against never switched on: the steps are not there',
    aim: '<= 1.03',
    value: ratio(measured.ratio),
    met: measured.interval[0] <= 1.03,
    absolute: `${against(measured)}, ${between(measured.interval)}`,
  };
}

/** How much more memory is in use in a server when each of its streams has been asked for once. */
async function grownBy(limits, streams) {
  const server = await startCollected('--clock', 'frozen');
  await say(server, limits);
  const caller = await Caller.open(server);
  const each = async (path, input) => {
    for (let i = 0; i < streams; i++) await caller.call(jsonRequest(path, { StreamName: `stream-${i}`, ...input }));
  };
  await each('/createStream');
  // What the calls themselves leave behind is there before.
  for (let i = 0; i < streams; i++) await caller.call(jsonRequest('/describeStream', { StreamName: 'stream-0' }));
  const before = await server.liveBytes();
  for (const path of ['/describeStream', '/listTagsForStream']) await each(path);
  for (const path of ['/getDataEndpoint']) await each(path, { APIName: 'PUT_MEDIA' });
  const grown = (await server.liveBytes()) - before;
  caller.close();
  await server.stop();
  return grown;
}

async function memory({ quick }) {
  const streams = quick ? 2000 : STREAMS;
  const free = { 'CreateStream.accountRate': null, 'ListTagsForStream.accountRate': null };
  const overrides = { ...HIGH, ...free, 'GetDataEndpoint.accountRate': null };
  const [on, off] = [await grownBy({ profile: 'aws', overrides }, streams), await grownBy({}, streams)];
  const each = (on - off) / streams;
  return {
    figure: `buckets of ${streams.toLocaleString('en')} streams, three operations each`,
    aim: '<= 1 kB a stream',
    value: `${Math.round(each)} B`,
    met: each <= 1024,
    absolute: `${(on / 1e6).toFixed(1)} MB against ${(off / 1e6).toFixed(1)} MB`,
  };
}

export const run = async (watcher) => [await switchedOn(watcher), await switchedOff(watcher), await memory(watcher)];
