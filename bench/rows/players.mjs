import { performance } from 'node:perf_hooks';
import { call } from '../client.mjs';
import { LiveCamera } from '../liveCamera.mjs';
import { CAMERA } from '../matroska.mjs';
import { startEmulator } from '../processes.mjs';
import { quantile } from '../statistics.mjs';
import { milliseconds } from '../units.mjs';
import { mediaPlaylistPath, segmentPaths, Viewer } from '../viewer.mjs';

export const name = 'players';
export const figure =
  '100 players of one LIVE session at 4 Mbit/s, each with a playlist a second and every segment: playlist, p99';

const PLAYERS = 100;
const POLL_MS = 1000;
/** The camera's, which sends in real time. */
const TICK_MS = 5;

export async function run({ quick, progress }) {
  const seconds = quick ? 10 : 30;
  const server = await startEmulator('--max-memory', '4GiB');
  await call(server, '/createStream', { StreamName: 'live', DataRetentionInHours: 24 });
  const camera = await LiveCamera.start(server, 'live');
  await camera.record();
  const opener = await Viewer.open(server);
  const path = mediaPlaylistPath(await opener.openSession('HLS', { StreamName: 'live', PlaybackMode: 'LIVE' }));
  opener.close();
  const players = await Promise.all(Array.from({ length: PLAYERS }, () => Player.start(server, path)));

  const playlists = [];
  const segments = [];
  const before = performance.eventLoopUtilization();
  const began = performance.now();
  const until = began + seconds * 1000;
  let frameAt = began;
  await new Promise((resolve, reject) => {
    const polls = [];
    // Staggered over the second, as people who pressed Play at some time or other.
    const due = players.map((_, i) => began + (i * POLL_MS) / PLAYERS);
    const timer = setInterval(() => {
      const now = performance.now();
      for (; frameAt <= now; frameAt += CAMERA.frameMs) camera.sendFrame();
      players.forEach((player, i) => {
        if (due[i] > now) return;
        due[i] += POLL_MS;
        polls.push(player.poll({ playlists, segments }).catch(reject));
      });
      progress((now - began) / 1000 / seconds);
      if (now < until) return;
      clearInterval(timer);
      Promise.all(polls).then(resolve, reject);
    }, TICK_MS);
  });
  const { utilization } = performance.eventLoopUtilization(before);
  for (const player of players) player.close();
  const recorded = camera.persisted;
  await server.stop();
  const played = Math.min(...players.map((player) => player.played));
  if (played < recorded - 2) throw new Error(`a player got ${played} of ${recorded} segments`);
  const [p50, p99] = [0.5, 0.99].map((share) => milliseconds(quantile(playlists, share)));
  const [segment50, segment99] = [0.5, 0.99].map((share) => milliseconds(quantile(segments, share)));
  return {
    aim: '',
    value: p99,
    absolute:
      `${playlists.length} playlists: p50 ${p50}, p99 ${p99}; ${segments.length} segments of 1 MB: p50 ${segment50}, ` +
      `p99 ${segment99}; the client was busy for ${Math.round(utilization * 100)} % of the time`,
  };
}

/** Fetches the playlist when told to, and then whatever is new in it. */
class Player {
  #viewer;
  #path;
  #seen = new Set();
  #busy = Promise.resolve();

  static async start(server, path) {
    const player = new Player();
    player.#viewer = await Viewer.open(server);
    player.#path = path;
    return player;
  }

  /** Segments so far. */
  get played() {
    return this.#seen.size;
  }

  /** Times go into these lists. One poll waits for the one before, as a player does. */
  poll({ playlists, segments }) {
    this.#busy = this.#busy.then(async () => {
      const { ms, body } = await this.#viewer.get(this.#path);
      playlists.push(ms);
      for (const path of segmentPaths(body)) {
        if (this.#seen.has(path)) continue;
        this.#seen.add(path);
        segments.push((await this.#viewer.get(path)).ms);
      }
    });
    return this.#busy;
  }

  close() {
    this.#viewer.close();
  }
}
