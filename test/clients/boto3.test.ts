import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { HURRY, startWithCam } from '../support/cam.ts';
import { walkChunks } from '../support/chunks.ts';
import { fixture } from '../support/fixtures.ts';
import { expectSameFrames, framesOf } from '../support/frames.ts';
import { describeWith, output, run, scratchFolder } from '../support/programs.ts';

const SCRIPT = fileURLToPath(new URL('boto3_client.py', import.meta.url));
const body = fixture('h264-aac-gop1s.mkv');
const REQUEST_ID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

const refusal = (code: string, status: number) => ({
  class: code,
  code,
  status,
  message: expect.stringMatching(/./),
  requestId: REQUEST_ID,
});

describeWith(['boto3'], 'boto3', () => {
  it.each(['http', 'https'])('does what its documentation shows, over %s', async (scheme) => {
    const emulator = await startWithCam(body);
    const folder = scratchFolder();
    const media = `${folder}/media.mkv`;
    const ca = `${folder}/ca.pem`;
    writeFileSync(ca, await emulator.ca());
    const url = scheme === 'http' ? emulator.url : emulator.httpsUrl;
    await emulator.clock.run(HURRY);
    const text = (await output('python3', [SCRIPT, url, ca, media])).toString();
    const steps = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { step: string });

    const arn = expect.stringMatching(/^arn:aws:kinesisvideo:us-east-1:000000000000:stream\/other\/\d+$/);
    const port = `:${emulator.port}`;
    expect(steps.slice(0, 6)).toEqual([
      { step: 'create', arn, same: true, status: 'ACTIVE', created: true, retention: 2 },
      { step: 'list', names: ['cam', 'other'] },
      { step: 'tags', tags: { k: 'v' } },
      { step: 'retention', hours: 1 },
      {
        step: 'errors',
        taken: refusal('ResourceInUseException', 400),
        absent: refusal('ResourceNotFoundException', 404),
        version: refusal('VersionMismatchException', 400),
      },
      { step: 'delete', absent: refusal('ResourceNotFoundException', 404) },
    ]);
    expect(steps[6]).toMatchObject({
      step: 'fragments',
      endpoint: expect.stringMatching(new RegExp(`^${scheme}://.*${port}$`)),
      producer: [1_700_000_000, 1_700_000_001.002, 1_700_000_002.005, 1_700_000_003.008],
    });
    const { numbers, sizes } = steps[6] as unknown as { numbers: string[]; sizes: number[] };
    expect(steps[7]).toMatchObject({ step: 'fragmentList', type: 'video/webm' });
    expect(steps[8]).toEqual({ step: 'getMedia', type: 'video/webm' });
    expect(steps[9]).toEqual({
      step: 'getMediaErrors',
      absent: refusal('ResourceNotFoundException', 404),
      argument: refusal('InvalidArgumentException', 400),
    });

    const chunks = walkChunks(readFileSync(media));
    expect(chunks.map(({ fragmentNumber }) => fragmentNumber)).toEqual(numbers);
    expect(chunks.map(({ cluster, trailing }) => cluster.element.bytes.length + trailing.length)).toEqual(sizes);
    expectSameFrames(
      chunks.flatMap(({ frames }) => frames),
      framesOf(body),
    );
  });

  it('trusts the CA named by AWS_CA_BUNDLE, and nothing without it', async () => {
    const emulator = await startWithCam();
    const ca = `${scratchFolder()}/ca.pem`;
    writeFileSync(ca, await emulator.ca());
    const code = `import boto3; print(boto3.client("kinesisvideo", endpoint_url="${emulator.httpsUrl}").list_streams()["StreamInfoList"][0]["StreamName"])`;
    const trusted = await run('python3', ['-c', code], { env: { AWS_CA_BUNDLE: ca } });
    expect(trusted).toMatchObject({ code: 0, stderr: '' });
    expect(trusted.stdout.toString()).toBe('cam\n');
    const untrusted = await run('python3', ['-c', code]);
    expect(untrusted.code).toBe(1);
    expect(untrusted.stderr).toMatch(/SSLError|CERTIFICATE_VERIFY_FAILED/);
  });
});
