import { wallTimeout } from './wall.ts';

/** What only a process of our own asks for, after it has been asked for an answer. */
const v8 = () => process.getBuiltinModule('node:v8');

type Collect = (options: { type: 'minor' }) => void;

const MIB = 1024 * 1024;
/** Below this, a heap is small beside the garbage that one fast producer makes. Bytes. */
const SMALL_HEAP = 64 * MIB;
/** From here on, what V8 would let gather by itself is small beside what is kept for clients. Bytes. */
const PLENTY = 1024 * MIB;
const LOOK_MS = 5000;
const GLANCE_MS = 50;
/** How much may become garbage before it is time for a look. Bytes. */
const LOOK_EVERY = 2 * MIB;

/**
 * How much garbage may gather, beside `maxMemory` bytes that are kept for clients. For a process of our own: one that embeds
 * the emulator is left alone. Leans on V8: the flags are in that of Node 20, 22 and 24, and those that it does not know are
 * passed over. For what they do to speed nothing but `npm run bench` (ingest) would tell; for memory, http/memory.
 */
export function limitGarbage(maxMemory: number): void {
  if (maxMemory >= PLENTY) letGarbageGather();
  else keepGarbageLow(maxMemory);
}

/**
 * A body that is received is garbage of V8's by tens of megabytes a moment. With a heap as small as ours it would take
 * each of them for a reason to go through all of it, on every processor there is; this lets it wait for more of them, as
 * long as that is no more than other programs need.
 *
 * Not a flag that is set once: a large heap would be let grow as freely as a small one. Measured with four times 400,000
 * fragments that come and expire: at most 1,062 MB resident when it is looked at as here, 1,494 MB with the flag set for
 * good, 1,076 MB without it.
 */
function letGarbageGather(): void {
  growBefore(v8().getHeapStatistics().used_heap_size < SMALL_HEAP ? 500 : 100);
  wallTimeout(letGarbageGather, LOOK_MS);
}

/**
 * V8 would let a heap of 50 MB grow to 220 MB before it looks through it, its space for what is young to 48 MB, and blocks
 * outside of its heap by 64 MB: more than all that is kept. Measured with 300,000 fragments that drop each other under
 * `--max-memory 64m`: 152 MB more than an idle process by itself, 53 MB so.
 */
function keepGarbageLow(maxMemory: number): void {
  // What is young stays in the megabyte that there is for it at the start.
  v8().setFlagsFromString('--semi-space-growth-factor=1');
  v8().setFlagsFromString('--expose-gc');
  const collect = process.getBuiltinModule('node:vm').runInNewContext('gc') as Collect;
  const held = (): number => {
    const { used_heap_size, external_memory } = v8().getHeapStatistics();
    return used_heap_size + external_memory;
  };
  // Against what was alive when it was looked through last: what gathers beside little is much.
  const most = maxMemory / 8;
  let live = held();
  look = () => {
    live = Math.min(live, held());
    if (held() - live <= most) return;
    // All of the heap is V8's own matter, in small steps: at once it takes 70 ms for 80 MB, in which nobody is answered.
    collect({ type: 'minor' });
    live = held();
  };
  let percent = 0;
  const glance = (): void => {
    look();
    // Half of a large heap would be more than may gather beside it.
    const { used_heap_size } = v8().getHeapStatistics();
    const wanted = Math.max(10, Math.min(50, Math.round((100 * most) / used_heap_size)));
    // Against what was asked for last: many small steps are a large one.
    if (Math.abs(wanted - percent) > 1) {
      growBefore(wanted);
      percent = wanted;
    }
    wallTimeout(glance, GLANCE_MS);
  };
  glance();
}

let look = (): void => undefined;
let sinceLook = 0;

/** That has been received: what it came in is garbage that lies outside of V8's heap, where V8 hardly minds it. */
export const received = ({ length }: Uint8Array): void => discarded(length);

/** About so many bytes are no longer needed. */
export function discarded(bytes: number): void {
  sinceLook += bytes;
  if (sinceLook < LOOK_EVERY) return;
  sinceLook = 0;
  look();
}

/** How much the heap may grow, in percent, before it is looked through. */
const growBefore = (percent: number): void => v8().setFlagsFromString(`--heap-growing-percent=${percent}`);
