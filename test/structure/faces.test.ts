// Whatever can be done to a running emulator can be done by the library, by a route and by a command.
import { describe, expect, it } from 'vitest';
import type { Ways } from '../../src/admin/adminRoute.ts';
import { adminRegistry } from '../../src/admin/registry.ts';
import type { Command } from '../../src/commands/command.ts';
import { readArgs } from '../../src/commands/commandLine.ts';
import { startEmulator } from '../support/emulator.ts';
import { commands } from './commandTable.ts';

/** Commands that are clients of the service, or start the emulator: they control nothing. */
const NO_CONTROLS = ['start', 'demo', 'camera', 'watch', 'get', 'completion'];
/** What an emulator has besides its face. `ca` and `httpsUrl` are what the tests add. */
const NO_FACE = ['url', 'port', 'stop', 'httpsUrl'];

const ways = (said: Ways): readonly string[] => ('none' in said ? [] : said);
const routes = adminRegistry.map((route) => [`${route.method} /_kvs${route.path}`, route] as const);

/** `clock.advance('25h')` is the function advance of clock. */
const memberOf = (root: object, way: string): unknown =>
  (way.split('(')[0] ?? '')
    .split('.')
    .reduce((value: unknown, name) => (value as Record<string, unknown> | undefined)?.[name], root);

function functionsOf(root: object, before = ''): string[] {
  return Object.entries(root).flatMap(([name, value]) => {
    if (before === '' && NO_FACE.includes(name)) return [];
    return typeof value === 'function' ? [before + name] : functionsOf(value as object, `${before}${name}.`);
  });
}

describe('each control', () => {
  it.each(routes)(
    '%s is a method of the library and a command, or says why not',
    async (_name, { library, command }) => {
      for (const said of [library, command]) {
        if ('none' in said) expect(said.none.length).toBeGreaterThan(10);
        else expect(said).not.toEqual([]);
      }
    },
  );

  it('that the routes name in the library is there', async () => {
    const emulator = await startEmulator();
    const named = routes.flatMap(([, { library }]) => ways(library));
    expect(named.filter((way) => typeof memberOf(emulator, way) !== 'function')).toEqual([]);
  });

  it('of the library is named by a route', async () => {
    const named = routes.flatMap(([, { library }]) => ways(library)).map((way) => way.split('(')[0]);
    const there = functionsOf(await startEmulator());
    expect(there).toContain('clock.advance');
    expect(there.filter((name) => !named.includes(name))).toEqual([]);
  });

  it('that the routes name on the command line is understood there', async () => {
    const known = await commands();
    for (const line of routes.flatMap(([, { command }]) => ways(command))) {
      const [name = '', ...args] = line.split(' ');
      const command = known.get(name);
      expect(command, line).toBeDefined();
      expect(() => readArgs(command as Command, args), line).not.toThrow();
    }
  });

  it('of the command line is named by a route', async () => {
    const named = new Set(routes.flatMap(([, { command }]) => ways(command)).map((line) => line.split(' ')[0]));
    const others = [...(await commands()).keys()].filter((name) => !named.has(name));
    expect(others.filter((name) => !NO_CONTROLS.includes(name))).toEqual([]);
  });
});
