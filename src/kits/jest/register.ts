import { matchers } from '../matchers.ts';

// For setupFilesAfterEnv: jest has `expect` as a global there, unless it is told not to.
const { expect } = globalThis as unknown as { expect?: { extend(matchers: object): void } };
if (expect === undefined)
  throw new Error(
    'kvs-emulator/jest/matchers finds no global expect (injectGlobals: false). Instead of it, have a setup file of yours say expect.extend(matchers), with expect of @jest/globals and matchers of kvs-emulator/jest.',
  );
expect.extend({ ...matchers });
