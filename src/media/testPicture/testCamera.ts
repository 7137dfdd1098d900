import { concatenate } from '../bytes/concatenate.ts';
import { AAC_CONFIG, AAC_FRAME, AAC_RATE, aacFrame } from '../encode/aacTone.ts';
import { AvcEncoder } from '../encode/avcEncoder.ts';
import { filler, SMALLEST_FILLER } from '../encode/filler.ts';
import { lengthPrefixed } from '../encode/nalUnit.ts';
import { clusterStart, documentStart, simpleBlock } from '../matroska/writer.ts';
import { Scene } from './scene.ts';

export interface TestCameraOptions {
  /** Shown in the picture. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Pictures a second. */
  readonly rate: number;
  /** As avcLevel says. */
  readonly level: number;
  /** Pictures in a fragment; each begins with a key picture. */
  readonly fragment: number;
  /** Bits a second of the video, filled up to that; undefined: as few as it takes. */
  readonly bitrate: number | undefined;
  readonly sound: boolean;
  /** Milliseconds since the epoch: time of the first picture. */
  readonly start: number;
  /** What the timecodes count from: 0 for dates, `start` for a recording. */
  readonly origin: number;
  /** Number of the first picture. */
  readonly frame: number;
  /** A time as a date; media know no calendar. */
  readonly iso: (ms: number) => string;
}

export interface Piece {
  /** Milliseconds after the start at which the camera has it. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

const MUXER = 'test camera';
const VIDEO = 1;
const AUDIO = 2;
const SILENCE = aacFrame(false);
const TONE = aacFrame(true);
/** So long from each full second on. Milliseconds. */
const BEEP = 90;
const SOUND_TRACK = {
  ...{ number: AUDIO, codec: 'A_AAC', configuration: AAC_CONFIG, frameTime: (AAC_FRAME * 1e9) / AAC_RATE },
  audio: { rate: AAC_RATE, channels: 1 },
};

/** A camera that films a clock and beeps every second: one endless Matroska document. */
export class TestCamera {
  /** What stands in front of all pieces. */
  readonly header: Uint8Array;
  readonly #options: TestCameraOptions;
  readonly #scene: Scene;
  readonly #encoder: AvcEncoder;
  /** Pictures and frames of sound so far, and of what time the Cluster is. */
  #pictures = 0;
  #sounds = 0;
  #cluster = 0;
  /** At which picture the next fragment begins. */
  #next = 0;
  #credit = 0;

  constructor(options: TestCameraOptions) {
    const { width, height, rate, name, sound } = options;
    this.#options = options;
    this.#scene = new Scene(width, height, name);
    this.#encoder = new AvcEncoder(options);
    const configuration = this.#encoder.record;
    const video = { number: VIDEO, codec: 'V_MPEG4/ISO/AVC', configuration, frameTime: 1e9 / rate };
    this.header = documentStart([{ ...video, video: { width, height } }, ...(sound ? [SOUND_TRACK] : [])], MUXER);
  }

  /** Number of the next picture. */
  get frame(): number {
    return this.#options.frame + this.#pictures;
  }

  /** Whether a fragment begins with the next picture. */
  get atStart(): boolean {
    return this.#pictures === this.#next;
  }

  /** When the next picture is due, in milliseconds after the start. */
  get due(): number {
    return (this.#pictures * 1000) / this.#options.rate;
  }

  /** Leaves out the pictures before `ms` after the start. Only where a fragment begins. */
  skip(ms: number): void {
    this.#pictures = Math.max(this.#pictures, Math.ceil((ms * this.#options.rate) / 1000));
    this.#sounds = Math.max(this.#sounds, Math.ceil((this.due * AAC_RATE) / AAC_FRAME / 1000));
    this.#next = this.#pictures;
  }

  /** The next picture, and the sound until the one after it. */
  next(): Piece {
    const { start, origin, fragment, iso, sound } = this.#options;
    const { due: at, frame, atStart: key } = this;
    const time = Math.round(start + at);
    const blocks: Uint8Array[] = [];
    if (key) {
      this.#cluster = time;
      this.#next += fragment;
      blocks.push(clusterStart(time - origin));
    }
    this.#scene.show({ iso: iso(time), frame });
    blocks.push(simpleBlock(VIDEO, time - this.#cluster, key, this.#picture(key)));
    this.#pictures++;
    if (sound) this.#beep(blocks);
    return { at, bytes: concatenate(blocks) };
  }

  /** Filled up to what the rate allows, if there is one. */
  #picture(key: boolean): Uint8Array {
    const { bitrate, rate } = this.#options;
    const slice = this.#encoder.encode(this.#scene.canvas, key);
    if (bitrate === undefined) return lengthPrefixed([slice]);
    this.#credit += bitrate / 8 / rate - slice.length - 8;
    if (this.#credit < SMALLEST_FILLER) return lengthPrefixed([slice]);
    const more = filler(Math.floor(this.#credit));
    this.#credit -= more.length;
    return lengthPrefixed([more, slice]);
  }

  #beep(blocks: Uint8Array[]): void {
    const { start } = this.#options;
    for (;;) {
      const time = Math.round(start + (this.#sounds * AAC_FRAME * 1000) / AAC_RATE);
      // In whole milliseconds: no sound may be as late as the Cluster behind its own.
      if (time >= Math.round(start + this.due)) return;
      const frame = time % 1000 < BEEP ? TONE : SILENCE;
      blocks.push(simpleBlock(AUDIO, time - this.#cluster, true, frame));
      this.#sounds++;
    }
  }
}
