import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Many tests wait for other programs: on two processors, one worker at a time would idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    // CommonJS packages look the same as under node itself.
    deps: { interopDefault: false },
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 90, 'src/protocol/**': { lines: 100 }, 'src/media/ebml/**': { lines: 100 } },
    },
  },
});
