// Keeps what pages of docs/ say of the code what the code says. Between <!-- NAME:begin --> and <!-- NAME:end --> stands:
//   operations   what the registry answers
//   options      the command line's options, their variables and defaults
//   commands     the commands of the command line
//   routes       the emulator's own API
//   checks       what PutMedia warns of
//   rates        how many calls of each operation the profile aws lets through
//   numbers      every other limit
//   rooms        which folder of src/ holds what and may import whom
//   recipes      the projects of examples/
// The block behind <!-- included: FILE --> is that file, and seed.schema.json, the JSON Schema of seeds, is all of it made
// from their checks.
// `node scripts/docs.mjs` rewrites them. `--check` fails if that would change anything, or if a block of code on any page
// says neither that CI runs it nor why not. `--extract FOLDER [PAGE]` writes what CI runs (see scripts/examples.mjs).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract, pages, RECIPES, unmarked } from './examples.mjs';
import { load, root } from './load.mjs';
import { included, recipesOf, sections } from './recipes.mjs';

const mode = process.argv[2];

const cell = (value) => String(value).replaceAll('|', '\\|').replaceAll('\n', ' ');
/** Columns are padded, so that the table can be read as text and a formatter has nothing to do. */
function table(head, rows) {
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column].length)));
  const line = (row, fill) => `| ${row.map((text, column) => text.padEnd(widths[column], fill)).join(' | ')} |`;
  const [first, ...rest] = cells.map((row) => line(row, ' '));
  return [
    first,
    line(
      head.map(() => ''),
      '-',
    ),
    ...rest,
  ].join('\n');
}

async function operations() {
  const { registry } = await load('src/operations/registry.ts');
  const { planes } = await load('src/protocol/planes.ts');
  const order = Object.keys(planes);
  const rows = [...registry]
    .sort((a, b) => order.indexOf(a.plane) - order.indexOf(b.plane) || (a.name < b.name ? -1 : 1))
    .map(({ name, plane, path, kind, leavesOut }) => [
      name,
      planes[plane].title,
      kind === 'socket' ? `WebSocket at \`${path}\`` : `\`POST ${path}\``,
      leavesOut ? 'partial' : 'done',
      leavesOut ?? '',
    ]);
  return table(['Operation', 'Plane', 'Wire', 'State', 'Left out'], rows);
}

async function options() {
  const { optionList } = await load('src/config/options.ts');
  const rows = optionList.map(({ flag, placeholder, variable, defaultText, description }) => [
    `\`--${flag}${placeholder === '' ? '' : ` ${placeholder}`}\``,
    `\`${variable}\``,
    defaultText,
    description,
  ]);
  return table(['Option', 'Variable', 'Default', 'Meaning'], rows);
}

/** Those that main.ts hands something export what makes them. */
async function commands() {
  const main = readFileSync(join(root, 'src/main.ts'), 'utf8');
  const names = [...main.matchAll(/import\('\.\/commands\/(\w+)\.ts'\)/g)].map(([, name]) => name);
  const rows = [];
  for (const name of names) {
    const made = await load(`src/commands/${name}.ts`);
    const { usage, summary, noJson } = made.command ?? made[`${name}Command`]({});
    rows.push([`\`${usage}\``, summary, noJson ?? 'yes']);
  }
  return table(['Command', 'What it does', '`--json`'], rows);
}

async function routes() {
  const { adminRegistry } = await load('src/admin/registry.ts');
  const ways = (said, before = '') =>
    Array.isArray(said) ? said.map((way) => `\`${before}${way}\``).join(', ') : `none: ${said.none}`;
  const rows = adminRegistry.map(({ method, path, summary, library, command }) => [
    `\`${method} /_kvs${path}\``,
    ways(library, 'emulator.'),
    ways(command),
    summary,
  ]);
  const examples = adminRegistry.map(({ method, path, example }) => {
    const shown = typeof example === 'string' ? example.trimEnd() : JSON.stringify(example);
    return `${method} /_kvs${path}\n${shown}\n`;
  });
  return [
    table(['Route', 'Library', 'Command', 'What it does'], rows),
    'An answer of each:',
    '<!-- not run by CI: what the routes answer -->',
    `\`\`\`text\n${examples.join('\n')}\`\`\``,
  ].join('\n\n');
}

