// What programs of other people do when a limit refuses them: nothing, once.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startEmulator } from '../support/emulator.ts';
import { describeWith, output, run } from '../support/programs.ts';

const SCRIPT = fileURLToPath(new URL('limits.py', import.meta.url));
const said = (stream: string): string =>
  `Limit exceeded on number of requests for DescribeStream API for resource '${stream}'`;

async function startLimited(names: readonly string[]) {
  const emulator = await startEmulator({ clock: 'frozen', limits: 'aws' });
  for (const StreamName of names) {
    await fetch(`${emulator.url}/createStream`, { method: 'POST', body: JSON.stringify({ StreamName }) });
  }
  return emulator;
}

describeWith(['boto3'], 'boto3', () => {
  it('makes one attempt in each of its modes and raises its own exception', { timeout: 60_000 }, async () => {
    const modes = ['legacy', 'standard', 'adaptive'];
    const emulator = await startLimited(modes.map((mode) => `cam-${mode}`));
    const lines = (await output('python3', [SCRIPT, emulator.url])).toString().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      modes.map((mode) => ({
        ...{ mode, code: 'ClientLimitExceededException', message: said(`cam-${mode}`), status: 400, retries: 0 },
      })),
    );
    expect(emulator.requests.list({ operation: 'DescribeStream' })).toHaveLength(3 * 6);
  });
});

describeWith(['aws'], 'the AWS CLI', () => {
  it('makes one attempt and says what it was told; once the time has come it gets through', async () => {
    const emulator = await startLimited(['cam']);
    emulator.limits.change({ overrides: { DescribeStream: 1 } });
    const describeCam = () =>
      run('aws', ['--endpoint-url', emulator.url, 'kinesisvideo', 'describe-stream', '--stream-name', 'cam']);
    expect((await describeCam()).code).toBe(0);
    const refused = await describeCam();
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain(
      `(ClientLimitExceededException) when calling the DescribeStream operation: ${said('cam')}`,
    );
    expect(emulator.requests.list({ operation: 'DescribeStream' })).toHaveLength(2);
    await emulator.clock.set(emulator.requests.list().at(-1)?.throttled?.passesAt as string);
    expect((await describeCam()).code).toBe(0);
  });
});
