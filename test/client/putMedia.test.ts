import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { type FragmentAck, PutMediaError, type PutMediaOptions, putMedia } from '../../src/client/putMedia.ts';
import { LONG } from '../support/long.ts';
import { certificate } from './certificate.ts';
import { ackText, FRAGMENT, serve } from './peer.ts';
import { brief, forever, gate, options, run, settled, timeouts } from './session.ts';

describe('the request', () => {
  test('is a chunked POST with the parameters in headers, signed without its body', async () => {
    const { url, port } = await serve(async (peer) => {
      const { line, headers } = await peer.head();
      expect(line).toBe('POST /putMedia HTTP/1.1');
      expect(headers).toMatchObject({
        host: `127.0.0.1:${port}`,
        'x-amzn-stream-name': 'cam',
        'x-amzn-fragment-timecode-type': 'RELATIVE',
        'x-amzn-producer-start-timestamp': '1511852108.513',
        'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
        'transfer-encoding': 'chunked',
        expect: '100-continue',
        connection: 'keep-alive',
      });
      expect(headers).not.toHaveProperty('x-amzn-stream-arn');
      expect(headers).not.toHaveProperty('x-amzn-fragment-acknowledgment-required');
      expect(headers).not.toHaveProperty('x-amz-security-token');
      expect(headers.authorization).toMatch(
        /^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/us-west-2\/kinesisvideo\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amzn-fragment-timecode-type;x-amzn-producer-start-timestamp;x-amzn-stream-name, Signature=[0-9a-f]{64}$/,
      );
      await peer.accept();
      expect((await peer.read()).toString()).toBe('media');
      await peer.end();
    });
    expect(await run(options(url))).toEqual({ acks: [], error: undefined });
  });

  test('has an id that the caller is told before the first acknowledgment', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      await peer.read();
      await peer.ack('BUFFERING', 0);
      await peer.end();
    });
    const told: unknown[] = [];
    const session = putMedia({ ...options(url), onRequestId: (id) => told.push(id) });
    for await (const { EventType } of session) told.push(EventType);
    expect(told).toEqual(['req-1', 'BUFFERING']);
  });

  test('names the stream by its ARN, signs the session token and declines acknowledgments when told so', async () => {
    const streamARN = 'arn:aws:kinesisvideo:us-west-2:000000000000:stream/cam/1511852108513';
    const { url } = await serve(async (peer) => {
      const { line, headers } = await peer.head();
      expect(line).toBe('POST /s-1a2b3c4d/putMedia HTTP/1.1');
      expect(headers).toMatchObject({
        'x-amzn-stream-arn': streamARN,
        'x-amzn-fragment-timecode-type': 'ABSOLUTE',
        'x-amzn-producer-start-timestamp': '0.000',
        'x-amzn-fragment-acknowledgment-required': '0',
        'x-amz-security-token': 'tok',
      });
      expect(headers).not.toHaveProperty('x-amzn-stream-name');
      expect(headers.authorization).toMatch(/Credential=AKIA\/.*x-amz-date;x-amz-security-token;x-amzn-fragment/);
      await peer.accept();
      await peer.read();
      await peer.end();
    });
    const credentials = vi.fn(async () => ({ accessKeyId: 'AKIA', secretAccessKey: 's', sessionToken: 'tok' }));
    const given = options(`${url}/s-1a2b3c4d/`, {
      streamARN,
      credentials,
      fragmentTimecodeType: 'ABSOLUTE',
      producerStartTimestamp: new Date(0),
      acknowledgments: false,
    });
    expect(await run(given)).toEqual({ acks: [], error: undefined });
    expect(credentials).toHaveBeenCalledOnce();
  });

  test.each<[string, Partial<PutMediaOptions>, string]>([
    ['no stream', { streamName: undefined as never }, 'putMedia needs either streamName or streamARN'],
    ['a name and an ARN', { streamARN: 'arn', streamName: 'cam' }, 'putMedia needs either streamName or streamARN'],
    ['a wrong timecode type', { fragmentTimecodeType: 'relative' as never }, "must be 'ABSOLUTE' or 'RELATIVE'"],
    ['a start that is no date', { producerStartTimestamp: Number.NaN }, 'producerStartTimestamp is not a date'],
    ['a body that cannot be iterated', { body: 5 as never }, 'body must be'],
  ])('is refused on the spot with %s', (_what, more, message) => {
    expect(() => putMedia({ ...options('http://127.0.0.1:1'), ...more })).toThrow(new RegExp(message));
  });

  test('throws what the credentials throw, and a TypeError for an endpoint that is none', async () => {
    const error = new Error('no credentials today');
    const credentials = (): never => {
      throw error;
    };
    expect((await run(options('http://127.0.0.1:1', { credentials }))).error).toBe(error);
    expect((await run(options('localhost:4580'))).error).toEqual(
      new TypeError('the endpoint must be an http:// or https:// address, not localhost:4580'),
    );
  });
});

