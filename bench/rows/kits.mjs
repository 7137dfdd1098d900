import { execFileSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { CAMERA, cluster, clusterMs, header } from '../matroska.mjs';
import { residentBytes, startBare, startEmulator } from '../processes.mjs';
import { inTurns, median } from '../statistics.mjs';
import { megabytes, milliseconds, ratio } from '../units.mjs';

export const name = 'kits';

const PROBE = fileURLToPath(new URL('../kitsProbe.mjs', import.meta.url));
const settings = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

export async function run({ quick, progress }) {
  const rounds = quick ? 3 : 11;
  const probes = [];
  for (let round = 0; round < rounds; round++) {
    probes.push(JSON.parse(execFileSync(process.execPath, [PROBE], { encoding: 'utf8' })));
    progress(round / rounds / 3);
  }
  const of = (member, figure, most) => {
    const ms = median(probes.map((probe) => probe[member]));
    return { figure, aim: `<= ${most} ms`, value: milliseconds(ms), met: ms <= most, absolute: `${rounds} processes` };
  };
  return [
    of('importMs', "`import 'kvs-emulator'`", 60),
    of('readyMs', '`createEmulator()` to ready, after the import', 15),
    of('accountMs', 'a fresh account for a test, and its end', 1),
    await resident(rounds, (done) => progress(1 / 3 + done / 3)),
    await upload(quick ? 3 : 7, quick ? 30 : 100, (done) => progress(2 / 3 + done / 3)),
  ];
}

/** Of a started emulator that was asked for its health, against a bare server that was asked as well. */
async function resident(rounds, onRound) {
  const held = async (starting) => {
    const server = await starting();
    await (await fetch(`${server.url}/_kvs/health`)).text();
    const bytes = residentBytes(server.pid);
    await server.stop();
    return bytes;
  };
  const measured = await inTurns({
    rounds,
    a: () => held(startEmulator),
    b: () => held(() => startBare('hello')),
    onRound: (round) => onRound(round / rounds),
  });
  return {
    figure: 'resident after the first 200, against a bare `node:http` server',
    aim: '<= 1.15',
    value: ratio(measured.ratio),
    met: measured.ratio <= 1.15,
    absolute: `${megabytes(measured.a)} against ${megabytes(measured.b)}`,
  };
}

/** PutMedia by the client of the package: through msw into an emulator in this process, and over a socket to one in another. */
async function upload(rounds, size, onRound) {
  const [{ createOfflineEmulator, kinesisVideoHandlers }, { putMedia }, { setupServer }] = await Promise.all([
    import('../../dist/esm/msw.js'),
    import('../../dist/esm/client.js'),
    import('msw/node'),
  ]);
  const offline = createOfflineEmulator({ logLevel: 'error' });
  const interceptor = setupServer(...kinesisVideoHandlers(offline));
  const server = await startEmulator();
  const media = Buffer.concat([
    header(),
    ...Array.from({ length: size }, (_, index) => cluster(index * clusterMs(CAMERA), CAMERA)),
  ]);
  const put = async (endpoint, stream) => {
    const body = JSON.stringify({ StreamName: stream, DataRetentionInHours: 1 });
    const headers = { 'content-type': 'application/json' };
    const created = await fetch(`${endpoint}/createStream`, { method: 'POST', headers, body });
    if (created.status !== 200) throw new Error(await created.text());
    const begun = performance.now();
    const options = { ...settings, endpoint, streamName: stream, fragmentTimecodeType: 'RELATIVE', body: media };
    let persisted = 0;
    for await (const ack of putMedia({ ...options, producerStartTimestamp: 1_700_000_000_000 })) {
      if (ack.EventType === 'PERSISTED') persisted++;
    }
    if (persisted !== size) throw new Error(`${persisted} of ${size} fragments were persisted`);
    return performance.now() - begun;
  };
  const measured = await inTurns({
    rounds,
    async a(round) {
      interceptor.listen({ onUnhandledRequest: 'bypass' });
      const ms = await put('https://kinesisvideo.us-east-1.amazonaws.com', `a${round}`);
      interceptor.close();
      await offline.reset();
      return ms;
    },
    async b(round) {
      const ms = await put(server.url, `b${round}`);
      await fetch(`${server.url}/_kvs/reset`, { method: 'POST' });
      return ms;
    },
    onRound: (round) => onRound(round / rounds),
  });
  offline.stop();
  await server.stop();
  return {
    figure: `PutMedia of ${size} MB through msw, against a socket`,
    aim: '<= 2',
    value: ratio(measured.ratio),
    met: measured.ratio <= 2,
    absolute: `${milliseconds(measured.a)} against ${milliseconds(measured.b)}`,
  };
}
