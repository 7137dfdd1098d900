import { describe, expect, it } from 'vitest';
import { jsonOperation, resourceOperation } from '../../src/operations/operation.ts';
import { startEmulator } from '../support/emulator.ts';
import { postJson, rawSocket } from '../support/rawSocket.ts';
import { noInput, startServer, type TestServerOptions } from '../support/testServer.ts';

const EXPOSED = 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date';

/** A server whose operation counts how often it was carried out. */
async function serve(guests: TestServerOptions['guests'] = {}) {
  const count = { calls: 0 };
  const act = jsonOperation({
    name: 'Act',
    plane: 'control',
    path: '/act',
    actsOn: 'account',
    kind: 'json',
    input: noInput,
    handle: () => ({ calls: ++count.calls }),
  });
  const segment = resourceOperation({
    name: 'Segment',
    plane: 'archived',
    path: '/hls/v1/segment.mp4',
    actsOn: 'account',
    kind: 'resource',
    input: noInput,
    handle: () => ({ contentType: 'video/mp4', body: 'moof' }),
  });
  const server = await startServer([act, segment], { guests });
  /** The answer to what is sent, which is the last on its connection. */
  const ask = async (sent: string): Promise<string> => {
    const client = await rawSocket(server.port);
    client.send(sent);
    client.end();
    await client.ended;
    return client.received();
  };
  return { ...server, count, ask };
}
const lines = (...all: readonly string[]): string => [...all, '', ''].join('\r\n');
const preflight = (path: string, origin: string, ...more: readonly string[]): string =>
  lines(
    `OPTIONS ${path} HTTP/1.1`,
    'Host: localhost:4580',
    `Origin: ${origin}`,
    'Access-Control-Request-Method: POST',
    'Access-Control-Request-Headers: authorization,x-amz-date',
    ...more,
  );
const get = (path: string, ...more: readonly string[]): string =>
  lines(`GET ${path} HTTP/1.1`, 'Host: localhost', ...more);

describe('a page of this machine', () => {
  it.each(['/act', '/unknown', '/_kvs/clock', '*'])('may ask beforehand, for any path: %s', async (path) => {
    const { ask } = await serve();
    const answer = await ask(preflight(path, 'http://localhost:3000'));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\nx-amzn-RequestId: /);
    expect(answer.split('\r\n').slice(2, 9)).toEqual([
      'Access-Control-Allow-Origin: http://localhost:3000',
      'Access-Control-Allow-Headers: authorization,x-amz-date',
      'Access-Control-Allow-Methods: POST',
      `Access-Control-Expose-Headers: ${EXPOSED}`,
      'Access-Control-Max-Age: 172800',
      'Vary: Origin',
      'Content-Length: 0',
    ]);
  });

  it.each([
    ['an answer', postJson('/act', '{}', 'Origin: http://localhost:3000')],
    ['an error', postJson('/act', '{', 'Origin: http://localhost:3000')],
    ['an unknown path', postJson('/unknown', '{}', 'Origin: http://localhost:3000')],
    ['the emulator’s own API', get('/_kvs/nothing', 'Origin: http://localhost:3000')],
  ])('may read %s', async (_what, sent) => {
    const { ask } = await serve();
    expect(await ask(sent)).toContain(
      `\r\nAccess-Control-Allow-Origin: http://localhost:3000\r\nAccess-Control-Expose-Headers: ${EXPOSED}\r\nVary: Origin\r\n`,
    );
  });
});

