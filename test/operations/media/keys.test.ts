// Keys that cannot be used, and what producers and readers are told of them.
import { describe, expect, it } from 'vitest';
import type { KeyChangeGiven } from '../../../src/emulator/keyShapes.ts';
import { getClip } from '../../../src/operations/archived/getClip.ts';
import { getImages } from '../../../src/operations/archived/getImages.ts';
import { getMediaForFragmentList } from '../../../src/operations/archived/getMediaForFragmentList.ts';
import { listFragments } from '../../../src/operations/archived/listFragments.ts';
import { getMedia } from '../../../src/operations/media/getMedia.ts';
import type { Bytes } from '../../support/mkv.ts';
import { brief, START } from '../../support/service.ts';
import { type Element, tagPairs, walk } from '../../support/walk.ts';
import { openDash, openHls, playlistOf, range, startCamera } from '../playback/harness.ts';

const DEFAULT = 'alias/aws/kinesisvideo';
const NOBODY = 'arn:aws:iam::000000000000:user/nobody';
const ALL = { StartSelector: { StartSelectorType: 'EARLIEST' } };

/** What makes a key unusable, what producers and readers are told, and what makes it usable again. */
const ROWS: readonly (readonly [string, KeyChangeGiven, number, string, KeyChangeGiven])[] = [
  ['principals', { principals: [NOBODY] }, 4500, 'KMS_KEY_ACCESS_DENIED', { principals: ['*'] }],
  ['no principals', { principals: [] }, 4500, 'KMS_KEY_ACCESS_DENIED', { principals: ['000000000000'] }],
  ['Disabled', { state: 'Disabled' }, 4501, 'KMS_KEY_DISABLED', { state: 'Enabled' }],
  ['fails', { fails: 'ValidationException' }, 4502, 'KMS_KEY_VALIDATION_ERROR', { fails: null }],
  ['fails', { fails: 'KeyUnavailableException' }, 4503, 'KMS_KEY_UNAVAILABLE', { fails: null }],
  ['usage', { usage: 'SIGN_VERIFY' }, 4504, 'KMS_KEY_INVALID_USAGE', { usage: 'ENCRYPT_DECRYPT' }],
  ['PendingDeletion', { state: 'PendingDeletion' }, 4505, 'KMS_KEY_INVALID_STATE', { state: 'Enabled' }],
  ['PendingImport', { state: 'PendingImport' }, 4505, 'KMS_KEY_INVALID_STATE', { state: 'Updating' }],
  ['Unavailable', { state: 'Unavailable' }, 4505, 'KMS_KEY_INVALID_STATE', { state: 'Enabled' }],
  ['fails', { fails: 'NotFoundException' }, 4506, 'KMS_KEY_NOT_FOUND', { fails: null }],
];

const errorsIn = (bytes: Bytes): string[][] =>
  walk(bytes).flatMap(({ segment }) =>
    segment.children
      .filter(({ name }: Element) => name === 'Tags')
      .map((tags: Element) => tagPairs(tags).filter(([name]) => name.startsWith('AWS_KINESISVIDEO_ERROR')))
      .filter((pairs) => pairs.length > 0)
      .map((pairs) => pairs.map(([, value]) => value)),
  );
const numbersOf = async ({ call }: Awaited<ReturnType<typeof startCamera>>): Promise<string[]> => {
  const { Fragments } = await call(listFragments, {
    StreamName: 'camera',
    FragmentSelector: { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: range(0, 1e8) },
  });
  return Fragments.map(({ FragmentNumber }: { FragmentNumber: string }) => FragmentNumber).sort();
};

