import type { Operation } from './operation.ts';

/** Every operation the emulator answers, one line each. */
export const registry: readonly Operation[] = [];
