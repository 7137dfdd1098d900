import type { TimeAxis } from '../domain/fragments/fragmentIndex.ts';

/** By which of its two times requests choose fragments. */
export type SelectorType = 'SERVER_TIMESTAMP' | 'PRODUCER_TIMESTAMP';

export const axisOf = (type: SelectorType): TimeAxis => (type === 'SERVER_TIMESTAMP' ? 'serverTime' : 'producerTime');
