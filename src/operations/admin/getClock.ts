import type { ControllableClock } from '../../runtime/clock.ts';
import { toIso } from '../../runtime/time.ts';
import type { AdminOperation } from './adminOperation.ts';

export interface ClockView {
  now: string;
  mode: 'running' | 'frozen';
  rate: number;
  offsetMs: number;
}

export function viewClock(clock: ControllableClock): ClockView {
  const { now, mode, rate, offsetMs } = clock.state();
  return { now: toIso(now), mode, rate, offsetMs };
}

export const getClock: AdminOperation = {
  method: 'GET',
  path: '/_kvs/clock',
  summary: 'the emulated time, and whether and how fast it runs',
  handle: ({ clock }) => viewClock(clock),
};
