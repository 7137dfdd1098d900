import { basename } from 'node:path';
import { loadEarly } from './early.mjs';

/** What a start loads before it answers: all of it is one file. */
const EARLY = ['src/main.ts', 'src/commands/start.ts', 'src/open.ts'];
/** What is loaded alone, and stays small, has its own. */
const ALONE = ['src/client/putMedia.ts'];
export const GATHERED = 'start.js';

/** Names of the files that some sources are in, and of all that those load at once. */
function loadedBy(sources, { outputs }) {
  const found = new Set();
  const follow = (path) => {
    if (found.has(path) || outputs[path] === undefined) return;
    found.add(path);
    for (const { path: next, kind } of outputs[path].imports) if (kind === 'import-statement') follow(next);
  };
  for (const [path, { entryPoint }] of Object.entries(outputs)) if (sources.includes(entryPoint)) follow(path);
  return new Set([...found].map((path) => basename(path)));
}

/**
 * Makes one file of CommonJS modules that a start loads one after the other, each of which would cost it half a millisecond.
 * A module is run when it is first asked for, as if it were a file. The parentheses have V8 compile it when it reads it.
 * @param files path, code and source map of each CommonJS file that has been built
 */
export function gather(files, metafile) {
  const alone = loadedBy(ALONE, metafile);
  const names = new Set([...loadedBy(EARLY, metafile)].filter((name) => !alone.has(name)));
  const ours = files.filter(({ path }) => names.has(basename(path)));
  const [{ path } = {}] = ours;
  if (path === undefined) throw new Error('Nothing is loaded at the start: that cannot be.');
  const sections = [];
  let code = "'use strict';\nconst made = {}, modules = {\n";
  for (const one of ours) {
    code += `${JSON.stringify(basename(one.path))}: (function (module, exports) {\n`;
    sections.push({ offset: { line: code.split('\n').length - 1, column: 0 }, map: JSON.parse(one.map) });
    code += `${one.code}\n}),\n`;
  }
  code += '};\nmodule.exports = (name) => {\n';
  code += 'if (made[name] === undefined) modules[name]((made[name] = { exports: {} }), made[name].exports);\n';
  code += 'return made[name].exports;\n};\n';
  const together = {
    path: path.replace(basename(path), GATHERED),
    code,
    map: JSON.stringify({ version: 3, sections }),
  };
  const others = files.filter((one) => !ours.includes(one));
  return [together, ...others].map((one) => ({ ...one, code: asking(one.code, names) }));
}

/** The program, loading that file so that it need not be compiled again. */
export function sooner(code) {
  const asked = new RegExp(`require\\("([^"]*/${GATHERED})"\\)`, 'g');
  if (!asked.test(code)) throw new Error('The program does not load what a start needs: that cannot be.');
  return `${code.replace(asked, 'loadEarly(require, "$1")')}\n${loadEarly}\n`;
}

const asking = (code, names) =>
  code.replace(/require\("(\.[^"]*\/)([^"/]+)"\)/g, (as, folder, name) =>
    names.has(name) ? `require("${folder}${GATHERED}")("${name}")` : as,
  );
