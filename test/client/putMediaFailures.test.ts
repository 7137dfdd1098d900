import { Readable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { ConnectionError, KinesisVideoError, PutMediaInterruptedError, putMedia } from '../../src/client/putMedia.ts';
import { LONG } from '../support/long.ts';
import { ackText, FRAGMENT, serve } from './peer.ts';
import { brief, forever, gate, options, run, settled, timeouts } from './session.ts';

describe('a slow service', () => {
  test('holds the body back', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
    });
    let pulled = 0;
    const stop = new AbortController();
    const body = forever(Buffer.alloc(65_536), () => pulled++);
    const first = putMedia(options(url, { body, signal: stop.signal })).next();
    const ended = expect(first).rejects.toThrow('seen enough');
    await vi.waitFor(() => expect(pulled).toBeGreaterThan(1), LONG);
    // What the two systems' buffers take, and nothing beyond.
    expect(await settled(() => pulled)).toBeLessThan(300);
    stop.abort(new Error('seen enough'));
    await ended;
  });
});

describe('a refusal', () => {
  const body = '{"Message":"The requested stream is not found or not active."}';
  const headers =
    'x-amzn-RequestId: req-9\r\nx-amzn-ErrorType: ResourceNotFoundException:https://kinesisvideo.amazonaws.com/doc/2017-09-30/\r\n';
  const expected = {
    name: 'ResourceNotFoundException',
    message: 'The requested stream is not found or not active.',
    status: 404,
    requestId: 'req-9',
  };

  test('is a KinesisVideoError, and the body was not touched', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.answer('404 Not Found', headers, body);
    });
    let pulled = 0;
    const given = Readable.from(forever(Buffer.alloc(1), () => pulled++));
    const { error } = await run(options(url, { body: given }));
    expect(error).toBeInstanceOf(KinesisVideoError);
    expect(error).toMatchObject(expected);
    expect(pulled).toBe(0);
    expect(given.destroyed).toBe(false);
  });

  test('is read although the service hangs up while the body is being sent', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.send('HTTP/1.1 100 Continue\r\n\r\n');
      await peer.read(200_000);
      await peer.answer('404 Not Found', headers, body);
      peer.socket.resetAndDestroy();
    });
    const { error } = await run(options(url, { body: forever(Buffer.alloc(65_536)) }));
    expect(error).toMatchObject(expected);
  });

  test('keeps its name when its body breaks off', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.send(`HTTP/1.1 404 Not Found\r\n${headers}Content-Length: 1000\r\n\r\n{"Mess`);
      peer.socket.destroy();
    });
    expect((await run(options(url))).error).toMatchObject({ name: expected.name, status: 404, message: '{"Mess' });
  });

  test.each<[string, string, string, string, object]>([
    [
      'the name in the body',
      '400 Bad Request',
      '',
      '{"__type":"com.amazon.coral.service#SerializationException"}',
      { name: 'SerializationException', message: 'Bad Request' },
    ],
    [
      'a lower-case message',
      '403 Forbidden',
      'x-amzn-ErrorType: InvalidSignatureException:http://x\r\n',
      '{"message":"no"}',
      { name: 'InvalidSignatureException', message: 'no', status: 403 },
    ],
    [
      'XML',
      '403 Forbidden',
      '',
      '<AccessDeniedException>\n  <Message>Unable to determine service</Message>\n</AccessDeniedException>\n',
      { name: 'Http403', message: 'Unable to determine service' },
    ],
    [
      'a page',
      '502 Bad Gateway',
      '',
      '<html>bad gateway</html>',
      { name: 'Http502', message: '<html>bad gateway</html>' },
    ],
    ['nothing at all', '503 Service Unavailable', '', '', { name: 'Http503', message: 'Service Unavailable' }],
    [
      'a null message',
      '404 Not Found',
      'x-amzn-ErrorType: ResourceNotFoundException\r\n',
      '{"Message":null}',
      { name: 'ResourceNotFoundException' },
    ],
  ])('is understood with %s', async (_what, status, head, text, expected) => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.answer(status, head, text);
    });
    expect((await run(options(url))).error).toMatchObject(expected);
  });

  test('by an endpoint that does not know PutMedia says where to look', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.answer(
        '200 OK',
        '',
        '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}',
      );
    });
    expect((await run(options(url))).error).toMatchObject({
      name: 'UnknownOperationException',
      message:
        'This endpoint does not know the operation. Use the address that GetDataEndpoint gives for this operation.',
    });
  });

  test.each([
    ['no JSON', '<html>'],
    ['JSON that is no acknowledgment', '{"hello":1}'],
    ['an acknowledgment that is never over', `{"EventType":"${'x'.repeat(40_000)}`],
    ['broken JSON', '{"EventType":}'],
    ['half an acknowledgment', '{"EventType":"IDLE"'],
  ])('is what %s in a 200 amounts to', async (_what, text) => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      await peer.read();
      await peer.chunk(ackText('RECEIVED', 0) + text);
      await peer.end();
    });
    const { acks, error } = await run(options(url));
    expect(brief(acks)).toEqual(['RECEIVED 0']);
    expect(error).toMatchObject({ name: 'InvalidResponse', requestId: 'req-1' });
  });
});

