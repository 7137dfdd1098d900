import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { HURRY, startWithCam } from '../support/cam.ts';
import { walkChunks } from '../support/chunks.ts';
import { fixture } from '../support/fixtures.ts';
import { expectSameFrames, framesOf } from '../support/frames.ts';
import { describeWith, run, scratchFolder } from '../support/programs.ts';

const body = fixture('h264-gop2s.mkv');
const SPAN = 'FragmentSelectorType=SERVER_TIMESTAMP,TimestampRange={StartTimestamp=0,EndTimestamp=4102444800}';

describeWith(['aws'], 'the AWS CLI', () => {
  it.each(['http', 'https'])('creates, describes, lists and reads streams over %s', async (scheme) => {
    const emulator = await startWithCam(body);
    const folder = scratchFolder();
    writeFileSync(`${folder}/ca.pem`, await emulator.ca());
    const url = scheme === 'http' ? emulator.url : emulator.httpsUrl;
    const call = (endpoint: string, ...args: string[]) =>
      run('aws', ['--output', 'json', '--endpoint-url', endpoint, ...args], {
        env: { AWS_CA_BUNDLE: `${folder}/ca.pem` },
      });
    async function aws(endpoint: string, ...args: string[]): Promise<Record<string, unknown>> {
      const { code, stdout, stderr } = await call(endpoint, ...args);
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
      return stdout.length === 0 ? {} : JSON.parse(stdout.toString());
    }

    const made = await aws(
      url,
      'kinesisvideo',
      'create-stream',
      '--stream-name',
      'other',
      '--data-retention-in-hours',
      '3',
    );
    const arn = /^arn:aws:kinesisvideo:us-east-1:000000000000:stream\/other\/\d+$/;
    expect(made).toEqual({ StreamARN: expect.stringMatching(arn) });
    expect(await aws(url, 'kinesisvideo', 'describe-stream', '--stream-name', 'other')).toMatchObject({
      StreamInfo: { ...made, StreamName: 'other', Status: 'ACTIVE', DataRetentionInHours: 3 },
    });
    const { StreamInfoList } = await aws(url, 'kinesisvideo', 'list-streams', '--page-size', '1');
    expect((StreamInfoList as { StreamName: string }[]).map(({ StreamName }) => StreamName).sort()).toEqual([
      'cam',
      'other',
    ]);
    const absent = await call(url, 'kinesisvideo', 'describe-stream', '--stream-name', 'none');
    // Version 2 of the CLI says 254, version 1 255.
    expect([254, 255]).toContain(absent.code);
    expect(absent.stderr).toContain(
      'An error occurred (ResourceNotFoundException) when calling the DescribeStream operation: ',
    );

    const where = async (api: string): Promise<string> => {
      const answer = await aws(url, 'kinesisvideo', 'get-data-endpoint', '--stream-name', 'cam', '--api-name', api);
      expect(answer).toEqual({
        DataEndpoint: expect.stringMatching(new RegExp(`^${scheme}://[^/]+:${emulator.port}$`)),
      });
      return answer.DataEndpoint as string;
    };
    const { Fragments } = await aws(
      ...([await where('LIST_FRAGMENTS'), 'kinesis-video-archived-media', 'list-fragments'] as const),
      ...['--stream-name', 'cam', '--fragment-selector', SPAN],
    );
    expect(Fragments).toHaveLength(2);

    await emulator.clock.run(HURRY);
    const file = `${folder}/media.mkv`;
    const answer = await aws(
      ...([await where('GET_MEDIA'), 'kinesis-video-media', 'get-media', '--stream-name', 'cam'] as const),
      ...['--start-selector', 'StartSelectorType=EARLIEST', file],
    );
    expect(answer).toEqual({ ContentType: 'video/webm' });
    const chunks = walkChunks(readFileSync(file));
    const numbers = (Fragments as { FragmentNumber: string }[]).map(({ FragmentNumber }) => FragmentNumber);
    expect(chunks.map(({ fragmentNumber }) => fragmentNumber)).toEqual(numbers.sort());
    expectSameFrames(
      chunks.flatMap(({ frames }) => frames),
      framesOf(body),
    );
  });
});