describe.each(ROWS)('a key that cannot be used (%s)', (_what, broken, id, code, mended) => {
  const [status, name] =
    code === 'KMS_KEY_ACCESS_DENIED' ? [401, 'NotAuthorizedException'] : [400, 'InvalidArgumentException'];

  it('ends a producer’s session at its next fragment, of which the number is given, and keeps what was begun', async () => {
    const camera = await startCamera();
    await camera.record(1);
    await camera.begin();
    camera.face.keys.change(DEFAULT, broken);
    await camera.finish();
    const before = brief(camera.acks()).slice(-3);
    expect(before.map((ack) => ack.split(' ')[0])).toEqual(['BUFFERING', 'RECEIVED', 'PERSISTED']);
    await camera.begin();
    const [buffering, error] = camera
      .acks()
      .slice(-2)
      .map((line) => JSON.parse(line));
    expect([buffering.EventType, error.EventType, error.ErrorCode, error.ErrorId]).toEqual([
      'BUFFERING',
      'ERROR',
      code,
      id,
    ]);
    expect(error.FragmentNumber).toBe(buffering.FragmentNumber);
    expect(await numbersOf(camera)).toHaveLength(2);
    camera.face.keys.change(DEFAULT, mended);
    camera.reconnect();
    await camera.record(1);
    expect(await numbersOf(camera)).toHaveLength(3);
  });

  it('is told to readers in the middle of what they read, and is over when it is changed back', async () => {
    const camera = await startCamera();
    await camera.record(1);
    const live = await camera.open(getMedia, ALL);
    expect(walk(live.bytes())).toHaveLength(1);
    const session = await openHls(camera);
    const segment = (await playlistOf(camera, session)).segments[0] as string;
    const before = await camera.get(segment);
    camera.face.keys.change(DEFAULT, broken);
    const numbers = await numbersOf(camera);
    const listed = await camera.open(getMediaForFragmentList, { Fragments: [...numbers, ...numbers] });
    expect(errorsIn(listed.bytes())).toEqual([
      [code, String(id)],
      [code, String(id)],
    ]);
    expect(errorsIn((await camera.open(getMedia, ALL)).bytes())).toEqual([[code, String(id)]]);
    const refusal = { status, code: name, message: expect.stringContaining(code) };
    await expect(camera.get(segment)).rejects.toMatchObject(refusal);
    await expect(playlistOf(camera, session)).rejects.toMatchObject(refusal);
    await expect(openHls(camera)).rejects.toMatchObject(refusal);
    await expect(openDash(camera)).rejects.toMatchObject(refusal);
    const clip = {
      ClipFragmentSelector: { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: range(0, 10_000) },
    };
    await expect(camera.open(getClip, clip)).rejects.toMatchObject(refusal);
    const images = { ImageSelectorType: 'SERVER_TIMESTAMP', Format: 'JPEG', SamplingInterval: 1000, ...range(0, 1000) };
    await expect(camera.call(getImages, { StreamName: 'camera', ...images })).rejects.toMatchObject(refusal);
    camera.face.keys.change(DEFAULT, mended);
    expect(await camera.get(segment)).toEqual(before);
    expect(walk((await camera.open(getMediaForFragmentList, { Fragments: numbers })).bytes())).toHaveLength(1);
    // Whoever read along was told at the next fragment, if there was one meanwhile, and goes on otherwise.
    await camera.record(1);
    expect(walk(live.bytes())).toHaveLength(2);
    live.leave();
  });

  it('ends a reader’s session at its next fragment, and not in the middle of one', async () => {
    const camera = await startCamera();
    await camera.record(3);
    const reader = await camera.open(getMedia, ALL, { most: 4 });
    camera.face.keys.change(DEFAULT, broken);
    reader.more();
    await reader.done();
    const bytes = reader.bytes();
    expect(walk(bytes).map(({ clusters }) => clusters.length)).toEqual([1, 0]);
    expect(errorsIn(bytes)).toEqual([[code, String(id)]]);
  });
});

