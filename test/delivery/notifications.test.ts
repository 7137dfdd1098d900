import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { assemble } from '../../src/assemble.ts';
import { readOptions } from '../../src/config/options.ts';
import { placeIn } from '../../src/delivery/folder.ts';
import { Outbox } from '../../src/delivery/outbox.ts';
import type { DecodeJob } from '../../src/domain/ports.ts';
import type { EmulatorEvent } from '../../src/index.ts';
import { putMedia } from '../../src/operations/media/putMedia.ts';
import { createLog, silentLog } from '../../src/runtime/log.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { enter } from '../support/calls.ts';
import { startEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { type Bytes, cluster, concat, simpleBlock, tags } from '../support/mkv.ts';
import { putMedia as upload } from '../support/putMedia.ts';
import { recording } from '../support/simpleMedia.ts';
import { ask } from '../support/tour.ts';

const START = Date.parse('2030-01-01T00:00:00Z');
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:rings';
const RING = { AWS_KINESISVIDEO_NOTIFICATION: '', door: 'front' };

/** An HTTP server that answers as told, and what it was sent. */
async function receiver(statuses: number[] = []) {
  const received: { headers: Record<string, unknown>; body: Record<string, string> }[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    received.push({ headers: request.headers, body: JSON.parse(Buffer.concat(parts).toString()) });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/hook?a=b`, received };
}

async function start(options: object, uri = TOPIC) {
  const emulator = await startEmulator({ clock: 'frozen', startTime: START, ...options });
  await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
  await ask(emulator, '/updateNotificationConfiguration', {
    StreamName: 'cam',
    NotificationConfiguration: { Status: 'ENABLED', DestinationConfig: { Uri: uri } },
  });
  const put = (media: Bytes) => upload({ url: emulator.url, producerStart: String(START / 1000) }, media);
  return { emulator, put };
}

async function next(events: AsyncIterableIterator<EmulatorEvent>): Promise<EmulatorEvent['data']> {
  const { value } = await events.next();
  return value.data;
}

describe('a fragment with the tag of a notification', () => {
  it('is told of once it is persisted, as an event and in an envelope of SNS', async () => {
    const { url, received } = await receiver();
    const { emulator, put } = await start({ eventsWebhook: url }, `sns://${TOPIC}`);
    const events = emulator.events.follow({ types: ['notification'] });
    const { acks } = await put(recording(2, { metadata: RING }));
    const { arn } = emulator.streams.get('cam');
    const message = {
      StreamArn: arn,
      FragmentNumber: acks.find(({ EventType }) => EventType === 'PERSISTED')?.FragmentNumber,
      FragmentStartProducerTimestamp: START,
      FragmentStartServerTimestamp: START,
      NotificationType: 'PERSISTED',
      NotificationPayload: { door: 'front' },
    };
    expect(await next(events)).toMatchObject({ stream: 'cam', ...message });
    // The journal says what came of the upload.
    expect(emulator.requests.list({ operation: 'PutMedia' })[0]?.delivered).toEqual([{ notification: message }]);
    while (received.length === 0) await eventLoopTurn();
    expect(received).toHaveLength(1);
    const { headers, body } = received[0] ?? { headers: {}, body: {} };
    expect(headers).toMatchObject({ 'x-amz-sns-message-type': 'Notification', 'x-amz-sns-topic-arn': TOPIC });
    expect(body).toMatchObject({
      Type: 'Notification',
      TopicArn: TOPIC,
      Subject: 'Kinesis Video Streams Notification',
    });
    expect(JSON.parse(body.Message ?? '')).toEqual(message);
    expect(body.MessageId).toBe(headers['x-amz-sns-message-id']);
  });

  it('is not told of without the tag, without a configuration, or if it is dropped; metadata in front of it is its own', async () => {
    const { emulator, put } = await start({});
    const events = emulator.events.follow({ types: ['notification', 'fragment'] });
    await put(recording(1, { metadata: { door: 'front' } }));
    // The second is broken before it is whole.
    await put(concat(recording(1), cluster({ timecode: 1000 }, []), tags(RING)));
    const disabled = { Status: 'DISABLED', DestinationConfig: { Uri: TOPIC } };
    await ask(emulator, '/updateNotificationConfiguration', { StreamName: 'cam', NotificationConfiguration: disabled });
    await put(recording(1, { metadata: RING }));
    await ask(emulator, '/updateNotificationConfiguration', {
      StreamName: 'cam',
      NotificationConfiguration: { ...disabled, Status: 'ENABLED' },
    });
    const end = tags({ AWS_KINESISVIDEO_END_OF_FRAGMENT: '' });
    const after = cluster({ timecode: 5000 }, [simpleBlock({ key: true })]);
    await put(concat(recording(1), end, tags({ ...RING, door: 'back' }), after));
    const told: string[] = [];
    for await (const { type, data } of events) {
      if (type === 'notification') {
        told.push(JSON.stringify(data.NotificationPayload), String(data.FragmentStartProducerTimestamp));
        break;
      }
    }
    expect(told).toEqual(['{"door":"back"}', String(START + 5000)]);
  });
});