describe('the body', () => {
  test.each<[string, PutMediaOptions['body']]>([
    ['a stream', Readable.from([Buffer.from('one'), Buffer.from('two')])],
    [
      'an async iterable',
      (async function* () {
        yield Buffer.from('one');
        yield new Uint8Array(0);
        yield Buffer.from('two');
      })(),
    ],
    ['bytes', Buffer.from('onetwo')],
  ])('may be %s', async (_what, body) => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      expect((await peer.read()).toString()).toBe('onetwo');
      await peer.end();
    });
    expect((await run(options(url, { body }))).error).toBeUndefined();
  });

  test('may reuse its buffer once the next chunk is asked for', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      const body = await peer.read();
      expect(body.length).toBe(40 * 65_536);
      for (let i = 0; i < 40; i++) expect(body.subarray(i * 65_536, (i + 1) * 65_536).every((b) => b === i)).toBe(true);
      await peer.end();
    });
    const buffer = Buffer.alloc(65_536);
    async function* body(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 40; i++) yield buffer.fill(i);
    }
    expect((await run(options(url, { body: body() }))).error).toBeUndefined();
  });

  test('that is a view into other memory is sent without its neighbours', async () => {
    const memory = Buffer.from('xxmediaxx');
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      expect((await peer.read()).toString()).toBe('media');
      await peer.end();
    });
    expect((await run(options(url, { body: new Uint8Array(memory.buffer, memory.byteOffset + 2, 5) }))).error).toBe(
      undefined,
    );
  });

  test('is sent after a while to a service that knows no 100-continue', async () => {
    const timeout = timeouts();
    const { url, port } = await serve(async (peer) => {
      await peer.head();
      await timeout(port);
      expect((await peer.read()).toString()).toBe('media');
      await peer.answer('200 OK', '', ackText('PERSISTED', 0));
    });
    const { acks, error } = await run(options(url));
    expect(error).toBeUndefined();
    expect(brief(acks)).toEqual(['PERSISTED 0']);
  });

  test('is sent when the service says 200 without a 100 before it', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      expect((await peer.read()).toString()).toBe('media');
      await peer.end();
    });
    expect((await run(options(url))).error).toBeUndefined();
  });

  test('that throws ends the session with what it threw, and its last fragment is not closed', async () => {
    const thrown = new Error('the camera fell down');
    let end: unknown;
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      await peer.read(3);
      await peer.ack('BUFFERING', 0);
      end = await peer.read().catch((error) => error);
    });
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('one');
      await acked.opened;
      throw thrown;
    }
    const acked = gate();
    const acks: string[] = [];
    const error = await (async () => {
      for await (const ack of putMedia(options(url, { body: body() }))) {
        acks.push(ack.EventType);
        acked.open();
      }
    })().catch((reason) => reason);
    expect(error).toBe(thrown);
    expect(acks).toEqual(['BUFFERING']);
    await vi.waitFor(() => expect(end).toBeInstanceOf(Error), LONG);
  });

  test('that is a file which is not there ends the session with the reason', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      await peer.gone();
    });
    const { error } = await run(options(url, { body: createReadStream('/nowhere/a.mkv') }));
    expect(error).toMatchObject({ code: 'ENOENT' });
  });

  test('that yields something else than bytes is a TypeError', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      await peer.gone();
    });
    const body = Readable.from(['text']) as Readable;
    expect((await run(options(url, { body }))).error).toEqual(new TypeError('the body must consist of Uint8Arrays'));
  });
});

