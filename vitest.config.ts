import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/** What is built, packed and put into projects of its own; CI installs what they use. */
const PACKAGES = 'test/packages/*.test.ts';
const PROGRAMS = 'test/clients/!(javascript|mediabunny).test.ts';

export default defineConfig({
  test: {
    // The core needs Node and npm alone. The other clients are programs of other people: CI installs them for a run apart.
    projects: [
      {
        extends: true,
        test: {
          name: 'core',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, PROGRAMS, PACKAGES],
          // No test leaves anything behind that another would see, and to load the emulator anew for each of their files
          // takes longer than they do.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'clients', include: [PROGRAMS] } },
      {
        extends: true,
        test: { name: 'packages', include: [PACKAGES], globalSetup: 'test/packages/pack.ts', testTimeout: 120_000 },
      },
    ],
    // Many tests wait for other programs: on two processors, one worker at a time would idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    // What is polled may take its time on a busy machine.
    expect: { poll: { timeout: 25_000 } },
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
