import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { HURRY, startWithCam } from '../support/cam.ts';
import { walkChunks } from '../support/chunks.ts';
import type { TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { expectSameFrames, framesOf } from '../support/frames.ts';
import { type Bytes, voidElement } from '../support/mkv.ts';
import { producerStream } from '../support/producer.ts';
import { describeWith, output, type Running, scratchFolder, start } from '../support/programs.ts';
import { type Ack, brief } from '../support/putMedia.ts';

/** Arguments that reach the emulator over a scheme, `--cacert` included. */
async function reach(emulator: TestEmulator, scheme: string): Promise<{ url: string; args: string[] }> {
  const quiet = ['-sS', '-N', '--max-time', '100'];
  if (scheme === 'http') return { url: emulator.url, args: quiet };
  const file = `${scratchFolder()}/ca.pem`;
  writeFileSync(file, await output('curl', [...quiet, `${emulator.url}/_kvs/ca.pem`]));
  return { url: emulator.httpsUrl, args: [...quiet, '--cacert', file] };
}

const PUT_HEADERS = [
  ...['-H', 'x-amzn-stream-name: cam', '-H', 'x-amzn-fragment-timecode-type: RELATIVE'],
  ...['-H', 'x-amzn-producer-start-timestamp: 1700000000.000'],
];
/** A body of unknown length from standard input: chunked. */
const put = (url: string): string[] => ['-X', 'POST', '-T', '-', ...PUT_HEADERS, `${url}/putMedia`];

async function* acks(running: Running): AsyncGenerator<Ack, void> {
  let rest = '';
  for await (const piece of running.stdout) {
    const lines = (rest + Buffer.from(piece).toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as Ack;
  }
}

describeWith(['curl'], 'curl', () => {
  it.each(['http', 'https'])('sees acks over %s while its body is still open', async (scheme) => {
    const { url, args } = await reach(await startWithCam(), scheme);
    const stream = producerStream({ fragments: 2, endOfFragment: 'never' });
    const curl = start('curl', [...args, '-H', 'Expect: 100-continue', ...put(url)]);
    const seen = acks(curl);
    await curl.write(stream.header);
    await curl.write(stream.fragments[0]?.cluster as Bytes);
    const first = seen.next();
    let waiting = true;
    void first.then(() => {
      waiting = false;
    });
    // While it waits for input curl 7.88 reads nothing, so it is given some: Voids, until the ack is there.
    while (waiting) {
      await curl.write(voidElement(64));
      await eventLoopTurn();
    }
    expect(brief([(await first).value as Ack])).toEqual(['BUFFERING 0']);
    await curl.write(stream.fragments[1]?.cluster as Bytes);
    curl.end();
    const rest: Ack[] = [];
    for await (const ack of seen) rest.push(ack);
    expect(brief(rest).sort()).toEqual([
      'BUFFERING 2000',
      'PERSISTED 0',
      'PERSISTED 2000',
      'RECEIVED 0',
      'RECEIVED 2000',
    ]);
    expect(await curl.finished).toMatchObject({ code: 0, stderr: '' });
  });

  it.each(['http', 'https'])('sends a file with a length and reads it back over %s', async (scheme) => {
    const emulator = await startWithCam();
    const { url, args } = await reach(emulator, scheme);
    const body = fixture('h264-gop2s.mkv');
    const answer = await output('curl', [...args, '--data-binary', '@-', ...PUT_HEADERS, `${url}/putMedia`], {
      input: body,
    });
    const lines = answer.toString().trimEnd().split('\n');
    expect(brief(lines.map((line) => JSON.parse(line) as Ack)).at(-1)).toBe('PERSISTED 2000');
    await emulator.clock.run(HURRY);
    const selector = '{"StreamName":"cam","StartSelector":{"StartSelectorType":"EARLIEST"}}';
    const media = await output('curl', [...args, '-d', selector, `${url}/getMedia`]);
    expectSameFrames(
      walkChunks(media).flatMap(({ frames }) => frames),
      framesOf(body),
    );
  });

  it('is refused before it sends a byte when the stream does not exist', async () => {
    const { url, args } = await reach(await startWithCam(), 'http');
    const headers = ['-H', 'x-amzn-stream-name: none', ...PUT_HEADERS.slice(2), '-H', 'Expect: 100-continue'];
    const written = '%{stderr}%{http_code} %{size_upload}';
    const curl = start('curl', [...args, '-w', written, '-X', 'POST', '-T', '-', ...headers, `${url}/putMedia`]);
    const { code, stdout, stderr } = await curl.finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '404 0' });
    expect(JSON.parse(stdout.toString())).toEqual({ Message: expect.any(String) });
  });

  it('refuses the emulator over https without its CA', async () => {
    const emulator = await startWithCam();
    const curl = start('curl', ['-sS', `${emulator.httpsUrl}/_kvs/health`]);
    expect((await curl.finished).code).toBe(60);
  });
});
