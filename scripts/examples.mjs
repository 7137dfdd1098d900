// The blocks of code in README.md, docs/ and the other pages. In front of each stands one of
//   <!-- ci -->                      CI runs it: shell as it stands, JavaScript and Python as files
//   <!-- ci: server -->              the shell line by which CI starts the emulator for them
//   <!-- compiled by CI: PACKAGE... -->   Java or Go, with the packages that it needs (see compileExamples.mjs)
//   <!-- included: examples/… -->    a file of a recipe, which docs.mjs keeps as it is there; CI runs the recipe
//   <!-- run by CI: examples/… -->   what runs a recipe, on the page that docs.mjs makes of them
//   <!-- not run by CI: REASON -->   why it does not
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

/** In the order in which a reader meets them; those that are not named here follow. */
const FIRST = ['README.md', 'docs/clients.md', 'docs/playback.md', 'docs/testing.md'];
export const RECIPES = 'docs/recipes.md';
const FILES = { js: ['mjs', 'node'], python: ['py', 'python3'] };

export function pages(root) {
  const markdown = (folder) => readdirSync(join(root, folder)).filter((name) => name.endsWith('.md'));
  const all = [...markdown('.'), ...markdown('docs').map((name) => `docs/${name}`)];
  return [...new Set([...FIRST, ...all.sort()])].filter((page) => all.includes(page));
}

/** All blocks: page, line, language, what stands in the comment in front of it, and the code. */
function blocksOf(root) {
  return pages(root).flatMap((page) => {
    const lines = readFileSync(join(root, page), 'utf8').split('\n');
    const blocks = [];
    for (let at = 0; at < lines.length; at++) {
      const [, fence, language] = /^\s*(```+|~~~+)\s*([\w-]*)/.exec(lines[at]) ?? [];
      if (fence === undefined) continue;
      const end = lines.findIndex((line, index) => index > at && line.trim() === fence);
      if (end < 0) throw new Error(`${page}:${at + 1}: a block of code that does not end`);
      const before = lines.slice(0, at).findLast((line) => line.trim() !== '') ?? '';
      const mark = /^\s*<!-- (.*) -->$/.exec(before)?.[1];
      blocks.push({ page, line: at + 1, language, mark, code: lines.slice(at + 1, end).join('\n') });
      at = end;
    }
    return blocks;
  });
}

const RUNS = (language) => language === 'sh' || Object.hasOwn(FILES, language);
const COMPILED = /^compiled by CI: (.+)$/;
const marked = ({ page, mark = '', language }) =>
  (mark === 'ci' && RUNS(language)) ||
  (mark === 'ci: server' && language === 'sh') ||
  (COMPILED.test(mark) && ['java', 'go'].includes(language)) ||
  /^included: examples\/\S+$/.test(mark) ||
  (page === RECIPES && /^run by CI: examples\/\S+$/.test(mark)) ||
  /^not run by CI: .{10}/.test(mark);

/** Where a block stands that says neither that CI runs it nor why not. */
export const unmarked = (root) =>
  blocksOf(root)
    .filter((block) => !marked(block))
    .map(({ page, line, language }) => `${page}:${line} (${language || 'no language'})`);

/** The blocks that are compiled, with their packages. */
export const compiled = (root) =>
  blocksOf(root)
    .filter(({ mark = '' }) => COMPILED.test(mark))
    .map((block) => ({ ...block, packages: COMPILED.exec(block.mark)[1].split(' ') }));

/** Writes commands.sh, which runs all blocks in order, or those of one page, the files that it runs, and server.sh. */
export function extract(root, folder, only) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const commands = [];
  const servers = [];
  for (const { page, line, language, mark, code } of blocksOf(root)) {
    if (mark === 'ci: server') servers.push(code.replace(/\s+#.*$/gm, ''));
    if (mark !== 'ci' || (only !== undefined && only !== page)) continue;
    commands.push(`: ${page}:${line}`);
    if (language === 'sh') commands.push(code);
    else {
      const [ending, program] = FILES[language];
      const file = join(folder, `${basename(page, '.md')}-${line}.${ending}`);
      writeFileSync(file, `${code}\n`);
      commands.push(`${program} ${relative(root, file)}`);
    }
  }
  const [server, ...others] = servers;
  if (server === undefined || others.length > 0 || server.includes('\n'))
    throw new Error('one block of one line has to say <!-- ci: server -->');
  if (commands.length === 0) throw new Error('no block says <!-- ci -->');
  writeFileSync(join(folder, 'server.sh'), `${server}\n`);
  writeFileSync(join(folder, 'commands.sh'), `${commands.join('\n')}\n`);
}