describe('acknowledgments', () => {
  test('come while the body is still being sent', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      for (let i = 1; i <= 3; i++) {
        await peer.read(i);
        await peer.ack('BUFFERING', i);
      }
      await peer.read();
      await peer.end();
    });
    // The body waits for the acknowledgment of each of its chunks: half duplex would never end.
    let release: () => void = () => undefined;
    async function* body(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 3; i++) {
        const acked = new Promise<void>((resolve) => {
          release = resolve;
        });
        yield Buffer.from([i]);
        await acked;
      }
    }
    const seen: string[] = [];
    for await (const ack of putMedia(options(url, { body: body() }))) {
      seen.push(`${ack.EventType} ${ack.FragmentTimecode}`);
      release();
    }
    expect(seen).toEqual(['BUFFERING 1', 'BUFFERING 2', 'BUFFERING 3']);
  });

  test.each<[string, string[]]>([
    ['one in a chunk', [ackText('BUFFERING', 0), ackText('RECEIVED', 0), ackText('PERSISTED', 0)]],
    ['all in one chunk', [ackText('BUFFERING', 0) + ackText('RECEIVED', 0) + ackText('PERSISTED', 0)]],
    ['a byte in a chunk', [...(ackText('BUFFERING', 0) + ackText('RECEIVED', 0) + ackText('PERSISTED', 0))]],
    [
      'with other ends of line',
      [`${ackText('BUFFERING', 0)}\r\n\r\n${ackText('RECEIVED', 0)}`, ` ${ackText('PERSISTED', 0).trim()}`],
    ],
    [
      'with nothing between',
      [ackText('BUFFERING', 0).trim() + ackText('RECEIVED', 0).trim() + ackText('PERSISTED', 0).trim()],
    ],
  ])('are read %s', async (_how, chunks) => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      await peer.read();
      for (const chunk of chunks) await peer.chunk(chunk);
      await peer.end();
    });
    const { acks, error } = await run(options(url));
    expect(error).toBeUndefined();
    expect(acks).toEqual([
      { EventType: 'BUFFERING', FragmentTimecode: 0, FragmentNumber: FRAGMENT },
      { EventType: 'RECEIVED', FragmentTimecode: 0, FragmentNumber: FRAGMENT },
      { EventType: 'PERSISTED', FragmentTimecode: 0, FragmentNumber: FRAGMENT },
    ]);
  });

  test('after an ERROR: it is yielded, nothing more is sent, what follows is yielded, then PutMediaError is thrown', async () => {
    const heard = gate();
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      await peer.read(1);
      await peer.ack('RECEIVED', 0);
      await peer.ack('ERROR', 2000, ',"ErrorCode":"FRAMES_MISSING_FOR_TRACK","ErrorId":4011');
      const more = peer.read(2).catch(() => undefined);
      await heard.opened;
      expect(await settled(() => peer.body.length)).toBe(1);
      await peer.ack('PERSISTED', 0);
      await peer.chunk('{"EventType":"ERROR","ErrorCode":"INVALID_MKV_DATA","ErrorId":4006}\n');
      await peer.end();
      await more;
    });
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from([1]);
      await heard.opened;
      yield Buffer.from([2]);
    }
    const acks: FragmentAck[] = [];
    const error = await (async () => {
      for await (const ack of putMedia(options(url, { body: body() }))) {
        acks.push(ack);
        if (ack.EventType === 'ERROR') heard.open();
      }
    })().catch((reason) => reason);
    expect(acks.map(({ EventType, ErrorId }) => `${EventType} ${ErrorId ?? ''}`)).toEqual([
      'RECEIVED ',
      'ERROR 4011',
      'PERSISTED ',
      'ERROR 4006',
    ]);
    expect(error).toBeInstanceOf(PutMediaError);
    expect(error).toMatchObject({
      message: 'FRAMES_MISSING_FOR_TRACK (4011) in the fragment with timecode 2000',
      ack: { ErrorId: 4011, FragmentTimecode: 2000 },
      progress: { received: 1, persisted: 1, lastPersisted: { FragmentTimecode: 0 } },
      requestId: 'req-1',
    });
  });

  test.each(['http', 'https'])('are not lost to a service that hangs up while we write (%s)', async (scheme) => {
    const accepted = gate();
    let hangUp = (): void => undefined;
    const { url } = await serve(
      async (peer) => {
        hangUp = () => {
          void peer.ack('ERROR', 0, ',"ErrorCode":"INVALID_MKV_DATA","ErrorId":4006');
          void peer.end();
          peer.reset();
        };
        await peer.head();
        await peer.accept();
        await peer.read(1);
        accepted.open();
      },
      scheme === 'https' ? certificate : undefined,
    );
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(1);
      await accepted.opened;
      // The answer and the reset are in the system's hands now, and the next write comes before anyone reads them.
      hangUp();
      yield* forever(Buffer.alloc(65_536));
    }
    const { acks, error } = await run(options(url, { body: body(), ca: certificate.cert }));
    expect(brief(acks)).toEqual(['ERROR 0']);
    expect(error).toBeInstanceOf(PutMediaError);
  });

  test('stop a slow reader from filling memory: the service is held back', async () => {
    let sent = 0;
    const all = 100_000_000;
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      const acks = ackText('IDLE', 0).repeat(500);
      while (sent < all && !peer.socket.destroyed) {
        await peer.chunk(acks);
        sent += acks.length;
      }
    });
    const session = putMedia(options(url));
    await session.next();
    expect(await settled(() => sent)).toBeLessThan(20_000_000);
    await session.return();
  });
});
