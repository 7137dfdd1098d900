// Asks the emulator for one small thing after the other, as any other client would, in a process of its own, and tells how
// long the slowest answer took: `node prober.mjs PORT`, then a line `start` or `stop` for each time that is watched.
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { Caller, jsonRequest } from './client.mjs';

const server = { port: Number(process.argv[2]) };
const request = jsonRequest('/listStreams', {});
const caller = await Caller.open(server);
let watching = false;
let slowest = 0;
let asked = 0;

async function watch() {
  while (watching) {
    const { ms } = await caller.call(request);
    slowest = Math.max(slowest, ms);
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

let loop = Promise.resolve();
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'start') {
    watching = true;
    slowest = 0;
    asked = 0;
    loop = watch();
  } else {
    watching = false;
    const since = performance.now();
    await loop;
    // The answer that is awaited at the end counts, too: nobody answered until now.
    process.stdout.write(`${JSON.stringify({ slowest: Math.max(slowest, performance.now() - since), asked })}\n`);
  }
}
process.exit();
