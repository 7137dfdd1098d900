// The recipes: each folder of examples/ whose README.md says what runs it. That README has a title, a few lines, and one block
// of shell behind
//   <!-- ci -->                 CI runs it, in a copy of the folder
//   <!-- ci: needs A, B -->     the same, where these programs are; `image` is a Docker engine with the built image
// The files that the README links to are shown in docs/recipes.md, in that order.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const BLOCK = /<!-- ci(?:: needs ([^>]+))? -->\n\n```sh\n([\s\S]*?)```\n/;
const LINK = /\[([\w./-]+)\]\(\1\)/g;
const LANGUAGES = {
  '.cjs': 'js',
  '.html': 'html',
  '.java': 'java',
  '.js': 'js',
  '.json': 'json',
  '.mjs': 'js',
  '.py': 'python',
  '.sh': 'sh',
  '.ts': 'ts',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.go': 'go',
};

/** In the order in which docs/recipes.md has them; those that are not named here follow. */
const FIRST = [
  ...['js-vitest', 'jest', 'python-pytest', 'aws-cli', 'msw', 'testcontainers', 'compose', 'beside-moto', 'own-names'],
  ...['kubernetes', 'github-actions', 'devcontainer', 'pipes', 'web-hls', 'java', 'go'],
];

export const languageOf = (file) => LANGUAGES[extname(file)] ?? 'text';

/** All recipes: name, title, text, the commands, what they need, and the files to show. */
export function recipesOf(root) {
  const folders = readdirSync(join(root, 'examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const place = (name) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  folders.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
  return folders.flatMap((name) => {
    const readme = join(root, 'examples', name, 'README.md');
    const text = readIfThere(readme);
    if (text === undefined) return [];
    const [, needs, commands] = BLOCK.exec(text) ?? [];
    const [, title] = /^# (.+)\n/.exec(text) ?? [];
    if (title === undefined) throw new Error(`${readme}: it begins with no title`);
    if (commands === undefined) throw new Error(`${readme}: no block of shell behind <!-- ci -->`);
    const files = [...text.matchAll(LINK)].map(([, file]) => file);
    return [{ name, title, text, commands, needs: needs?.split(', ') ?? [], files: [...new Set(files)] }];
  });
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The recipes as sections of a page in docs/. The blocks of their files are empty: `included` fills them. */
export const sections = (recipes) =>
  recipes
    .map(({ name, title, text, files }) => {
      const said = text
        .replace(/^# .+\n+/, '')
        .replace(BLOCK, (block) => block.replace(/<!-- .* -->/, `<!-- run by CI: examples/${name} -->`))
        .replaceAll('../../docs/', '')
        .replaceAll(LINK, `[$1](../examples/${name}/$1)`)
        .trim();
      const shown = files.map(
        (file) => `<!-- included: examples/${name}/${file} -->\n\n\`\`\`${languageOf(file)}\n\`\`\``,
      );
      return [`## ${title}`, `A copy of \`examples/${name}\`:`, said, ...shown].join('\n\n');
    })
    .join('\n\n');

/** A page with the files in it that it says are included. */
export const included = (root, page) =>
  page.replace(/(<!-- included: (\S+) -->\n\n```\w*\n)[\s\S]*?(```$)/gm, (_, begin, file, end) => {
    const text = readFileSync(join(root, file), 'utf8');
    if (text.includes('```')) throw new Error(`${file} has a fence in it and cannot be included`);
    return `${begin}${text}${end}`;
  });
