import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { call } from '../client.mjs';
import { residentBytes, startBare, startEmulator } from '../processes.mjs';
import { inTurns, quantile } from '../statistics.mjs';
import { milliseconds, ratio } from '../units.mjs';

export const name = 'signaling';

const CHANNELS = 1000;
/** Of a browser's offer, in base64. */
const PAYLOAD = 'x'.repeat(8600);
const SETTLE_MS = 2000;

async function open(url) {
  const socket = new WebSocket(url, { rejectUnauthorized: false });
  await once(socket, 'open');
  return socket;
}

const channelUrl = (scheme, { port }, arn, clientId) =>
  `${scheme}://localhost:${port}/?X-Amz-ChannelARN=${encodeURIComponent(arn)}${clientId ? `&X-Amz-ClientId=${clientId}` : ''}`;

const createChannel = async (emulator, ChannelName) =>
  (await call(emulator, '/createSignalingChannel', { ChannelName })).ChannelARN;

/** Times from an offer to its answer. */
async function exchanges(master, viewer, count) {
  const offer = JSON.stringify({ action: 'SDP_OFFER', messagePayload: PAYLOAD });
  const answer = JSON.stringify({ action: 'SDP_ANSWER', recipientClientId: 'v1', messagePayload: PAYLOAD });
  const onOffer = () => master.send(answer);
  master.on('message', onOffer);
  const times = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    viewer.send(offer);
    await once(viewer, 'message');
    times.push(performance.now() - began);
  }
  master.off('message', onOffer);
  return times;
}

async function latency({ quick, progress }) {
  const [emulator, bare] = [await startEmulator(), await startBare('relay', 'tls')];
  const arn = await createChannel(emulator, 'front');
  const here = [await open(channelUrl('wss', emulator, arn)), await open(channelUrl('wss', emulator, arn, 'v1'))];
  const there = [await open(`wss://localhost:${bare.port}/`), await open(`wss://localhost:${bare.port}/`)];
  const count = quick ? 300 : 1000;
  for (const pair of [here, there]) await exchanges(...pair, 2000);
  const all = [];
  const p99 = (times) => quantile(times, 0.99);
  const measured = await inTurns({
    rounds: quick ? 3 : 11,
    async a() {
      const times = await exchanges(...here, count);
      for (const time of times) all.push(time);
      return p99(times);
    },
    b: async () => p99(await exchanges(...there, count)),
    onRound: (round) => progress(round / 22),
  });
  await Promise.all([emulator.stop(), bare.stop()]);
  const [here99, there99] = [milliseconds(measured.a), milliseconds(measured.b)];
  return [
    {
      figure: 'an offer to its answer over two TLS sockets, p99',
      aim: '<= 5 ms',
      value: milliseconds(p99(all)),
      met: p99(all) <= 5,
      absolute: `median ${milliseconds(quantile(all, 0.5))}`,
    },
    {
      figure: 'the same, against `ws` that relays the same bytes',
      aim: '<= 2',
      value: ratio(measured.ratio),
      met: measured.ratio <= 2,
      absolute: `${here99} against ${there99}`,
    },
  ];
}

/** What the resident set of a server grows by for each socket, a master and two viewers to a channel. */
async function grownBy(server, urls) {
  // What is loaded with the first is not counted.
  (await open(urls[0])).terminate();
  await wait(SETTLE_MS);
  const before = residentBytes(server.pid);
  const sockets = [];
  for (const url of urls) sockets.push(await open(url));
  await wait(SETTLE_MS);
  const grown = residentBytes(server.pid) - before;
  for (const socket of sockets) socket.terminate();
  await server.stop();
  return grown / urls.length;
}

async function memory({ quick }) {
  const channels = quick ? 200 : CHANNELS;
  const emulator = await startEmulator();
  const urls = [];
  for (let i = 0; i < channels; i++) {
    const arn = await createChannel(emulator, `channel-${i}`);
    for (const clientId of [undefined, 'v1', 'v2']) urls.push(channelUrl('wss', emulator, arn, clientId));
  }
  const here = await grownBy(emulator, urls);
  const bare = await startBare('relay', 'tls');
  const there = await grownBy(
    bare,
    urls.map((_, i) => `wss://localhost:${bare.port}/${Math.floor(i / 3)}`),
  );
  return {
    figure: `memory for each of ${urls.length} TLS sockets, three to a channel, against \`ws\``,
    aim: '<= 1.5',
    value: ratio(here / there),
    met: here / there <= 1.5,
    absolute: `${Math.round(here / 1024)} KiB against ${Math.round(there / 1024)} KiB`,
  };
}

export async function run(watcher) {
  return [...(await latency(watcher)), await memory(watcher)];
}
