import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { parsePorts } from '../../src/config/ports.ts';
import { createEmulator } from '../../src/index.ts';
import { startSignaling } from '../support/signalingClient.ts';

const COOKIE = 0x2112a442;
const ATTRIBUTE = {
  username: 0x0006,
  integrity: 0x0008,
  error: 0x0009,
  realm: 0x0014,
  nonce: 0x0015,
  relayed: 0x0016,
  transport: 0x0019,
};

interface Answer {
  readonly type: number;
  readonly attributes: ReadonlyMap<number, Buffer>;
}

/** A client of TURN that does no more than to ask for an allocation (RFC 5766, 6.1). */
async function turnClient(uri: string) {
  const [, host = '', port = ''] = /^turn:(.*):(\d+)\?transport=udp$/.exec(uri) ?? [];
  const socket: Socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  async function ask(type: number, attributes: readonly [number, Buffer][], key?: Buffer): Promise<Answer> {
    const body = Buffer.concat(attributes.map(([name, value]) => attributeOf(name, value)));
    const head = Buffer.alloc(20);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(body.length + (key === undefined ? 0 : 24), 2);
    head.writeUInt32BE(COOKIE, 4);
    randomBytes(12).copy(head, 8);
    const signed = Buffer.concat([head, body]);
    const integrity = key && attributeOf(ATTRIBUTE.integrity, createHmac('sha1', key).update(signed).digest());
    const whole = integrity === undefined ? signed : Buffer.concat([signed, integrity]);
    const bytes = await new Promise<Buffer>((resolve) => {
      // A datagram may be lost: whoever asks goes on until there is an answer to this question (RFC 5389, 7.2.1).
      const send = (): void => socket.send(whole, Number(port), host);
      const again = setInterval(send, 500);
      onTestFinished(() => clearInterval(again));
      socket.on('message', function take(answer) {
        if (!answer.subarray(8, 20).equals(head.subarray(8, 20))) return;
        clearInterval(again);
        socket.off('message', take);
        resolve(answer);
      });
      send();
    });
    const found = new Map<number, Buffer>();
    for (let at = 20; at + 4 <= bytes.length; ) {
      const length = bytes.readUInt16BE(at + 2);
      found.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length + ((4 - (length % 4)) % 4);
    }
    return { type: bytes.readUInt16BE(0), attributes: found };
  }
  const UDP: [number, Buffer] = [ATTRIBUTE.transport, Buffer.from([17, 0, 0, 0])];
  return {
    /** `ok` with the port that relays, or the number of the error. */
    async allocate(username: string, password: string): Promise<string> {
      const challenge = await ask(0x0003, [UDP]);
      const [realm, nonce] = [ATTRIBUTE.realm, ATTRIBUTE.nonce].map((name) => challenge.attributes.get(name) as Buffer);
      const key = createHash('md5').update(`${username}:${realm}:${password}`).digest();
      const answer = await ask(
        0x0003,
        [
          UDP,
          [ATTRIBUTE.username, Buffer.from(username)],
          [ATTRIBUTE.realm, realm as Buffer],
          [ATTRIBUTE.nonce, nonce as Buffer],
        ],
        key,
      );
      const error = answer.attributes.get(ATTRIBUTE.error);
      if (error !== undefined) return String((error[2] as number) * 100 + (error[3] as number));
      const relayed = answer.attributes.get(ATTRIBUTE.relayed) as Buffer;
      return `ok ${relayed.readUInt16BE(2) ^ (COOKIE >>> 16)}`;
    },
  };
}

