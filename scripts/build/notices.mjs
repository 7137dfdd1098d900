import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dist, root } from './what.mjs';

const LICENCE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** Writes the licence of every package of which something is in the bundles. Fails if one has none. */
export function writeNotices(metafiles) {
  const folders = new Set();
  for (const { inputs } of metafiles) {
    for (const path of Object.keys(inputs)) {
      const folder = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder !== undefined) folders.add(folder);
    }
  }
  const notices = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8'));
    notices.set(`${name} ${version}`, `${name} ${version} (${license})\n\n${licenceOf(folder)}\n`);
  }
  if (notices.size === 0) throw new Error('Nothing of other people is in the bundles: that cannot be.');
  const texts = [...notices].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  const head = `kvs-emulator contains parts of these ${texts.length} packages, under the licences that follow.\n`;
  writeFileSync(`${dist}THIRD-PARTY-NOTICES.txt`, [head, ...texts].join(`\n${'-'.repeat(80)}\n\n`));
}

function licenceOf(folder) {
  const files = readdirSync(root + folder).filter((file) => LICENCE.test(file));
  if (files.length > 0)
    return files.map((file) => readFileSync(`${root}${folder}/${file}`, 'utf8').trim()).join('\n\n');
  // Some have it at the end of their README.
  const readme = ['README.md', 'readme.md'].map((file) => `${root}${folder}/${file}`).find((file) => existsSync(file));
  const text = readme === undefined ? undefined : /^#+ licen[cs]e[\s\S]*$/im.exec(readFileSync(readme, 'utf8'))?.[0];
  if (text === undefined) throw new Error(`${folder} has no licence text.`);
  return text.trim();
}
