import { onTestFinished } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';

export interface TestEmulator extends Emulator {
  /** The same port over TLS, by a name that the certificate covers. */
  readonly httpsUrl: string;
  /** PEM of the CA that signed the TLS certificate. */
  ca(): Promise<string>;
}

/** An emulator of the test's own on a free port; it stops when the test is over. Chance is seeded, logs are off. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<TestEmulator> {
  const emulator = await createEmulator({ port: 0, randomSeed: 1, logLevel: 'silent', ...options });
  onTestFinished(() => emulator.stop());
  return {
    ...emulator,
    httpsUrl: `https://localhost:${emulator.port}`,
    ca: async () => (await fetch(`${emulator.url}/_kvs/ca.pem`)).text(),
  };
}
