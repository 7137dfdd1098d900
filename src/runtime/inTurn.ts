/** The last that was begun. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Loads modules once those before are loaded: `inTurn(() => import('./app.ts'))`. Where tests are given modules of their own
 * (jest's ES modules, vitest's `vmThreads`), two imports at once of what needs the same module fail, and so does each later.
 */
export function inTurn<Module>(load: () => Promise<Module>): Promise<Module> {
  const loaded = last.then(load);
  last = loaded.catch(() => undefined);
  return loaded;
}
