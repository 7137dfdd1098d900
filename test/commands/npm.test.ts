import { expect, it } from 'vitest';
import { takenByNpm } from '../../src/commands/npm.ts';

const npm = (more: Record<string, string>) => ({
  npm_lifecycle_event: 'start',
  npm_config_loglevel: 'silent',
  ...more,
});

it.each<[Record<string, string>, string[], string | undefined]>([
  [npm({ npm_config_port: 'true' }), ['5000'], '--port for itself. Write: npm start -- --port 5000'],
  [npm({ npm_config_port: '5000' }), [], '--port for itself. Write: npm start -- --port 5000'],
  [npm({ npm_config_strict: 'true' }), [], '--strict for itself. Write: npm start -- --strict'],
  [
    npm({ npm_config_max_memory: 'true', npm_config_strict: 'true' }),
    ['512m'],
    '--strict and --max-memory for itself. Write: npm start -- --strict --max-memory 512m',
  ],
  [
    npm({ npm_config_port: 'true', npm_config_region: 'true' }),
    ['5000', 'eu-west-1'],
    '--port and --region for itself. Write: npm start -- --port PORT --region REGION',
  ],
  [npm({}), [], undefined],
  [npm({ npm_config_registry: 'x' }), ['5000'], undefined],
  // Another script's flags, such as those of an `npm test` that starts the program.
  [{ npm_lifecycle_event: 'test', npm_config_port: '5000' }, [], undefined],
])('%j with %j is answered with what to write', (env, strays, text) => {
  expect(takenByNpm(env, strays)).toBe(text === undefined ? undefined : `npm has taken ${text}`);
});
