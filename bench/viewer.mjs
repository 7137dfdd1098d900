import { performance } from 'node:perf_hooks';
import { jsonRequest, open } from './client.mjs';
import { ResponseReader } from './response.mjs';

/** A player's kept connection: opens a session and fetches its URLs, one after the other. */
export class Viewer {
  #socket;
  #settle;
  #fail;
  #reader;

  static async open(server) {
    const viewer = new Viewer();
    viewer.#socket = await open(server.port);
    viewer.#socket.on('data', (bytes) => {
      viewer.#reader.push(bytes);
      if (viewer.#reader.done) viewer.#settle();
    });
    viewer.#socket.on('error', (error) => viewer.#fail?.(error));
    viewer.#socket.on('close', () => viewer.#fail?.(new Error('the server closed')));
    return viewer;
  }

  /** Milliseconds from the request's last byte out to the answer's first and last byte in, and the body. */
  get(path) {
    return this.#exchange(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  }

  /** Opens a session and resolves to the path of its first URL. */
  async openSession(protocol, input) {
    const { body } = await this.#exchange(jsonRequest(`/get${protocol}StreamingSessionURL`, input));
    const { pathname, search } = new URL(JSON.parse(body)[`${protocol}StreamingSessionURL`]);
    return pathname + search;
  }

  async #exchange(request) {
    const pieces = [];
    let firstByteAt;
    this.#reader = new ResponseReader((piece) => {
      firstByteAt ??= performance.now();
      pieces.push(Buffer.from(piece));
    });
    const answered = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    const began = performance.now();
    this.#socket.write(request);
    await answered;
    const ms = performance.now() - began;
    const body = Buffer.concat(pieces);
    if (this.#reader.status !== 200) throw new Error(`${request}${this.#reader.head}\n${body}`);
    return { ms, firstByteMs: firstByteAt - began, body };
  }

  close() {
    this.#fail = undefined;
    this.#socket.destroy();
  }
}

/** The path of an HLS session's media playlist of a track, from that of its master playlist. */
export const mediaPlaylistPath = (masterPath, track = 1) =>
  `${masterPath.replace('getHLSMasterPlaylist', 'getHLSMediaPlaylist')}&TrackNumber=${track}`;

/** The paths of the segments that a media playlist lists. */
export const segmentPaths = (playlist) =>
  playlist
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => `/hls/v1/${line}`);
