// Which reads of a client bring what of an answer that comes in pieces. The reader is late: it looks at the socket only
// when whatever the server can send has been sent.
import { describe, expect, it } from 'vitest';
import { duplexOperation } from '../../src/operations/operation.ts';
import { structure } from '../../src/protocol/shapes.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { chunk, LAST_CHUNK, post, rawSocket } from '../support/rawSocket.ts';
import { deferred, startServer } from '../support/testServer.ts';

const LINES = ['{"a":1}\n', '{"b":2}\n', '{"c":3}\n'];
const PIECES = [...LINES.map(chunk), LAST_CHUNK];
const JAVA = 'User-Agent: AWS-SDK-KVS-PRODUCER/1.12.2 JAVA/17.0.2 Linux/6.1.0 amd64';

/** Answers with all lines at once, over TLS before the body has come, and notes when somebody has taken the last. */
function upload(tls: boolean) {
  const taken = deferred();
  const operation = duplexOperation({
    name: 'Upload',
    plane: 'media',
    path: '/upload',
    actsOn: 'account',
    kind: 'duplex',
    contentType: 'application/json',
    input: structure({}),
    headers: {},
    handle: async (_context, _input, _target, body) =>
      (async function* () {
        if (!tls) for await (const _ of body);
        yield* LINES;
        if (tls) for await (const _ of body);
        taken.resolve();
      })(),
  });
  return { operation, taken: taken.promise };
}

/** Real time that passes when the test says so. */
function heldTime() {
  const waiting: { run: () => void; ms: number }[] = [];
  return {
    waiting,
    timeout: (run: () => void, ms: number) => {
      waiting.push({ run, ms });
      return () => undefined;
    },
  };
}

/** Whatever is under way on loopback and in the event loop comes to rest. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await eventLoopTurn();
}

async function open(headers: readonly string[], tls: boolean, timeout?: ReturnType<typeof heldTime>['timeout']) {
  const { operation, taken } = upload(tls);
  const server = await startServer([operation], timeout === undefined ? {} : { timeout });
  const client = await rawSocket(server.port, tls ? await server.ca() : undefined);
  client.socket.pause();
  client.send(post('/upload', 'Transfer-Encoding: chunked', ...headers));
  /** What has come since the last look, up to the end of `last`, in the reads that it took. */
  const look = async (last: string | RegExp): Promise<string[]> => {
    await settle();
    const before = client.reads().length;
    client.socket.resume();
    await client.until(last);
    client.socket.pause();
    return client.reads().slice(before);
  };
  return { client, taken, look };
}

describe('over HTTPS', () => {
  it.each([
    ['any client of Java', ['User-Agent: aws-sdk-java/1.12.780 Linux/6.1 OpenJDK_64-Bit_Server_VM/17']],
    ["AWS's Java producer", [JAVA]],
  ])('each piece is a read of its own, however late %s looks', async (_, headers) => {
    const time = heldTime();
    const { client, taken, look } = await open([...headers, 'Expect: 100-continue'], true, time.timeout);
    client.send(LAST_CHUNK);
    await taken;
    const [go, head, ...pieces] = await look(PIECES.join(''));
    expect(go).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n$/s);
    expect(pieces).toEqual(PIECES);
    expect(time.waiting).toEqual([]);
  });

  it('also those of an answer that had to wait for the one before it', async () => {
    const { client, look } = await open([JAVA], true);
    client.send(`${LAST_CHUNK}${post('/upload', 'Content-Length: 0', JAVA)}`);
    const all = PIECES.join('');
    const reads = await look(new RegExp(`${all}.*${all}`.replace(/[{}]/g, '\\$&'), 's'));
    const head = expect.stringMatching(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n$/s);
    expect(reads).toEqual([head, ...PIECES, head, ...PIECES]);
  });
});

describe('over HTTP', () => {
  it.each([
    JAVA,
    'User-Agent: aws-sdk-kvs/1.9.3 Java/1.8.0_292 Windows_10/10.0 amd64',
    'user-agent: AWS-SDK-KVS-PRODUCER/1.2.3 JAVA/0 Linux/4.4 aarch64',
  ])('each piece waits 20 ms behind the one before for %s', async (agent) => {
    const time = heldTime();
    const { client, look } = await open([agent], false, time.timeout);
    expect(await look('\r\n\r\n')).toEqual([expect.stringMatching(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n$/s)]);
    client.send(LAST_CHUNK);
    for (const piece of PIECES) {
      expect(await look(piece)).toEqual([piece]);
      expect(time.waiting.map(({ ms }) => ms)).toEqual([20]);
      time.waiting.shift()?.run();
    }
    client.socket.resume();
    await settle();
    expect(client.received()).toMatch(/\r\n0\r\n\r\n$/);
  });

  it.each([
    'User-Agent: AWS-PRODUCER-SDK-KVS/1.6.4 GCC/12.2.0 Linux x86_64',
    'User-Agent: AWS-SDK-KVS-CPP-CLIENT/3.6.0/1.6.2 GCC/12.2.0 Linux x86_64 CPPSDK',
    'User-Agent: aws-sdk-java/1.12.700 Linux/6.1 OpenJDK_64-Bit_Server_VM/17 java/17.0.2 AmazonKinesisVideoPutMedia',
    'User-Agent: Java/17.0.2',
    'X-No-User-Agent: 1',
  ])('nothing waits for %s', async (agent) => {
    const time = heldTime();
    const { client, look } = await open([agent], false, time.timeout);
    client.send(LAST_CHUNK);
    await look(PIECES.join(''));
    expect(time.waiting).toEqual([]);
  });

  it('a producer that leaves does not hold up what is left of the answer', async () => {
    const time = heldTime();
    const { client, taken } = await open([JAVA], false, time.timeout);
    client.send(LAST_CHUNK);
    await settle();
    expect(time.waiting).toHaveLength(1);
    client.socket.resetAndDestroy();
    await taken;
    expect(time.waiting).toHaveLength(1);
  });

  it('a producer in whose time nobody meddles gets all of the answer', async () => {
    const { client } = await open([JAVA], false);
    client.socket.resume();
    client.send(LAST_CHUNK);
    await client.until(PIECES.join(''));
  });
});
