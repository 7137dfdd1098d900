import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ROOT, read } from './sources.ts';

const FENCE = '```';
const block = (language: string, code: string, mark?: string): string =>
  `${mark === undefined ? '' : `<!-- ${mark} -->\n\n`}${FENCE}${language}\n${code}\n${FENCE}\n`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kvs-docs-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'docs'));
});
const page = (name: string, ...blocks: string[]): void =>
  writeFileSync(join(root, name), `# Page\n\n${blocks.join('\n')}`);

/** What a function of scripts/examples.mjs or recipes.mjs answers. */
function call(expression: string): { answer: unknown; error: string } {
  const script = `import { extract, unmarked } from ${JSON.stringify(`${ROOT}scripts/examples.mjs`)};
    import { included } from ${JSON.stringify(`${ROOT}scripts/recipes.mjs`)};
    console.log(JSON.stringify(${expression}) ?? 'null');`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  return { answer: stdout === '' ? undefined : JSON.parse(stdout), error: stderr };
}
const unmarked = (): unknown => call(`unmarked(${JSON.stringify(root)})`).answer;

describe('blocks of code in the docs', () => {
  it('say that CI runs them, or why it does not', () => {
    page('README.md', block('sh', 'one', 'ci'), block('python', 'two', 'ci'), block('sh', 'npm start', 'ci: server'));
    page(
      'docs/a.md',
      block('html', '<p>', 'not run by CI: a part of a page'),
      block('go', 'x', 'compiled by CI: a.b/c@v1'),
      'Words, `code` in them.\n',
    );
    expect(unmarked()).toEqual([]);
  });

  it('say that they are a file, or what runs a recipe on the page of recipes alone', () => {
    const run = block('sh', 'npm test', 'run by CI: examples/one');
    page('README.md', block('ts', 'one', 'included: examples/one/a.ts'));
    page('docs/recipes.md', run);
    expect(unmarked()).toEqual([]);
    page('docs/a.md', run);
    expect(unmarked()).toEqual(['docs/a.md:5 (sh)']);
  });

  it.each([
    ['nothing in front', block('sh', 'one'), 'docs/a.md:3 (sh)'],
    ['no language and nothing in front', block('', 'one'), 'docs/a.md:3 (no language)'],
    ['no reason', block('sh', 'one', 'not run by CI:'), 'docs/a.md:5 (sh)'],
    ['words between', `<!-- ci -->\n\nWords.\n\n${block('sh', 'one')}`, 'docs/a.md:7 (sh)'],
    ['a language that CI does not compile', block('rust', 'one', 'compiled by CI: a'), 'docs/a.md:5 (rust)'],
    ['a language that CI cannot run', block('java', 'one', 'ci'), 'docs/a.md:5 (java)'],
  ])('are found where there is %s', (_, text, where) => {
    page('README.md', block('sh', 'one', 'ci'));
    page('docs/a.md', text);
    expect(unmarked()).toEqual([where]);
  });

  it('are run in order, in one shell, snippets as files', () => {
    page('README.md', block('sh', 'npm start    # and wait', 'ci: server'), block('sh', 'first', 'ci'));
    page('docs/clients.md', block('python', 'print(2)', 'ci'), block('sh', 'never', 'not run by CI: it would not end'));
    page('docs/testing.md', block('js', 'third()', 'ci'));
    const out = join(root, 'out');
    expect(call(`extract(${JSON.stringify(root)}, ${JSON.stringify(out)})`).error).toBe('');
    expect(readFileSync(join(out, 'server.sh'), 'utf8')).toBe('npm start\n');
    expect(readFileSync(join(out, 'commands.sh'), 'utf8').split('\n')).toEqual([
      ...[': README.md:11', 'first'],
      ...[': docs/clients.md:5', 'python3 out/clients-5.py'],
      ...[': docs/testing.md:5', 'node out/testing-5.mjs', ''],
    ]);
    expect(readFileSync(join(out, 'clients-5.py'), 'utf8')).toBe('print(2)\n');
  });

  it('are a file as it is now where they say so', () => {
    writeFileSync(join(root, 'a.ts'), 'now\n');
    const before = block('ts', 'then', 'included: a.ts') + block('ts', 'stays', 'ci');
    const { answer } = call(`included(${JSON.stringify(root)}, ${JSON.stringify(before)})`);
    expect(answer).toBe(block('ts', 'now', 'included: a.ts') + block('ts', 'stays', 'ci'));
  });

  it('use a stream of their own on each page and in each section', () => {
    const sections = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
      .filter((name) => name.endsWith('.md') && name !== 'docs/playback.md')
      .flatMap((name) => read(name).split(/^## /m));
    const streams = sections.flatMap((section) => [
      ...new Set([...section.matchAll(/main\.js(?:",)? "?put"?,? "?([\w-]+)/g)].map(([, stream]) => stream)),
    ]);
    expect(streams.length).toBeGreaterThan(5);
    expect(streams).toEqual([...new Set(streams)]);
  });
});
