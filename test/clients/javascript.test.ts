// The official JavaScript clients, unmodified, over both schemes of the one port.
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  GetDataEndpointCommand,
  ListTagsForStreamCommand,
  paginateListStreams,
  ResourceInUseException,
  ResourceNotFoundException,
  TagStreamCommand,
  UntagStreamCommand,
  UpdateDataRetentionCommand,
  UpdateStreamCommand,
} from '@aws-sdk/client-kinesis-video';
import {
  GetMediaForFragmentListCommand,
  ListFragmentsCommand,
  paginateListFragments,
} from '@aws-sdk/client-kinesis-video-archived-media';
import { GetMediaCommand } from '@aws-sdk/client-kinesis-video-media';
import { describe, expect, it } from 'vitest';
import { startWithCam } from '../support/cam.ts';
import { readChunks, walkChunks } from '../support/chunks.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { expectSameFrames, framesOf } from '../support/frames.ts';
import type { Bytes } from '../support/mkv.ts';
import { producerStream } from '../support/producer.ts';
import { openPut } from '../support/putMedia.ts';
import { archivedClient, controlClient, mediaClient, type SdkOptions } from '../support/sdk.ts';

const body = fixture('h264-aac-gop1s.mkv');

describe.each(['http', 'https'])('JavaScript clients over %s', (scheme) => {
  const at = async (emulator: TestEmulator): Promise<SdkOptions> =>
    scheme === 'http' ? { endpoint: emulator.url } : { endpoint: emulator.httpsUrl, ca: await emulator.ca() };

  /** As applications do: ask the control plane where the data plane is. */
  async function dataPlane(
    options: SdkOptions,
    api: 'PUT_MEDIA' | 'GET_MEDIA' | 'LIST_FRAGMENTS',
  ): Promise<SdkOptions> {
    const command = new GetDataEndpointCommand({ StreamName: 'cam', APIName: api });
    const { DataEndpoint } = await controlClient(options).send(command);
    return { ...options, endpoint: DataEndpoint as string };
  }

  it('live through a stream from its creation to its deletion', async () => {
    const client = controlClient(await at(await startEmulator()));
    const { StreamARN } = await client.send(
      new CreateStreamCommand({ StreamName: 'cam', DeviceName: 'd1', MediaType: 'video/h264', Tags: { a: '1' } }),
    );
    expect(StreamARN).toMatch(/^arn:aws:kinesisvideo:us-east-1:000000000000:stream\/cam\/\d{13}$/);
    const described = async () => (await client.send(new DescribeStreamCommand({ StreamName: 'cam' }))).StreamInfo;
    const first = await described();
    expect(first).toMatchObject({ StreamName: 'cam', StreamARN, DeviceName: 'd1', DataRetentionInHours: 0 });
    expect(first?.Status).toBe('ACTIVE');
    expect(first?.CreationTime).toBeInstanceOf(Date);

    await client.send(
      new UpdateDataRetentionCommand({
        StreamName: 'cam',
        CurrentVersion: first?.Version as string,
        Operation: 'INCREASE_DATA_RETENTION',
        DataRetentionChangeInHours: 5,
      }),
    );
    const second = await described();
    expect(second?.DataRetentionInHours).toBe(5);
    expect(second?.Version).not.toBe(first?.Version);
    await client.send(
      new UpdateStreamCommand({ StreamName: 'cam', CurrentVersion: second?.Version as string, DeviceName: 'd2' }),
    );
    expect((await described())?.DeviceName).toBe('d2');

    await client.send(new TagStreamCommand({ StreamName: 'cam', Tags: { b: '2' } }));
    await client.send(new UntagStreamCommand({ StreamName: 'cam', TagKeyList: ['a'] }));
    expect((await client.send(new ListTagsForStreamCommand({ StreamName: 'cam' }))).Tags).toEqual({ b: '2' });

    await client.send(new DeleteStreamCommand({ StreamARN: StreamARN as string }));
    await expect(described()).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  it('page through the list of streams', async () => {
    const client = controlClient(await at(await startEmulator()));
    const names = Array.from({ length: 5 }, (_, index) => `cam${index}`);
    for (const StreamName of names) await client.send(new CreateStreamCommand({ StreamName }));
    const pages: string[][] = [];
    for await (const page of paginateListStreams({ client, pageSize: 2 }, {}))
      pages.push((page.StreamInfoList ?? []).map(({ StreamName }) => StreamName as string));
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(pages.flat().sort()).toEqual(names);
  });

  it('see errors by their names, statuses and request ids', async () => {
    const client = controlClient(await at(await startEmulator()));
    await client.send(new CreateStreamCommand({ StreamName: 'cam' }));
    const taken = await client.send(new CreateStreamCommand({ StreamName: 'cam' })).catch((error: unknown) => error);
    expect(taken).toBeInstanceOf(ResourceInUseException);
    expect((taken as ResourceInUseException).$metadata).toMatchObject({
      httpStatusCode: 400,
      requestId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/),
    });
    expect((taken as ResourceInUseException).message).not.toBe('');
    const absent = await client
      .send(new DescribeStreamCommand({ StreamName: 'none' }))
      .catch((error: unknown) => error);
    expect(absent).toBeInstanceOf(ResourceNotFoundException);
    expect((absent as ResourceNotFoundException).$metadata.httpStatusCode).toBe(404);
  });

  it('read back what a producer sent, frame by frame', async () => {
    const options = await at(await startWithCam(body));
    const { Payload, ContentType } = await mediaClient(await dataPlane(options, 'GET_MEDIA')).send(
      new GetMediaCommand({ StreamName: 'cam', StartSelector: { StartSelectorType: 'EARLIEST' } }),
    );
    expect(ContentType).toBe('video/webm');
    const chunks = await readChunks(Payload as AsyncIterable<Bytes>, 4);
    expectSameFrames(
      chunks.flatMap(({ frames }) => frames),
      framesOf(body),
    );
  });

  it('list fragments page by page and fetch them by number', async () => {
    const options = await at(await startWithCam(body));
    const client = archivedClient(await dataPlane(options, 'LIST_FRAGMENTS'));
    const range = { StartTimestamp: new Date(0), EndTimestamp: new Date('2100-01-01') };
    const FragmentSelector = { FragmentSelectorType: 'SERVER_TIMESTAMP' as const, TimestampRange: range };
    const found = [];
    for await (const page of paginateListFragments({ client, pageSize: 3 }, { StreamName: 'cam', FragmentSelector }))
      found.push(...(page.Fragments ?? []));
    const numbers = found.map(({ FragmentNumber }) => FragmentNumber as string).sort();
    expect(new Set(numbers).size).toBe(4);
    expect(found.map(({ ProducerTimestamp }) => ProducerTimestamp?.getTime()).sort()).toEqual([
      1_700_000_000_000, 1_700_000_001_002, 1_700_000_002_005, 1_700_000_003_008,
    ]);
    const { Payload } = await client.send(
      new GetMediaForFragmentListCommand({ StreamName: 'cam', Fragments: numbers }),
    );
    const chunks = walkChunks((await Payload?.transformToByteArray()) as Bytes, 'absent');
    expect(chunks.map(({ fragmentNumber }) => fragmentNumber)).toEqual(numbers);
    expectSameFrames(
      chunks.flatMap(({ frames }) => frames),
      framesOf(body),
    );
  });

  it('get a live fragment while its producer is still sending, and acks go the other way meanwhile', async () => {
    const options = await at(await startWithCam());
    const { Payload } = await mediaClient(await dataPlane(options, 'GET_MEDIA')).send(
      new GetMediaCommand({ StreamName: 'cam', StartSelector: { StartSelectorType: 'NOW' } }),
    );
    const reader = (Payload as AsyncIterable<Bytes>)[Symbol.asyncIterator]();
    const { endpoint } = await dataPlane(options, 'PUT_MEDIA');
    const put = openPut({ url: endpoint, ...(options.ca ? { ca: options.ca } : {}) });
    const stream = producerStream({ fragments: 2, endOfFragment: 'never' });
    const [first, second] = stream.fragments;
    await put.send(stream.header);
    await put.send(first?.cluster as Bytes);
    expect(await put.next()).toMatchObject({ EventType: 'BUFFERING', FragmentTimecode: 0 });
    let live = Buffer.alloc(0);
    const lastFrame = Buffer.from(first?.frames.at(-1)?.data as Bytes);
    while (live.indexOf(lastFrame) === -1) live = Buffer.concat([live, (await reader.next()).value as Bytes]);
    expect(live.includes('AWS_KINESISVIDEO_FRAGMENT_NUMBER')).toBe(true);
    expect(live.includes('AWS_KINESISVIDEO_CONTINUATION_TOKEN')).toBe(false);

    await put.send(second?.cluster as Bytes);
    expect(await put.next()).toMatchObject({ EventType: 'RECEIVED', FragmentTimecode: 0 });
    while (!live.includes('AWS_KINESISVIDEO_CONTINUATION_TOKEN'))
      live = Buffer.concat([live, (await reader.next()).value as Bytes]);
    put.end();
    expect((await put.rest()).at(-1)).toMatchObject({ EventType: 'PERSISTED', FragmentTimecode: 2000 });
    await reader.return?.();
  });

  it('refuse a list of fragments without a selector by name', async () => {
    const client = archivedClient(await at(await startWithCam()));
    await expect(client.send(new ListFragmentsCommand({ StreamName: 'cam' }))).rejects.toMatchObject({
      name: 'InvalidArgumentException',
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe('JavaScript clients', () => {
  it('refuse the emulator over https without its CA', async () => {
    const emulator = await startEmulator();
    const client = controlClient({ endpoint: emulator.httpsUrl });
    await expect(client.send(new DescribeStreamCommand({ StreamName: 'cam' }))).rejects.toThrow(/certificate/);
  });

  it('see only the streams of their account and region', async () => {
    const { url: endpoint } = await startEmulator();
    const mine = { endpoint, accessKeyId: '111111111111', region: 'eu-west-1' };
    const { StreamARN } = await controlClient(mine).send(new CreateStreamCommand({ StreamName: 'cam' }));
    expect(StreamARN).toMatch(/^arn:aws:kinesisvideo:eu-west-1:111111111111:stream\/cam\//);
    const describeCam = new DescribeStreamCommand({ StreamName: 'cam' });
    expect((await controlClient(mine).send(describeCam)).StreamInfo?.StreamARN).toBe(StreamARN);
    for (const other of [
      { ...mine, region: 'us-east-1' },
      { ...mine, accessKeyId: '222222222222' },
    ])
      await expect(controlClient(other).send(describeCam)).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});
