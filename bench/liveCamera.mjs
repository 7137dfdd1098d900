import { open, putMediaHead } from './client.mjs';
import { CAMERA, clusterMs, clusterOpening, header, simpleBlock } from './matroska.mjs';
import { chunk, LAST_CHUNK } from './producer.mjs';

/** One camera on a connection of its own: sends frame by frame, or a fragment at once, when told to. */
export class LiveCamera {
  #socket;
  #shape;
  #fragment = 0;
  #frame = 0;
  #persisted = 0;
  /** Told when so many fragments are in the archive. */
  #waiting;
  #ended;

  /** @param headers go beside those of every PutMedia */
  static async start(server, stream, { shape = CAMERA, headers = {} } = {}) {
    const camera = new LiveCamera();
    const socket = await open(server.port);
    camera.#socket = socket;
    camera.#shape = shape;
    let text = '';
    camera.#ended = new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.setEncoding('latin1').on('data', (piece) => {
        text += piece;
        if (text.includes('"ERROR"') || /^HTTP\/1.1 [^2]/m.test(text)) reject(new Error(text));
        for (const _ of text.matchAll(/"EventType":"PERSISTED"/g)) camera.#persist();
        if (text.endsWith('\r\n0\r\n\r\n')) resolve();
        text = text.slice(text.lastIndexOf('\n', text.length - 3) + 1);
      });
    });
    camera.#ended.catch((error) => camera.#waiting?.reject(error));
    socket.write(Buffer.concat([putMediaHead(stream, headers), chunk(header()), chunk(clusterOpening(0))]));
    return camera;
  }

  /** The next frame; with a fragment's last one goes the beginning of the next fragment, which ends it. */
  sendFrame() {
    const { frames, frameMs, frameBytes, keyFrameBytes } = this.#shape;
    const key = this.#frame === 0;
    const parts = [chunk(simpleBlock(this.#frame * frameMs, key ? keyFrameBytes : frameBytes, key))];
    this.#frame += 1;
    if (this.#frame === frames) {
      this.#frame = 0;
      this.#fragment += 1;
      parts.push(chunk(clusterOpening(this.#fragment * clusterMs(this.#shape))));
    }
    this.#socket.write(Buffer.concat(parts));
  }

  /** The next fragment; resolves when it is in the archive. */
  async record() {
    const { promise, ...settle } = deferred();
    this.#waiting = { ...settle, fragments: this.#fragment + 1 };
    for (let i = 0; i < this.#shape.frames; i++) this.sendFrame();
    await promise;
  }

  /** Fragments in the archive. */
  get persisted() {
    return this.#persisted;
  }

  async end() {
    this.#socket.write(Buffer.concat([chunk(simpleBlock(0, this.#shape.keyFrameBytes, true)), LAST_CHUNK]));
    await this.#ended;
    this.#socket.destroy();
  }

  #persist() {
    this.#persisted += 1;
    if (this.#persisted >= (this.#waiting?.fragments ?? Number.POSITIVE_INFINITY)) this.#waiting.resolve();
  }
}

function deferred() {
  let settle;
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}
