import { matchers } from '../matchers.ts';

// For setupFilesAfterEnv: jest has `expect` as a global there.
(globalThis as unknown as { expect: { extend(matchers: object): void } }).expect.extend({ ...matchers });