describe('a page from elsewhere', () => {
  const ORIGIN = 'Origin: https://evil.example';

  it.each([
    ['an operation', postJson('/act', '{}', ORIGIN)],
    [
      'an operation by a form',
      lines('POST /act HTTP/1.1', 'Host: localhost', ORIGIN, 'Content-Type: text/plain', 'Content-Length: 0'),
    ],
    [
      'an operation before it sends the body',
      lines('POST /act HTTP/1.1', 'Host: localhost', ORIGIN, 'Content-Length: 2', 'Expect: 100-continue'),
    ],
    ['an operation as a page from a file', postJson('/act', '{}', 'Origin: null')],
    ['an unknown path', get('/act', ORIGIN)],
    [
      'a socket',
      get(
        '/',
        ORIGIN,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ),
    ],
    ['to ask beforehand', preflight('/act', 'https://evil.example', 'Access-Control-Request-Private-Network: true')],
  ])('is refused %s, and nothing is done', async (_what, sent) => {
    const { ask, count } = await serve();
    const answer = await ask(sent);
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(answer).toContain(
      '\r\nx-amzn-ErrorType: AccessDeniedException:http://internal.amazon.com/coral/com.amazon.coral.service/\r\n',
    );
    expect(answer).toMatch(
      /\r\n\r\n\{"Message":"Pages of the origin .* may not call this emulator\. .*--allowed-origins/,
    );
    expect(answer).not.toMatch(/Access-Control|100 Continue/);
    expect(count.calls).toBe(0);
  });

  it.each([
    ['by its origin', get('/_kvs/requests', ORIGIN)],
    ['before it asks', preflight('/_kvs/requests', 'https://evil.example')],
    ['as an image or a link would', get('/_kvs/requests', 'Sec-Fetch-Site: cross-site')],
    ['even the certificate', get('/_kvs/ca.pem', ORIGIN)],
    ['even the health', get('/_kvs/health', ORIGIN)],
    ['by a data endpoint', get('/s-1a2b3c4d/_kvs/requests', ORIGIN)],
    ['by doubled slashes', get('//_kvs//requests', ORIGIN)],
    ['by a whole address', get('http://localhost/_kvs/requests', ORIGIN)],
  ])('is refused the emulator’s own API, %s', async (_what, sent) => {
    const { ask } = await serve();
    const answer = await ask(sent);
    expect(answer).toMatch(
      /^HTTP\/1\.1 403 Forbidden\r\n.*\r\n\r\n\{"error":"[^"]*(\\"[^"]*)*","hint":".*--allowed-origins/s,
    );
    expect(answer).not.toContain('Access-Control');
  });

  it('is refused a HEAD without a word', async () => {
    const { ask } = await serve();
    const answer = await ask(lines('HEAD /_kvs/health HTTP/1.1', 'Host: localhost', ORIGIN, 'Connection: close'));
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n.*\r\n\r\n$/s);
  });

  it('may play what a session gives it, wherever it is from', async () => {
    const { ask } = await serve();
    expect(await ask(get('/hls/v1/segment.mp4', ORIGIN, 'Sec-Fetch-Site: cross-site'))).toMatch(
      /^HTTP\/1\.1 200 OK\r\n.*\r\nAccess-Control-Allow-Origin: \*\r\n(?!.*Vary).*moof$/s,
    );
    expect(await ask(preflight('/hls/v1/segment.mp4', 'null'))).toContain('\r\nAccess-Control-Allow-Origin: *\r\n');
  });

  it.each(['Private-Network', 'Local-Network'])(
    'is told that it may reach this network to play: %s',
    async (network) => {
      const { ask } = await serve();
      const asked = `Access-Control-Request-${network}: true`;
      const allowed = `\r\nAccess-Control-Allow-${network}: true\r\n`;
      expect(await ask(preflight('/dash/v1/segment.mp4', 'https://evil.example', asked))).toContain(allowed);
      expect(await ask(preflight('/dash/v1/segment.mp4', 'https://evil.example'))).not.toContain(allowed);
    },
  );

  it('is let in when it is listed, by its name', async () => {
    const { ask } = await serve({ allowedOrigins: ['https://evil.example', 'null'] });
    for (const origin of ['https://evil.example', 'null']) {
      const answer = await ask(postJson('/act', '{}', `Origin: ${origin}`));
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(answer).toContain(`\r\nAccess-Control-Allow-Origin: ${origin}\r\n`);
    }
    expect(await ask(postJson('/act', '{}', 'Origin: https://other.example'))).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('is let in when all are, and still named', async () => {
    const { ask } = await serve({ allowedOrigins: ['*'] });
    expect(await ask(get('/_kvs/health', ORIGIN))).not.toMatch(/ 403 |Access-Control-Allow-Origin: \*/);
    expect(await ask(preflight('/act', 'https://evil.example'))).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe('a client that is no page', () => {
  it('never notices', async () => {
    const { ask } = await serve();
    const answer = await ask(postJson('/act', '{}'));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).not.toMatch(/Access-Control|Vary/);
  });

  it('needs no host', async () => {
    const { ask } = await serve();
    expect(await ask(lines('POST /act HTTP/1.0', 'Content-Length: 0'))).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(await ask(lines('POST /act HTTP/1.1', 'Host:', 'Content-Length: 0'))).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('may name no content type, as `curl -d` names a wrong one', async () => {
    const { url } = await startEmulator({ clock: 'frozen', startTime: '2030-01-01T00:00:00Z' });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(`${url}/_kvs/clock`, { method: 'POST', headers, body: '{"advance":"1h"}' });
    expect(await answer.json()).toMatchObject({ now: '2030-01-01T01:00:00.000Z' });
  });
});

describe('a request for a host that is not ours', () => {
  const to = (host: string, path: string) => lines(`POST ${path} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 0');

  it.each(['/act', '/_kvs/reset', '/hls/v1/segment.mp4', '/unknown'])(
    'is refused, whatever it asks for: %s',
    async (path) => {
      const { ask, count } = await serve();
      const answer = await ask(to('rebind.evil.example:4580', path));
      expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
      expect(answer).toMatch(/rebind\.evil\.example.*--allowed-hosts NAME \(KVS_ALLOWED_HOSTS\)/);
      expect(count.calls).toBe(0);
    },
  );

  it('is refused though the target names one of ours, or the other way round', async () => {
    const { ask, count } = await serve();
    expect(await ask(to('evil.example', 'http://localhost/act'))).toMatch(/^HTTP\/1\.1 403 /);
    expect(await ask(to('localhost', 'http://evil.example/act'))).toMatch(/^HTTP\/1\.1 403 /);
    expect(await ask(to('localhost', 'http://evil.example@localhost/act'))).toMatch(/^HTTP\/1\.1 403 /);
    expect(count.calls).toBe(0);
    expect(await ask(to('localhost', 'http://kvs.test/act'))).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is refused with 400 if it names two', async () => {
    const { ask, count } = await serve();
    for (const [one, two] of [
      ['localhost', 'evil.example'],
      ['evil.example', 'localhost'],
      ['kvs', 'kvs'],
    ]) {
      const sent = lines('POST /act HTTP/1.1', `Host: ${one}`, `hOST: ${two}`, 'Content-Length: 0');
      expect(await ask(sent)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    }
    expect(count.calls).toBe(0);
  });

  it('is logged the first time, and then ever more rarely', async () => {
    const { ask, log } = await serve();
    for (let i = 0; i < 12; i++) await ask(to('evil.example', '/act'));
    await ask(to('other.example', '/act'));
    expect(log).toEqual([
      expect.stringMatching(/^WARN A request was refused\. "evil\.example" is no host name .*--allowed-hosts NAME/),
      expect.stringMatching(/^WARN A request was refused\. "evil\.example" .*\(10 times so far\)$/),
      expect.stringMatching(/"other\.example"/),
    ]);
  });

  it('repeats no more than 256 characters of it', async () => {
    const { ask, log } = await serve();
    const answer = await ask(to(`${'x'.repeat(8000)}.example`, '/act'));
    expect(answer).toMatch(/"Message":"\\"x{256}[^x]{1,3}\\" is no host name/);
    expect(log[0]?.length).toBeLessThan(600);
  });

  it('does not fill the log with ever new names', async () => {
    const { ask, log } = await serve();
    const many = Array.from({ length: 1200 }, (_, i) => to(`h${i}.evil.example`, '/act')).join('');
    await ask(many);
    expect(log.length).toBe(1000 + 3);
  });

  it('is none where all hosts are allowed', async () => {
    const { ask } = await serve({ allowedHosts: ['*'] });
    expect(await ask(to('evil.example', '/act'))).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('who can reach what', () => {
  async function warnings(host: string): Promise<string[]> {
    const lines: string[] = [];
    await startEmulator({ host, logLevel: 'warn', log: (line) => lines.push(line) });
    return lines;
  }

  it.each(['0.0.0.0', '::'])('is said in one line when it listens on all addresses: %s', async (host) => {
    const lines = await warnings(host);
    expect(lines).toEqual([
      expect.stringMatching(/WARN {2}Everybody who reaches this machine .*--host.*-p 127\.0\.0\.1:/),
    ]);
  });

  it.each(['127.0.0.1', '127.0.0.2', 'localhost', '::1'])('need not be said on %s', async (host) => {
    expect(await warnings(host)).toEqual([]);
  });
});

describe('the options of the library', () => {
  const status = async (url: string, headers: Record<string, string>) => {
    const { port } = new URL(url);
    const client = await rawSocket(Number(port));
    client.send(
      get('/_kvs/health', 'Connection: close', ...Object.entries(headers).map(([k, v]) => `${k}: ${v}`)).replace(
        'Host: localhost\r\n',
        headers.Host ? '' : 'Host: localhost\r\n',
      ),
    );
    await client.ended;
    return Number(client.received().slice(9, 12));
  };

  it('say which hosts and origins are let in', async () => {
    const { url } = await startEmulator({
      allowedHosts: 'kvs.example.com, .farm.example',
      allowedOrigins: ['https://App.example.com/'],
    });
    expect(await status(url, { Host: 'KVS.example.com:9000' })).toBe(200);
    expect(await status(url, { Host: 'eu.farm.example' })).toBe(200);
    expect(await status(url, { Host: 'example.com' })).toBe(403);
    expect(await status(url, { Origin: 'https://app.example.com' })).toBe(200);
    expect(await status(url, { Origin: 'https://example.com' })).toBe(403);
  });

  it('let the host of the public URL in', async () => {
    const { url } = await startEmulator({ publicUrl: 'https://kvs.example.com/base' });
    expect(await status(url, { Host: 'kvs.example.com' })).toBe(200);
    expect(await status(url, { Host: 'kvs.example.com', Origin: 'https://kvs.example.com' })).toBe(200);
  });

  it.each([
    [{ allowedHosts: 'kvs.example.com:4580' }, /^allowedHosts must be host names without port/],
    [{ allowedHosts: 'https://kvs.example.com' }, /^allowedHosts must be host names/],
    [{ allowedHosts: '*.example.com' }, /^allowedHosts must be host names/],
    [{ allowedHosts: 'kvs.example.com/path' }, /^allowedHosts must be host names/],
    [{ allowedHosts: ',' }, /^allowedHosts must be host names/],
    [{ allowedOrigins: 'app.example.com' }, /^allowedOrigins must be origins like/],
    [{ allowedOrigins: 'https://app.example.com/path' }, /^allowedOrigins must be origins like/],
    [{ allowedOrigins: 'https://*.example.com:x' }, /^allowedOrigins must be origins like/],
    [{ tlsNames: 'a b/c' }, /^tlsNames must be host names/],
  ])('are refused when they make no sense: %j', async (options, message) => {
    await expect(startEmulator(options)).rejects.toThrow(message);
  });
});
