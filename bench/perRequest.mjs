// What a request costs a server, in microseconds of its processor time: what others do on the machine hardly touches that.
import { requestRate } from './client.mjs';
import { processorMs } from './processes.mjs';

const CONNECTIONS = 20;
const WARM_REQUESTS = 30_000;
const WARM_MS = 1000;

/** Asks for so long and resolves to how often it was answered. */
const answered = async (server, request, ms) =>
  ((await requestRate(server, request, { connections: CONNECTIONS, ms })) * ms) / 1000;

export async function warm(server, request) {
  for (let sum = 0; sum < WARM_REQUESTS; ) sum += await answered(server, request, WARM_MS);
}

export async function microsPerRequest(server, request, ms) {
  const before = processorMs(server.pid);
  const count = await answered(server, request, ms);
  return (1000 * (processorMs(server.pid) - before)) / count;
}

/** As a row says it. */
export const against = ({ a, b }) => `${a.toFixed(1)} µs of processor time against ${b.toFixed(1)} µs`;
export const between = ([least, most]) => `interval ${least.toFixed(2)} to ${most.toFixed(2)}`;
