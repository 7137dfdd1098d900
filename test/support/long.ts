/** For what is waited for until it is so: on a busy machine that may take longer than vitest's second. */
export const LONG = { timeout: 25_000 };
