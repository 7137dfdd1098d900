import type { Clock } from '../../runtime/clock.ts';
import { AsyncQueue } from '../../runtime/queue.ts';

type Lines = AsyncIterable<string>;

export interface Lateness {
  readonly clock: Clock;
  readonly ms: number;
  /** Aborted when nobody is left to wait for them. */
  readonly gone: AbortSignal;
  /** For what is due on the clock. */
  readonly stream: string | undefined;
  readonly isMeant: (line: string) => boolean;
  readonly onHeld?: () => void;
}

/** So many wait at a time; then no more are taken, and the producer is held back. */
const MOST = 1000;

/** Acknowledgements that are sent later than they were due, by the emulator's clock. They end behind the last. */
export function lateAcks(lines: Lines, { clock, ms, gone, stream, isMeant, onHeld }: Lateness): Lines {
  const out = new AsyncQueue<string>();
  /** What is still to be sent, and how to call off that it waits. */
  const waiting = new Map<() => void, () => void>();
  let over = false;
  let room: (() => void) | undefined;
  const look = (): void => {
    if (waiting.size < MOST) room?.();
    if (over && waiting.size === 0) out.end();
  };
  const hold = (line: string): void => {
    onHeld?.();
    const send = (): void => {
      waiting.get(send)?.();
      if (waiting.delete(send)) out.push(line);
      look();
    };
    waiting.set(send, clock.at(clock.now() + ms, send, { what: 'message', stream }));
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
