import { AsyncQueue } from '../../../runtime/queue.ts';
import { ackFilter } from '../ackFilter.ts';
import type { EffectKind, Lines, Scene } from '../scene.ts';
import type { FaultEffect } from '../spec.ts';

/** So many wait at a time; then no more are taken, and the producer is held back. */
const MOST = 1000;

/** Acknowledgements are sent later, by the emulator's clock: those of some kinds, or all. The answer ends behind the last. */
export const ackDelay: EffectKind = {
  name: 'ackDelay',
  more: ['acks'],
  where: ['fragment'],
  unfit: ({ kind, name }) => (kind === 'duplex' ? undefined : `${name} acknowledges nothing. PutMedia does.`),
  apply: (scene, effect) => scene.ackStage((lines) => delayed(scene, effect, lines)),
};

function delayed(scene: Scene, { acks, ackDelay: ms = 0 }: FaultEffect, lines: Lines): Lines {
  const { clock, gone } = scene;
  const out = new AsyncQueue<string>();
  const isMeant = ackFilter(acks, scene.rule.match.fragment);
  /** What is still to be sent, and how to call off that it waits. */
  const waiting = new Map<() => void, () => void>();
  let over = false;
  let room: (() => void) | undefined;
  const look = (): void => {
    if (waiting.size < MOST) room?.();
    if (over && waiting.size === 0) out.end();
  };
  const hold = (line: string): void => {
    scene.fired();
    const send = (): void => {
      waiting.get(send)?.();
      if (waiting.delete(send)) out.push(line);
      look();
    };
    waiting.set(send, clock.at(clock.now() + ms, send, { what: 'message', stream: scene.resource }));
  };
  // Nobody is left to wait for them.
  const sendAll = (): void => {
    for (const send of [...waiting.keys()]) send();
  };
  async function run(): Promise<void> {
    for await (const line of lines) {
      if (gone.aborted || !isMeant(line)) out.push(line);
      else {
        hold(line);
        if (waiting.size >= MOST) {
          await new Promise<void>((resolve) => {
            room = resolve;
          });
        }
      }
      if (out.waiting >= MOST) await out.room(MOST);
    }
  }
  gone.addEventListener('abort', sendAll, { once: true });
  const end = (): void => {
    over = true;
    look();
  };
  void run().then(end, end);
  return out;
}
