import { VERSION } from '../runtime/version.ts';
import { monotonicNow } from '../runtime/wall.ts';

export interface Health {
  readonly status: 'ok';
  readonly version: string;
  /** Milliseconds of real time since the emulator was made. */
  readonly uptimeMs: number;
}

export function healthControl(): () => Health {
  const startedAt = monotonicNow();
  return () => ({ status: 'ok', version: VERSION, uptimeMs: Math.round(monotonicNow() - startedAt) });
}
