import { describe, expect, test } from 'vitest';
import { command } from '../../src/commands/put.ts';
import { checks } from '../../src/domain/fragments/checks.ts';
import { ackText } from '../client/peer.ts';
import { startEmulator } from '../support/emulator.ts';
import { fixturePath } from '../support/fixtures.ts';
import { putMediaRoute, Refusal, run, service, terminal } from './world.ts';

const FILE = fixturePath('h264-gop2s.mkv');
const OVERLAPPING = fixturePath('h264-bframes-overlap.mkv');
const overlap = { difference: 'fragmentsOverlap', text: 'AWS would refuse this. Do that.' };
const late = { difference: 'aheadOfClock', text: 'And this. Do another thing.' };

/** A service that says of each session what the next of `answers` does; the last one stays. */
async function kvs(...answers: unknown[]) {
  const started = await service({
    'POST /describeStream': {
      StreamInfo: { StreamName: 'cam', Status: 'ACTIVE', DataRetentionInHours: 24, CreationTime: 1.7e9 },
    },
    'GET /_kvs/clock': { now: '2030-01-01T00:00:00.000Z' },
    'POST /getDataEndpoint': (response: import('node:http').ServerResponse) =>
      void response.end(JSON.stringify({ DataEndpoint: started.url })),
    'POST /putMedia': putMediaRoute([], [ackText('PERSISTED', 0)]),
    'GET /_kvs/requests': answers,
  });
  return started.url;
}
const journal = (...warnings: object[]) => ({ requests: [{ warnings }] });

describe('put tells what AWS would not take', () => {
  test('on standard error, each kind once, however often the file is sent', async () => {
    const url = await kvs(journal(overlap), journal(overlap, late));
    const { code, stdout, stderr } = await run(command, ['cam', FILE, '--loop', '3'], url);
    expect(code).toBe(0);
    expect(stderr).toBe('Warning: AWS would refuse this. Do that.\nWarning: And this. Do another thing.\n');
    expect(stdout.toString()).not.toContain('Warning');
  });

  test('on a terminal below what is left of the progress bar', async () => {
    const stderr = terminal();
    await run(command, ['cam', FILE], await kvs(journal(overlap)), { stderr });
    const lines = String(stderr.read()).split(/[\r\n]/);
    expect(lines.some((line) => line.endsWith('Warning: AWS would refuse this. Do that.'))).toBe(true);
  });

  test.each([
    ['knows no journal, as AWS does not', undefined],
    ['refuses to show it', new Refusal(401, 'Unauthorized', 'Give the token.')],
    ['has forgotten the request', { requests: [] }],
    ['has nothing to say', journal()],
    ['says something else', { requests: [{ warnings: ['text', null, { text: 1 }] }] }],
    ['says nothing that could be read', (response: import('node:http').ServerResponse) => void response.end('{')],
    ['hangs up', (response: import('node:http').ServerResponse) => void response.destroy()],
  ])('and is silent where the service %s', async (_, answer) => {
    const { code, stdout, stderr } = await run(command, ['cam', FILE], await kvs(answer));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.toString()).toContain('Sent ');
  });

  test('with the remedy, of an ordinary file with B-frames and sound', async () => {
    const { url } = await startEmulator();
    const { code, stderr } = await run(command, ['cam', OVERLAPPING], url);
    expect(code).toBe(0);
    expect(stderr.match(/^Warning: /gm)).toHaveLength(1);
    expect(stderr).toContain(checks.fragmentsOverlap.remedy);
    const lawful = await run(command, ['door', FILE], url);
    expect(lawful.stderr).not.toContain('Warning');
  });

  test('and when the emulator is strict, with what to do about the ERROR that it answers', async () => {
    const { url } = await startEmulator({ strict: true });
    const { code, stderr } = await run(command, ['cam', OVERLAPPING], url);
    expect(code).toBe(1);
    expect(stderr).toContain('FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS');
    expect(stderr).toContain('put --recut');
  });
});