async function mediaChecks() {
  const { checks } = await load('src/domain/fragments/checks.ts');
  const { ACK_ERRORS } = await load('src/domain/fragments/acks.ts');
  const rows = Object.entries(checks).map(([name, { text, remedy, strict }]) => [
    `\`${name}\``,
    text,
    remedy,
    strict === 'warn' ? 'warn' : `ERROR ${ACK_ERRORS[strict]}`,
  ]);
  return table(['Name', 'What is so', 'What to do', '`--strict`'], rows);
}

async function rooms() {
  const { ROOMS } = await load('test/structure/importRules.ts');
  const rows = Object.entries(ROOMS).map(([name, { holds, may }]) => [
    `\`${name}/\``,
    holds,
    may.length === 0 ? 'nothing' : may.map(({ text }) => text).join('; '),
  ]);
  return table(['Room', 'Holds', 'May import, besides itself'], rows);
}

async function rates() {
  const { rateTable } = await load('src/domain/limits/rateTable.ts');
  const rows = Object.entries(rateTable)
    .filter(([, { account, each }]) => account !== undefined || each !== undefined)
    .map(([name, { account = '', each = '' }]) => [`\`${name}\``, account, each]);
  return table(['Operation', 'Of an account (`.accountRate`)', 'Of a stream or channel (`.rate`)'], rows);
}

async function numbers() {
  const { limitTable, inProfile, PROFILES } = await load('src/domain/limits/limitTable.ts');
  const { rateTable } = await load('src/domain/limits/rateTable.ts');
  const { told } = await load('src/emulator/limitValues.ts');
  const shown = (name, profile) => told({ [name]: inProfile(limitTable[name], profile) })[name] ?? '';
  const rows = Object.entries(limitTable)
    .filter(([name]) => !Object.hasOwn(rateTable, name.replace(/\.(rate|accountRate)$/, '')))
    .map(([name, { what }]) => [`\`${name}\``, ...PROFILES.map((profile) => shown(name, profile)), what]);
  return table(['Name', ...PROFILES.map((profile) => `\`${profile}\``), 'Of what'], rows);
}

const PAGES = {
  'docs/operations.md': { operations, options, routes, checks: mediaChecks },
  'docs/commands.md': { commands },
  'docs/limits.md': { rates, numbers },
  'docs/architecture.md': { rooms },
  [RECIPES]: { recipes: () => sections(recipesOf(root)) },
};

/** Files of which nothing is written by hand. */
const WHOLE = {
  async 'seed.schema.json'() {
    const { seedSchema } = await load('src/admin/seed.ts');
    return `${JSON.stringify(seedSchema())}\n`;
  },
};

/** A page with its tables and what it includes as they ought to be. */
async function madeAnew(page, before) {
  if (Object.hasOwn(WHOLE, page)) return WHOLE[page]();
  let after = before;
  for (const [name, make] of Object.entries(PAGES[page] ?? {})) {
    const place = new RegExp(`(<!-- ${name}:begin -->)[\\s\\S]*?(<!-- ${name}:end -->)`);
    if (!place.test(after)) throw new Error(`${page} has no <!-- ${name}:begin --> ... <!-- ${name}:end -->`);
    const made = await make();
    after = after.replace(place, (_, begin, end) => `${begin}\n\n${made}\n\n${end}`);
  }
  return included(root, after);
}

if (mode === '--extract') {
  extract(root, process.argv[3], process.argv[4]);
} else {
  for (const page of [...pages(root), ...Object.keys(WHOLE)]) {
    const path = join(root, page);
    const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const after = await madeAnew(page, before);
    if (after === before) continue;
    if (mode !== '--check') writeFileSync(path, after);
    else {
      process.stderr.write(`${page} is out of date: run node scripts/docs.mjs\n`);
      process.exitCode = 1;
    }
  }
  if (mode === '--check') {
    for (const where of unmarked(root)) {
      process.stderr.write(`${where}: say <!-- ci --> in front of it, or <!-- not run by CI: why -->\n`);
      process.exitCode = 1;
    }
  }
}
