import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { HURRY } from '../support/cam.ts';
import { startEmulator } from '../support/emulator.ts';
import { describeWith, output, scratchFolder } from '../support/programs.ts';

const SCRIPT = fileURLToPath(new URL('signaling_client.py', import.meta.url));
const NOT_MAPPED = 'The channel is not mapped to a stream. Enable its MediaStorageConfiguration first.';

describeWith(['boto3'], 'boto3', () => {
  it('asks for servers, sends an offer and is told why it may not join a storage session, over https', async () => {
    const emulator = await startEmulator();
    const ca = `${scratchFolder()}/ca.pem`;
    writeFileSync(ca, await emulator.ca());
    await emulator.clock.run(HURRY);
    expect(JSON.parse((await output('python3', [SCRIPT, emulator.httpsUrl, ca])).toString())).toEqual({
      protocols: ['HTTPS', 'WSS'],
      uris: [3, 3],
      gone: ['ResourceNotFoundException', 404, 'The requested channel is not found or not active.'],
      unanswered: ['ResourceNotFoundException', 404, expect.stringContaining('No master has answered')],
      join: ['InvalidArgumentException', 400, NOT_MAPPED],
      joinAsViewer: ['InvalidArgumentException', 400, NOT_MAPPED],
    });
  });
});