describe('the key that a stream names', () => {
  it.each([
    ['not a key', 4502],
    ['arn:aws:s3:::bucket', 4502],
    ['alias/', 4502],
    ['key/door', 4502],
    ['arn:aws:kms:us-east-1:999999999999:key/theirs', 4500],
    ['arn:aws:kms:eu-west-1:000000000000:key/elsewhere', 4506],
  ])('is refused where it is none that can be used: %s', async (kmsKeyId, id) => {
    const camera = await startCamera({ kmsKeyId: kmsKeyId });
    await camera.begin();
    expect(camera.acks().at(-1)).toContain(`"ErrorId":${id}}`);
  });

  it('is made when it is first used, with a line in the log, and refused as on AWS if that is asked for', async () => {
    const camera = await startCamera({ kmsKeyId: 'alias/camera' });
    await camera.record(1);
    expect(camera.face.keys.get('alias/camera').calls).toEqual({ GenerateDataKey: 1, Decrypt: 0 });
    expect(camera.warnings.join()).toContain('KMS_KEY_NOT_FOUND');
    const strict = await startCamera({ strict: true, kmsKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab' });
    await strict.begin();
    expect(strict.acks().at(-1)).toContain('"ErrorId":4506}');
    strict.face.keys.create({ id: '1234abcd-12ab-34cd-56ef-1234567890ab' });
    strict.reconnect();
    await strict.record(1);
    expect(await numbersOf(strict)).toHaveLength(1);
  });

  it('may be deleted, which is 4506, and made again, which opens what it has sealed', async () => {
    const camera = await startCamera({ kmsKeyId: 'alias/door' });
    camera.face.keys.create({ id: 'door', aliases: ['alias/door'] });
    await camera.record(2);
    camera.face.keys.remove('door');
    await camera.begin();
    expect(camera.acks().at(-1)).toContain('"ErrorId":4506}');
    expect(errorsIn((await camera.open(getMedia, ALL)).bytes())).toEqual([['KMS_KEY_NOT_FOUND', '4506']]);
    camera.face.keys.create({ id: 'door' });
    const answer = await camera.open(getMedia, ALL);
    expect(walk(answer.bytes())).toHaveLength(2);
    answer.leave();
  });

  it('is used by its id, its ARN, an alias and the alias’s ARN, of another account too where it is registered', async () => {
    const theirs = { account: '999999999999', region: 'us-east-1' };
    for (const name of ['door', 'alias/door', 'arn:aws:kms:us-east-1:000000000000:key/door']) {
      const camera = await startCamera({ kmsKeyId: name });
      camera.face.keys.create({ id: 'door', aliases: ['alias/door'] });
      await camera.record(1);
      expect(camera.face.keys.get('door').calls.GenerateDataKey).toBe(1);
    }
    const camera = await startCamera({ kmsKeyId: 'arn:aws:kms:us-east-1:999999999999:alias/theirs' });
    camera.face.keys.create({ id: 'theirs', aliases: ['alias/theirs'], ...theirs });
    await camera.record(1);
    expect(camera.face.keys.get('theirs', theirs).calls.GenerateDataKey).toBe(1);
  });

  it('is rotated without anybody noticing, and another version makes the next data key', async () => {
    const camera = await startCamera();
    await camera.record(1);
    expect(camera.face.keys.rotate(DEFAULT).versions).toBe(2);
    await camera.record(1);
    expect(camera.face.keys.get(DEFAULT).calls.GenerateDataKey).toBe(2);
    const answer = await camera.open(getMedia, ALL);
    expect(walk(answer.bytes())).toHaveLength(2);
    expect(camera.face.keys.get(DEFAULT).calls.Decrypt).toBe(2);
    answer.leave();
  });
});

describe('a data key', () => {
  it('is one for each stream and principal, and renewed after 45 minutes of the clock', async () => {
    const camera = await startCamera();
    await camera.record(2);
    const { next } = camera.face.clock.state();
    const due = next.find(({ what }) => what === 'dataKey');
    expect(due).toEqual({ at: new Date(START + 45 * 60_000).toISOString(), what: 'dataKey', stream: 'camera' });
    const made = () => camera.face.keys.get(DEFAULT).calls.GenerateDataKey;
    expect(made()).toBe(1);
    await camera.clock.advance(45 * 60_000);
    camera.reconnect();
    await camera.record(1);
    expect(made()).toBe(2);
    const { calls } = camera.face.keys.calls(DEFAULT);
    expect(calls[0]).toEqual({
      ...{ id: 1, time: new Date(START).toISOString(), operation: 'GenerateDataKey', outcome: 'ok' },
      principal: 'arn:aws:iam::000000000000:user/000000000000',
      stream: camera.stream.record.arn,
      context: { 'aws:kinesisvideo:arn': camera.stream.record.arn },
    });
  });

  it('is asked for of a stream that keeps nothing, and what is in its buffer is sealed', async () => {
    const camera = await startCamera({ retentionHours: 0 });
    await camera.record(1);
    expect(camera.face.keys.get(DEFAULT).calls).toEqual({ GenerateDataKey: 1, Decrypt: 0 });
    const answer = await camera.open(getMedia, ALL);
    expect(walk(answer.bytes())).toHaveLength(1);
    expect(camera.face.keys.get(DEFAULT).calls.Decrypt).toBe(1);
    camera.face.keys.change(DEFAULT, { state: 'Disabled' });
    expect(errorsIn((await camera.open(getMedia, ALL)).bytes())).toEqual([['KMS_KEY_DISABLED', '4501']]);
    answer.leave();
  });

  it('that a principal may not have does not keep another from it', async () => {
    const camera = await startCamera();
    await camera.record(1);
    camera.face.keys.change(DEFAULT, { principals: ['arn:aws:iam::000000000000:user/0000000000*'] });
    const answer = await camera.open(getMedia, ALL);
    expect(errorsIn(answer.bytes())).toEqual([]);
    answer.leave();
  });
});

it('what was made of media is dropped when their key leaves Enabled', async () => {
  const camera = await startCamera();
  await camera.record(2);
  await camera.get((await playlistOf(camera, await openHls(camera))).segments[0] as string);
  expect(camera.segments.size).toBeGreaterThan(0);
  camera.face.keys.change(DEFAULT, { principals: ['*'] });
  expect(camera.segments.size).toBeGreaterThan(0);
  camera.face.keys.change(DEFAULT, { state: 'PendingDeletion' });
  expect(camera.segments.size).toBe(0);
});

it('a call of a key is told as it happens', async () => {
  const camera = await startCamera();
  const told: unknown[] = [];
  camera.services.events.listen(({ type, whose, data }) => told.push({ type, ...whose, ...data }));
  await camera.record(1);
  const { id } = camera.face.keys.get(DEFAULT);
  expect(told).toContainEqual({
    ...{ type: 'key', account: '000000000000', region: 'us-east-1', stream: 'camera' },
    ...{ id, operation: 'GenerateDataKey', outcome: 'ok' },
  });
});
