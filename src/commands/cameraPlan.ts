import { avcLevel } from '../media/encode/avcLevel.ts';
import { SMALLEST } from '../media/testPicture/scene.ts';
import type { TestCameraOptions } from '../media/testPicture/testCamera.ts';
import { parseDuration } from '../runtime/duration.ts';
import { toIso } from '../runtime/time.ts';
import { type CommandArgs, type CommandOptions, UsageError } from './command.ts';
import { count, flag, text } from './service.ts';

/** What all cameras of a command have in common. */
export interface CameraPlan {
  readonly format: Omit<TestCameraOptions, 'name' | 'start' | 'origin' | 'frame'>;
  readonly retention: number;
  /** Milliseconds; undefined: until stopped. */
  readonly duration: number | undefined;
  /** So much of the past they have filmed already. Milliseconds. */
  readonly past: number;
}

export const PICTURE_OPTIONS: CommandOptions = {
  rate: { type: 'string', placeholder: 'N', description: 'pictures a second, from 1 to 60 (25)' },
  size: { type: 'string', placeholder: 'WxH', description: 'pixels of a picture, even numbers (640x360)' },
  fragment: { type: 'string', placeholder: 'DURATION', description: 'length of a fragment, up to 20s (2s)' },
  bitrate: {
    type: 'string',
    placeholder: 'RATE',
    description: 'fills the video up to 500kbit or 2mbit; as few bits as it takes if not said',
  },
  'no-audio': { type: 'boolean', description: 'sends no sound' },
};

const DEFAULT_RETENTION_HOURS = 24;
/** What the service takes at most. Milliseconds. */
const LONGEST_FRAGMENT = 20_000;
const LARGEST = 4096;
const UNITS: Readonly<Record<string, number>> = { kbit: 1000, mbit: 1_000_000 };

function sizeOf(args: CommandArgs): readonly [width: number, height: number] {
  const given = text(args, 'size') ?? '640x360';
  const [, width = 0, height = 0] = (/^(\d{1,5})x(\d{1,5})$/.exec(given) ?? []).map(Number);
  const fits = width >= SMALLEST.width && height >= SMALLEST.height && width <= LARGEST && height <= LARGEST;
  if (!fits || width % 2 === 1 || height % 2 === 1)
    throw new UsageError(
      `--size must be two even numbers from ${SMALLEST.width}x${SMALLEST.height} to ${LARGEST}x${LARGEST}, like 640x360, not "${given}".`,
    );
  return [width, height];
}

function durationOf(args: CommandArgs, name: string): number | undefined {
  const given = text(args, name);
  if (given === undefined) return undefined;
  const ms = parseDuration(given);
  if (ms === undefined || ms === 0)
    throw new UsageError(`--${name} must be a duration like 2s, 90m or 24h, not "${given}".`);
  return ms;
}

function bitrateOf(args: CommandArgs): number | undefined {
  const given = text(args, 'bitrate');
  if (given === undefined) return undefined;
  const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)(kbit|mbit)$/.exec(given) ?? [];
  const bits = Number(amount) * (UNITS[unit] ?? 0);
  if (!(bits > 0)) throw new UsageError(`--bitrate must be a rate like 500kbit or 2mbit, not "${given}".`);
  return bits;
}

export function cameraPlan(args: CommandArgs): CameraPlan {
  const [width, height] = sizeOf(args);
  const rate = Number(text(args, 'rate') ?? 25);
  if (!(rate >= 1 && rate <= 60)) throw new UsageError(`--rate must be from 1 to 60, not "${text(args, 'rate')}".`);
  const length = durationOf(args, 'fragment') ?? 2000;
  const fragment = Math.max(1, Math.round((length * rate) / 1000));
  if (length > LONGEST_FRAGMENT || length < 100) throw new UsageError('--fragment must be from 100ms to 20s.');
  const bitrate = bitrateOf(args);
  const level = avcLevel(Math.ceil(width / 16), Math.ceil(height / 16), rate, bitrate ?? 0);
  if (level === undefined)
    throw new UsageError(`No level of H.264 has ${width}x${height} at ${rate} a second: choose less.`);
  return {
    format: { width, height, rate, level, fragment, bitrate, sound: !flag(args, 'no-audio'), iso: toIso },
    retention: count(args, 'retention', 0) ?? DEFAULT_RETENTION_HOURS,
    duration: durationOf(args, 'duration'),
    past: durationOf(args, 'ago') ?? 0,
  };
}