function attributeOf(name: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(name, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/** A range whose first port is free. */
async function freePorts(): Promise<string> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const first = Math.min(socket.address().port, 65_000);
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return `${first}-${first + 20}`;
}

it('lets in those whom GetIceServerConfig has given credentials, for five minutes of the clock', async () => {
  const turnPorts = await freePorts();
  const frozen = { clock: 'frozen', startTime: '2030-01-01T00:00:00Z' } as const;
  const { emulator, arn, call } = await startSignaling({ turn: true, turnPorts, ...frozen });
  const { first, last } = parsePorts(turnPorts) as { first: number; last: number };
  const ask = async () => (await call('/v1/get-ice-server-config', { ChannelARN: arn })).body.IceServerList;
  const servers = await ask();
  expect(servers).toHaveLength(2);
  expect(servers.map((server: { Uris: string[]; Ttl: number }) => [server.Uris, server.Ttl])).toEqual([
    [[`turn:127.0.0.1:${first}?transport=udp`], 300],
    [[`turn:127.0.0.1:${first}?transport=udp`], 300],
  ]);
  const [{ Username, Password, Uris }] = servers;
  expect(emulator.clock.state().next).toEqual([{ at: '2030-01-01T00:05:00.000Z', what: 'token', stream: null }]);
  expect(Username).toMatch(/^\d+:[\w+/=]+$/);
  expect(Password).toMatch(/^[\w+/=]{44}$/);
  const [one, two, three] = await Promise.all([turnClient(Uris[0]), turnClient(Uris[0]), turnClient(Uris[0])]);
  const [, port] = (await one.allocate(Username, Password)).split(' ');
  expect(Number(port)).toBeGreaterThan(first);
  expect(Number(port)).toBeLessThanOrEqual(last);
  expect(await two.allocate(Username, 'wrong')).toBe('401');
  await emulator.clock.advance('299s');
  expect(await two.allocate(Username, Password)).toMatch(/^ok /);
  await emulator.clock.advance('1s');
  expect(await three.allocate(Username, Password)).toBe('401');
  const [renewed] = await ask();
  // Another who asks in the same second.
  await ask();
  expect(await three.allocate(renewed.Username, renewed.Password)).toMatch(/^ok /);
});

it('lets nobody in who had credentials before a reset', async () => {
  const { emulator, arn, call } = await startSignaling({ turn: true, turnPorts: await freePorts() });
  const [{ Username, Password, Uris }] = (await call('/v1/get-ice-server-config', { ChannelARN: arn })).body
    .IceServerList;
  await emulator.reset();
  expect(await (await turnClient(Uris[0])).allocate(Username, Password)).toBe('401');
});

it('frees its ports when it stops, and says which are taken when it starts', async () => {
  const turnPorts = await freePorts();
  const { emulator } = await startSignaling({ turn: true, turnPorts });
  const another = () => createEmulator({ port: 0, logLevel: 'silent', turn: true, turnPorts });
  await expect(another()).rejects.toThrow(/The relay cannot listen on UDP port \d+: .*--turn-ports/);
  await emulator.stop();
  await (await another()).stop();
});

it('outlives whatever is sent to it', async () => {
  const turnPorts = await freePorts();
  const { arn, call } = await startSignaling({ turn: true, turnPorts });
  const [{ Username, Password, Uris }] = (await call('/v1/get-ice-server-config', { ChannelARN: arn })).body
    .IceServerList;
  const hostile = createSocket('udp4');
  onTestFinished(() => void hostile.close());
  for (let i = 0; i < 200; i++) {
    const bytes = randomBytes(i * 5);
    if (bytes.length > 20) {
      bytes.writeUInt16BE(i % 16, 0);
      bytes.writeUInt16BE(bytes.length - 20, 2);
      bytes.writeUInt32BE(COOKIE, 4);
    }
    hostile.send(bytes, parsePorts(turnPorts)?.first, '127.0.0.1');
  }
  // An attribute whose length is -4, where lengths have a sign.
  const endless = Buffer.alloc(24);
  endless.writeUInt16BE(3, 0);
  endless.writeUInt32BE(COOKIE, 4);
  endless.writeUInt16BE(0xfffc, 22);
  hostile.send(endless, parsePorts(turnPorts)?.first, '127.0.0.1');
  expect(await (await turnClient(Uris[0])).allocate(Username, Password)).toMatch(/^ok /);
});

it.each(['', '1', '5-4', '5-5', '0-9', '1-65536', 'a-b'])('%j is no range of ports', (text) => {
  expect(parsePorts(text)).toBeUndefined();
});