describe('the connection', () => {
  test('that cannot be made is a ConnectionError with the reason', async () => {
    const { url, port } = await serve(async () => undefined);
    const closed = url.replace(String(port), '1');
    const { error } = await run(options(closed));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(String(error)).toContain(closed);
  });

  test('that breaks before the answer is a ConnectionError', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      peer.socket.destroy();
    });
    const { error } = await run(options(url));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).not.toBeInstanceOf(PutMediaInterruptedError);
    expect(error).toMatchObject({ code: 'ECONNRESET' });
  });

  test('that breaks in the middle says how many fragments were persisted', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      await peer.read(1);
      await peer.chunk(
        ['RECEIVED 0', 'PERSISTED 0', 'RECEIVED 2000', 'PERSISTED 2000', 'RECEIVED 4000']
          .map((line) => ackText(...(line.split(' ') as [string, string])))
          .join(''),
      );
      peer.socket.destroy();
    });
    const { acks, error } = await run(options(url, { body: forever(Buffer.alloc(1000)) }));
    expect(acks).toHaveLength(5);
    expect(error).toBeInstanceOf(PutMediaInterruptedError);
    expect(error).toMatchObject({
      message: `The connection was lost after 2 persisted fragments (3 received), the last of them ${FRAGMENT}`,
      progress: { received: 3, persisted: 2, lastPersisted: { FragmentTimecode: 2000 } },
      requestId: 'req-1',
    });
  });

  test('that the service ends properly but too early is interrupted too', async () => {
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      await peer.read(1);
      await peer.end();
      await peer.gone();
    });
    const { error } = await run(options(url, { body: forever(Buffer.alloc(1000)) }));
    expect(error).toBeInstanceOf(PutMediaInterruptedError);
    expect(String(error)).toContain('The service ended the session after 0 persisted fragments (0 received)');
  });

  test('on which nothing moves is given up', async () => {
    const timeout = timeouts();
    const { url, port } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      await peer.read();
      await timeout(port);
      await peer.gone();
    });
    const { error } = await run(options(url, { idleTimeoutMs: 5000 }));
    expect(error).toBeInstanceOf(PutMediaInterruptedError);
    expect(String((error as Error).cause)).toContain('nothing moved for 5000 ms');
  });

  test('is not given up while it is the body that pauses', async () => {
    const timeout = timeouts();
    const pausing = gate();
    const resumed = gate();
    const { url, port } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      await pausing.opened;
      await timeout(port);
      resumed.open();
      await peer.read();
      await peer.ack('PERSISTED', 0);
      await peer.end();
    });
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a');
      pausing.open();
      await resumed.opened;
    }
    const { error, acks } = await run(options(url, { body: body() }));
    expect(error).toBeUndefined();
    expect(brief(acks)).toEqual(['PERSISTED 0']);
  });
});

describe('ending early', () => {
  test.each(['before the answer', 'in the session'])(
    'an abort %s throws the reason and lets go of everything',
    async (when) => {
      let closed = false;
      const stop = new AbortController();
      const { url } = await serve(async (peer) => {
        await peer.head();
        if (when === 'in the session') {
          await peer.accept();
          await peer.read(1);
        }
        stop.abort(new Error('enough'));
        await peer.gone();
        closed = true;
      });
      const body = new Readable({ read: () => undefined });
      body.push(Buffer.alloc(1));
      const { error } = await run(options(url, { body, signal: stop.signal }));
      expect(error).toEqual(new Error('enough'));
      await vi.waitFor(() => expect(closed).toBe(true), LONG);
      expect(body.destroyed).toBe(when === 'in the session');
    },
  );

  test('a signal that is aborted already sends nothing', async () => {
    const { error } = await run(options('http://127.0.0.1:1', { signal: AbortSignal.abort(new Error('no')) }));
    expect(error).toEqual(new Error('no'));
  });

  test('leaving the loop closes the connection and the body', async () => {
    let closed = false;
    const { url } = await serve(async (peer) => {
      await peer.head();
      await peer.accept();
      await peer.ack('BUFFERING', 0);
      await peer.gone();
      closed = true;
    });
    const finished = vi.fn();
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        yield* forever(Buffer.alloc(1000));
      } finally {
        finished();
      }
    }
    for await (const ack of putMedia(options(url, { body: body() }))) {
      expect(ack.EventType).toBe('BUFFERING');
      break;
    }
    await vi.waitFor(() => expect(closed).toBe(true), LONG);
    await vi.waitFor(() => expect(finished).toHaveBeenCalled(), LONG);
  });
});
