import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createOfflineEmulator, kinesisVideoHandlers } from 'kvs-emulator/msw';
import { setupServer } from 'msw/node';
import { record, watch } from './camera.js';

const emulator = createOfflineEmulator();
const server = setupServer(...kinesisVideoHandlers(emulator));
server.listen({ onUnhandledRequest: 'error' });
after(() => {
  server.close();
  emulator.stop();
});

test('records and watches, as in production', async () => {
  assert.equal(await record('door', 'door.mkv'), 4);
  const media = await watch('door');
  assert.deepEqual([...media.subarray(0, 4)], [0x1a, 0x45, 0xdf, 0xa3]); // Matroska begins so
  const [put] = emulator.requests.list({ operation: 'PutMedia' });
  assert.equal(put.region, 'eu-west-1');
  assert.deepEqual(put.warnings, []);
});