describe('a configuration that counts a minute after it has been set', () => {
  const to = (topic: string, Status = 'ENABLED') => ({ Status, DestinationConfig: { Uri: `${TOPIC}-${topic}` } });
  const SEED = { streams: [{ name: 'cam', retention: '1h', notification: to('seeded') }] };

  /** An emulator whose stream is set as told, and where its notifications go: one upload more each time. */
  async function waiting(options: object = {}) {
    const emulator = await startEmulator({ clock: 'frozen', startTime: START, activationDelay: 'PT1M', ...options });
    const topics: string[] = [];
    const { url, received } = await receiver();
    emulator.config.set({ eventsWebhook: url });
    const set = (NotificationConfiguration: object | undefined) =>
      ask(emulator, '/updateNotificationConfiguration', { StreamName: 'cam', NotificationConfiguration });
    /** The topic that a fragment is told to; none. */
    const told = async () => {
      await upload({ url: emulator.url, producerStart: String(START / 1000) }, recording(1, { metadata: RING }));
      const { delivered } = emulator.requests.list({ operation: 'PutMedia' }).at(-1) ?? {};
      if (delivered === undefined || delivered.length === 0) return 'none';
      while (received.length === topics.length) await eventLoopTurn();
      topics.push(String(received.at(-1)?.body.TopicArn).replace(`${TOPIC}-`, ''));
      return topics.at(-1);
    };
    return { emulator, set, told };
  }

  it('does not count before, to the millisecond; until then the one before it does', async () => {
    const { emulator, set, told } = await waiting();
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    await set(to('first'));
    expect(await told()).toBe('none');
    await emulator.clock.advance(59.999);
    expect(await told()).toBe('none');
    await emulator.clock.advance(0.001);
    expect(await told()).toBe('first');
    await set(to('second'));
    await emulator.clock.advance(30);
    // A third in that minute: the first goes on to count.
    await set(to('third'));
    expect(await told()).toBe('first');
    await emulator.clock.advance(60);
    expect(await told()).toBe('third');
    await set(undefined);
    expect(await told()).toBe('third');
    await emulator.clock.advance(60);
    expect(await told()).toBe('none');
  });

  it('counts at once in a seed, and in a snapshot still waits', async () => {
    const { emulator, set, told } = await waiting({ seed: SEED });
    expect(await told()).toBe('seeded');
    await set(to('later'));
    await emulator.snapshots.take('waiting');
    await emulator.reset();
    await emulator.snapshots.restore('waiting');
    expect(await told()).toBe('seeded');
    await emulator.clock.advance(60);
    expect(await told()).toBe('later');
  });
});

describe('what is to be delivered', () => {
  it('is tried again, and lost with one line in the log if that does not help', async () => {
    const { url, received } = await receiver([500, 200, 500, 500, 500, 500, 500, 500]);
    const lines: string[] = [];
    const log = createLog({ level: 'warn', format: 'json', write: (line) => lines.push(line) });
    const send = async (text: string): Promise<void> => {
      const { ok, status } = await fetch(url, { method: 'POST', body: JSON.stringify({ text }) });
      if (!ok) throw new Error(`it answers with ${status}`);
    };
    const outbox = new Outbox(url, send, { log, stopped: new AbortController().signal });
    for (const text of ['a', 'b', 'c', 'd']) outbox.put(text);
    while (received.length < 9) await eventLoopTurn();
    expect(received.map(({ body }) => body.text)).toEqual(['a', 'a', 'b', 'b', 'b', 'c', 'c', 'c', 'd']);
    expect(lines).toEqual([expect.stringContaining('cannot be delivered to')]);
    expect(lines[0]).toContain('it answers with 500');
  });

  it('waits in a line of a hundred, and no more', async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'warn', format: 'json', write: (line) => lines.push(line) });
    const sent: number[] = [];
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const send = async (item: number): Promise<void> => {
      await gate;
      sent.push(item);
    };
    const outbox = new Outbox('there', send, { log, stopped: new AbortController().signal });
    for (let item = 0; item < 200; item++) outbox.put(item);
    go();
    while (sent.length < 101) await eventLoopTurn();
    await eventLoopTurn();
    expect([sent.length, lines.length]).toEqual([101, 1]);
  });

  it.each([
    ['../../etc/passwd', 'out/b/_/_/etc/passwd'],
    ['a//b\u0000c', 'out/b/a/_/b_c'],
    ['..\\x', 'out/b/.._x'],
    ['x'.repeat(300), `out/b/${'x'.repeat(200)}`],
  ])('stays in its folder: %s', (key, path) => {
    expect(placeIn('out', { bucket: 'b', key })).toBe(path);
  });
});

