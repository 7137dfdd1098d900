// In a process of its own, as a test file is: what it takes to load the library, to have an emulator, and an account in it.
import { performance } from 'node:perf_hooks';

const began = performance.now();
const { createEmulator } = await import('../dist/esm/index.js');
const imported = performance.now();
const emulator = await createEmulator({ logLevel: 'error' });
const ready = performance.now();

const create = async (account) => {
  const authorization = `AWS4-HMAC-SHA256 Credential=${account}/20300101/us-east-1/kinesisvideo/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = await fetch(`${emulator.url}/createStream`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: '{"StreamName":"door"}',
  });
  if (answer.status !== 200) throw new Error(await answer.text());
  await answer.arrayBuffer();
};
for (let i = 0; i < 20; i++) await create(String(100_000_000_000 + i));
const rounds = 200;
const taken = [];
for (let i = 0; i < rounds; i++) {
  const account = String(200_000_000_000 + i);
  await create(account);
  // What a fresh account costs a test is its end: that it begins is nothing but a number.
  const at = performance.now();
  await emulator.reset({ account });
  taken.push(performance.now() - at);
}
taken.sort((a, b) => a - b);
await emulator.stop();
process.stdout.write(
  JSON.stringify({ importMs: imported - began, readyMs: ready - imported, accountMs: taken[rounds >> 1] }),
);
