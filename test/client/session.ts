// What tests of putMedia share.
import { Socket } from 'node:net';
import { onTestFinished, vi } from 'vitest';
import { type FragmentAck, type PutMediaOptions, putMedia } from '../../src/client/putMedia.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { LONG } from '../support/long.ts';

export const options = (endpoint: string, more: Partial<PutMediaOptions> = {}): PutMediaOptions => ({
  endpoint,
  region: 'us-west-2',
  ...(more.streamARN === undefined ? { streamName: 'cam' } : {}),
  body: Buffer.from('media'),
  fragmentTimecodeType: 'RELATIVE',
  producerStartTimestamp: 1_511_852_108_513,
  ...more,
});

/** The acknowledgments up to the end or the error, and the error. */
export async function run(given: PutMediaOptions): Promise<{ acks: FragmentAck[]; error: unknown }> {
  const acks: FragmentAck[] = [];
  try {
    for await (const ack of putMedia(given)) acks.push(ack);
  } catch (error) {
    return { acks, error };
  }
  return { acks, error: undefined };
}

export const brief = (acks: readonly FragmentAck[]): string[] =>
  acks.map(({ EventType, FragmentTimecode }) => `${EventType} ${FragmentTimecode}`);

/** Resolves once `count` has not changed for many turns of the event loop. */
export async function settled(count: () => number): Promise<number> {
  for (let last = count(), still = 0; still < 300; still++) {
    await eventLoopTurn();
    if (count() !== last) [last, still] = [count(), 0];
  }
  return count();
}

export async function* forever(chunk: Uint8Array, onPull: () => void = () => undefined): AsyncGenerator<Uint8Array> {
  // Far more than any system holds; an end, so that a client without back-pressure fails instead of hanging.
  for (let i = 0; i < 20_000; i++) {
    onPull();
    yield chunk;
  }
}

/**
 * Watches the client's sockets. What it gives makes their time-out happen at once, so that no test waits for one;
 * resolves when one was armed and has been fired.
 */
export function timeouts(): (port: number) => Promise<void> {
  const armed = vi.spyOn(Socket.prototype, 'setTimeout');
  onTestFinished(() => armed.mockRestore());
  return async (port) => {
    const clients = (): Socket[] => (armed.mock.contexts as Socket[]).filter(({ remotePort }) => remotePort === port);
    await vi.waitFor(() => {
      if (clients().length === 0) throw new Error('no socket of a client has a time-out');
    }, LONG);
    clients()[0]?.emit('timeout');
  };
}

/** Something to wait for that the test opens. */
export function gate(): { opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