describe('a fragment with the tag of image generation', () => {
  const generate = async (config: object, metadata: Record<string, string>) => {
    const imagesDir = mkdtempSync(join(tmpdir(), 'kvs-images-'));
    const jobs: DecodeJob[] = [];
    const decoder = {
      decode: async (job: DecodeJob) => {
        jobs.push(job);
        return job.times.map((time) => new TextEncoder().encode(`picture ${time}`));
      },
    };
    const options = readOptions({ clock: 'frozen', startTime: START, randomSeed: 3, imagesDir });
    const { road, services, face, stop } = assemble(options, silentLog, undefined, { decoder });
    onTestFinished(stop);
    const stream = services.streams.create(
      { account: '000000000000', region: 'us-east-1' },
      { name: 'cam', dataRetentionInHours: 1 },
    );
    services.streams.setImageGeneration(stream, {
      ...{ Status: 'ENABLED', ImageSelectorType: 'PRODUCER_TIMESTAMP', SamplingInterval: 1000, Format: 'JPEG' },
      DestinationConfig: { Uri: 's3://shots/door', DestinationRegion: 'us-east-1' },
      ...config,
    });
    const events = face.events.follow({ types: ['image'] });
    async function* body(): AsyncGenerator<Bytes> {
      yield concat(fixture('h264-gop2s.mkv'), tags(metadata));
    }
    const headers = {
      'x-amzn-stream-name': 'cam',
      'x-amzn-fragment-timecode-type': 'RELATIVE',
      'x-amzn-producer-start-timestamp': String(START / 1000),
    };
    const { lines } = await enter(road, putMedia, { headers, body: body() });
    for await (const _ of lines);
    return { imagesDir, jobs, events, face };
  };

  it('has its pictures written into the folder, named and described as on S3', async () => {
    const metadata = { AWS_KINESISVIDEO_IMAGE_GENERATION: '', AWS_KINESISVIDEO_IMAGE_PREFIX: 'ring', who: 'me' };
    const { imagesDir, jobs, events, face } = await generate({ WidthPixels: 64 }, metadata);
    const { value } = await events.next();
    expect(value).toMatchObject({ type: 'image', data: { stream: 'cam', bytes: expect.any(Number) } });
    const { key, metadata: told } = value.data;
    expect(face.requests.list()[0]?.delivered[0]).toMatchObject({ image: { key, metadata: told } });
    expect(key).toMatch(/^door\/ring_000000000000_cam_\d{13}_[0-9a-f-]{36}\.jpg$/);
    expect(told).toMatchObject({
      aws_kinesisvideo_fragment_number: expect.stringMatching(/^\d{47}$/),
      aws_kinesisvideo_producer_timestamp: expect.any(String),
      who: 'me',
    });
    const path = join(imagesDir, 'shots', key);
    const folder = join(imagesDir, 'shots', 'door');
    const there = (): number => {
      try {
        return readdirSync(folder).length;
      } catch {
        return 0;
      }
    };
    while (there() < 2) await eventLoopTurn();
    while (!readdirSync(folder).some((name) => name.endsWith('.json'))) await eventLoopTurn();
    expect(readFileSync(path, 'utf8')).toMatch(/^picture \d+$/);
    expect(jobs[0]).toMatchObject({ format: 'JPEG', quality: 80, size: { width: 64 } });
  });

  it('has none while the configuration is disabled', async () => {
    const { jobs } = await generate({ Status: 'DISABLED' }, { AWS_KINESISVIDEO_IMAGE_GENERATION: '' });
    await eventLoopTurn();
    expect(jobs).toEqual([]);
  });
});
