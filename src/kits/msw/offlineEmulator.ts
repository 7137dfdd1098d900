import { assemble } from '../../assemble.ts';
import type { Face } from '../../emulator/face.ts';
import { withInside } from '../../inside.ts';
import { type EmulatorOptions, readSettings } from '../../settings.ts';

/** An emulator that nobody can reach but by handlers in the same process. */
export interface OfflineEmulator extends Face {
  /**
   * Resolves once what the option `seed` says is there; requests wait for it by themselves. Rejects with a sentence if that
   * cannot be had.
   */
  readonly ready: Promise<void>;
  /** Ends open streams; what is asked from then on fails as if nobody were there. Calling it again does nothing. */
  stop(): void;
}

/**
 * Makes an emulator without a socket. What options say of ports, addresses and certificates has no effect. Throws a sentence
 * that names the option if one makes no sense.
 */
export function createOfflineEmulator(options: EmulatorOptions = {}): OfflineEmulator {
  const { settings, log, snapshot } = readSettings(options);
  if (snapshot !== undefined || settings.snapshot !== undefined) {
    throw new RangeError(
      'snapshot: this emulator is there at once. Load it afterwards: await emulator.snapshots.load(archive).',
    );
  }
  if (settings.dataDir !== undefined) throw new TypeError('dataDir is for createEmulator(): this one is in memory.');
  const world = assemble(settings, log);
  const ready = world.seedAtStart();
  // Whoever needs it is told.
  ready.catch(() => undefined);
  const stop = (): void => {
    if (!world.stopped.aborted) world.stop();
  };
  return withInside({ ...world.face, ready, stop }, { ...world, ready, settings });
}
