import { eventLoopTurn } from '../../src/runtime/wall.ts';

/** Counts the turns of the event loop that others have until `work` is done. */
export async function turnsDuring(work: Promise<unknown>, each: () => void = () => undefined): Promise<number> {
  const state = { over: false };
  const done = work.finally(() => {
    state.over = true;
  });
  let turns = 0;
  while (!state.over) {
    await eventLoopTurn();
    turns += 1;
    each();
  }
  await done;
  return turns;
}
