// Keeps the tables of docs/operations.md what the code says. Between <!-- NAME:begin --> and <!-- NAME:end --> stands:
//   operations   what the registry answers
//   options      the command line's options, their variables and defaults
//   routes       the emulator's own API
//   checks       what PutMedia warns of
// `node scripts/docs.mjs` rewrites them. `--check` fails if that would change anything, or if a block of code on any page
// says neither that CI runs it nor why not. `--extract FOLDER` writes what CI runs (see scripts/examples.mjs).
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract, unmarked } from './examples.mjs';
import { load, root } from './load.mjs';

const file = join(root, 'docs/operations.md');
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
    .map(({ name, plane, path, leavesOut }) => [
      name,
      planes[plane].title,
      `\`POST ${path}\``,
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

async function routes() {
  const { adminRegistry } = await load('src/admin/registry.ts');
  return table(
    ['Route', 'What it does'],
    adminRegistry.map(({ method, path, summary }) => [`\`${method} ${path}\``, summary]),
  );
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

const before = readFileSync(file, 'utf8');

if (mode === '--extract') {
  extract(root, process.argv[3]);
} else {
  let after = before;
  for (const [name, make] of Object.entries({ operations, options, routes, checks: mediaChecks })) {
    const place = new RegExp(`(<!-- ${name}:begin -->)[\\s\\S]*?(<!-- ${name}:end -->)`);
    if (!place.test(after))
      throw new Error(`docs/operations.md has no <!-- ${name}:begin --> ... <!-- ${name}:end -->`);
    const made = await make();
    after = after.replace(place, (_, begin, end) => `${begin}\n\n${made}\n\n${end}`);
  }
  if (mode === '--check') {
    if (after !== before) {
      process.stderr.write('docs/operations.md is out of date: run node scripts/docs.mjs\n');
      process.exitCode = 1;
    }
    for (const where of unmarked(root)) {
      process.stderr.write(`${where}: say <!-- ci --> in front of it, or <!-- not run by CI: why -->\n`);
      process.exitCode = 1;
    }
  } else writeFileSync(file, after);
}
