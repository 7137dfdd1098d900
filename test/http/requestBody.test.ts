import { createServer, type IncomingMessage, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RequestBody } from '../../src/http/requestBody.ts';
import { BodyReadError } from '../../src/operations/operation.ts';
import { Room } from '../../src/runtime/room.ts';

const PIECE = 4096;
/** More than the system's own buffers take between two sockets. */
const LONG = 8192;

/** Each piece holds its own number, again and again. */
const pieceOf = (number: number): Buffer => Buffer.alloc(PIECE, Buffer.from([number >> 8, number & 0xff]));

/** A body on its way: so many pieces, and what the server has of it. */
async function upload(pieces: number, { whole = true } = {}) {
  const server = createServer();
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const come = new Promise<IncomingMessage>((resolve) => server.once('request', resolve));
  const client = sendRequest({ port, host: '127.0.0.1', method: 'POST' }).on('error', () => undefined);
  for (let number = 0; number < pieces; number++) client.write(pieceOf(number));
  if (whole) client.end();
  const request = await come;
  const room = new Room({ capacity: 64 << 20 });
  return { client, request, room, body: new RequestBody({ request, holding: room.hold() }) };
}

const joined = (pieces: number): Buffer =>
  Buffer.concat(Array.from({ length: pieces }, (_, number) => pieceOf(number)));

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the body of a request', () => {
  it('comes whole and in order to one who takes each piece at once', async () => {
    const { body } = await upload(1000);
    const taken: Uint8Array[] = [];
    const lent: Uint8Array[] = [];
    await body.pour((piece) => {
      taken.push(Buffer.from(piece));
      lent.push(piece);
      return undefined;
    });
    expect(Buffer.concat(taken).equals(joined(1000))).toBe(true);
    expect(body.finished).toBe(true);
    // Nothing lies about until V8 looks.
    expect(lent.filter(({ length }) => length >= 1024)).toEqual([]);
  });

  it.each(['poured', 'iterated'])(
    '%s by one who is slow is held back, and still comes whole and in order',
    async (way) => {
      const { body, room } = await upload(LONG);
      const taken: Uint8Array[] = [];
      let most = 0;
      const take = async (piece: Uint8Array): Promise<void> => {
        most = Math.max(most, room.usage().used);
        await later();
        taken.push(Buffer.from(piece));
      };
      if (way === 'poured') await body.pour(take);
      else for await (const piece of body) await take(piece);
      expect(Buffer.concat(taken).equals(joined(LONG))).toBe(true);
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThan(1 << 20);
      expect(room.usage().used).toBe(0);
    },
  );

  it('comes whole to one who is busy now and then', async () => {
    const { body } = await upload(3000);
    const taken: Uint8Array[] = [];
    await body.pour((piece) => (taken.push(Buffer.from(piece)) % 7 === 0 ? later() : undefined));
    expect(Buffer.concat(taken).equals(joined(3000))).toBe(true);
  });

  it('comes past the events of the request to one who takes each piece at once', async () => {
    const { body, request } = await upload(1000);
    let [taken, events] = [0, 0];
    await body.pour(() => {
      // A body that nobody has asked for yet would be lost to who listens before.
      if (taken === 0) request.on('data', () => (events += 1));
      taken += 1;
      return undefined;
    });
    expect(taken).toBeGreaterThan(500);
    // What the first read of the socket brought comes before it is known that nothing is to be waited for.
    expect(events).toBeLessThan(taken / 2);
  });

  it('comes whole, and past the events again, to one who was busy until it was held back', async () => {
    const { body, request } = await upload(3000);
    const taken: Uint8Array[] = [];
    let events = 0;
    const heldBack = async (): Promise<void> => {
      while (!request.isPaused() || request.readableLength === 0) await later();
      request.on('data', () => (events += 1)).pause();
    };
    await body.pour((piece) => (taken.push(Buffer.from(piece)) === 1 ? heldBack() : undefined));
    expect(Buffer.concat(taken).equals(joined(3000))).toBe(true);
    expect(events).toBeGreaterThan(0);
    expect(events).toBeLessThan(taken.length / 2);
  });

  it('runs dry past one who still waits for more of it', async () => {
    const { body, request, client } = await upload(20, { whole: false });
    let bytes = 0;
    const pouring = body.pour((piece) => {
      bytes += piece.length;
      return undefined;
    });
    while (bytes < 20 * PIECE) await later();
    const ended = new Promise((resolve) => request.once('end', resolve));
    body.discard();
    for (let number = 0; number < 20; number++) client.write(pieceOf(number));
    client.end();
    await ended;
    client.destroy();
    await expect(pouring).rejects.toThrow(BodyReadError);
    expect(bytes).toBe(20 * PIECE);
  });

  it('comes no more to one who wants no more, and can run dry', async () => {
    const { body, request, room } = await upload(LONG);
    let taken = 0;
    await body.pour(() => {
      taken += 1;
      return taken === 5 ? false : undefined;
    });
    expect(taken).toBe(5);
    const ended = new Promise((resolve) => request.once('end', resolve));
    body.discard();
    await ended;
    expect([taken, body.finished, room.usage().used]).toEqual([5, false, 0]);
  });

  it('tells one who fails at a piece so', async () => {
    const { body } = await upload(10);
    const failing = body.pour(() => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
  });

  it('whose client goes away fails behind what came', async () => {
    const { body, client } = await upload(10, { whole: false });
    let bytes = 0;
    const pouring = body.pour((piece) => {
      bytes += piece.length;
      if (bytes === 10 * PIECE) client.destroy();
      return undefined;
    });
    await expect(pouring).rejects.toThrow(BodyReadError);
    expect(bytes).toBe(10 * PIECE);
  });
});
