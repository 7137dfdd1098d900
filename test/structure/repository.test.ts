import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { filesUnder, ROOT, read, sources, withoutComments } from './sources.ts';

const isText = (path: string): boolean => !/\.(mkv|mp4|ts\.bin|png|jpg|ico)$/.test(path);
/** What is in it runs in a browser. */
const BROWSER_PAGE = 'src/commands/watchPage.ts';
const code = (path: string): string => withoutComments(read(path));
const lines = (path: string): number => read(path).split('\n').length - 1;

describe('source files', () => {
  it('are no longer than 400 lines', () => {
    expect(sources().filter((path) => lines(path) > 400)).toEqual([]);
  });

  it('have a median of at most 80 lines', () => {
    const lengths = sources().map(lines);
    lengths.sort((a, b) => a - b);
    expect(lengths[lengths.length >> 1]).toBeLessThanOrEqual(80);
  });

  it('ask nobody but runtime/ for time or chance', () => {
    const time =
      /\bnew Date\b|\bDate(\(|\.(now|parse|UTC)\b)|\bperformance\.|\bhrtime\b|\b(?<![.\w])(setTimeout|setInterval|setImmediate)\(|node:timers/;
    const chance = /\bMath\.random\b|\brandom(Bytes|UUID|Int|FillSync)\b|\bgetRandomValues\b|'nanoid'/;
    const found = sources()
      // Keys and serial numbers of certificates are never the same twice: they need chance that nobody seeded.
      .filter((path) => !path.startsWith('src/runtime/') && !path.startsWith('src/http/certificates/'))
      .filter((path) => path !== BROWSER_PAGE)
      .map((path) => [path, code(path)] as const)
      .flatMap(([path, text]) => [time, chance].map((pattern) => [path, pattern.exec(text)?.[0]]));
    expect(found.filter(([, word]) => word !== undefined)).toEqual([]);
  });

  it('that are clients ask by node:http: fetch refuses ports such as 6000', () => {
    const clients = sources().filter((path) => /^src\/(commands|client)\//.test(path) && path !== BROWSER_PAGE);
    expect(clients.length).toBeGreaterThan(20);
    expect(clients.filter((path) => /\bfetch\(/.test(code(path)))).toEqual([]);
  });

  it('export by name', () => {
    expect(sources().filter((path) => /^export default\b/m.test(code(path)))).toEqual([]);
  });

  it('read the environment and the arguments in main.ts alone, and a kit what it has set itself', () => {
    const readers = sources().filter((path) => /\bprocess\.(env|argv)\b/.test(code(path)));
    // What jest's setup leaves to the processes of its tests is a variable.
    expect(readers.filter((path) => path !== 'src/main.ts' && path !== 'src/kits/jest/shared.ts')).toEqual([]);
  });
});

describe('test files', () => {
  const tests = filesUnder('test').filter((path) => path.endsWith('.ts'));

  it('are no longer than 500 lines', () => {
    expect(tests.filter((path) => lines(path) > 500)).toEqual([]);
  });

  it('do not sleep', () => {
    const sleep = /(?<![.\w])setTimeout\(|node:timers\/promises/;
    // This file names what it looks for.
    const others = tests.filter((path) => path !== 'test/structure/repository.test.ts');
    expect(others.filter((path) => sleep.test(code(path)))).toEqual([]);
  });

  it('are all run: none is skipped or alone', () => {
    const marks = tests.filter((path) => /\b(it|test|describe)\.(only|todo|skip)\b/.test(code(path)));
    expect(marks).toEqual([]);
  });
});

describe('the repository', () => {
  const texts = filesUnder('').filter(isText);

  it('names no path of the machine it was made on', () => {
    const home = homedir().length > 1 ? [homedir()] : [];
    const places = [...home, ROOT.replace(/\/$/, ''), ...['work', 'home'].map((name) => `/${name}/`)];
    const named = texts.filter((path) => places.some((place) => namesPath(read(path), place)));
    expect(named).toEqual([]);
  });

  it('locks packages by their hash, and names no registry to fetch them from', () => {
    for (const lock of [
      'package-lock.json',
      'test/players/package-lock.json',
      'test/webrtc/package-lock.json',
      'test/packages/package-lock.json',
    ]) {
      expect(read(lock)).toContain('"integrity": "sha512-');
      expect(read(lock)).not.toMatch(/"resolved"|"_authToken"/);
    }
  });

  it('has one version, of the package, the image and the package for Python', () => {
    const { version } = JSON.parse(read('package.json'));
    expect(/^ARG VERSION=(.*)$/m.exec(read('Dockerfile'))?.[1]).toBe(version);
    expect(/^version = "(.*)"$/m.exec(read('python/pyproject.toml'))?.[1]).toBe(version);
  });

  it('has docs whose tables say what the code says, and whose examples are run or say why not', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/docs.mjs', '--check'], { cwd: ROOT });
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
  });

  it('keeps every fixture under 300 kB', () => {
    const large = filesUnder('fixtures').filter((path) => statSync(ROOT + path).size > 300_000);
    expect(large).toEqual([]);
  });
});

/** `place` as a path of its own, not as the end of a longer word or a URL's path. */
function namesPath(text: string, place: string): boolean {
  const end = place.endsWith('/') ? '' : '(?![\\w.-])';
  return new RegExp(`(^|[^\\w.})-])${place.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}${end}`, 'm').test(text);
}

describe('tests', () => {
  // Those of clients/ and packages/ are by themselves; of others, what a server of msw hears of goes on behind it.
  it('give Node 20 a global WebSocket before they have msw listen', () => {
    const listening = filesUnder('test').filter(
      (path) =>
        !/^test\/(clients|packages)\//.test(path) && path.endsWith('.test.ts') && /\bsetupServer\(/.test(read(path)),
    );
    expect(listening.length).toBeGreaterThan(3);
    expect(listening.filter((path) => !/^haveGlobalWebSocket\(\);/m.test(read(path)))).toEqual([]);
  });
});
