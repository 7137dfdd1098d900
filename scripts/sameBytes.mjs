// Says whether two builds of the emulator send the same bytes: plays one script of calls to each, with the same seed and a
// frozen clock, and compares every answer, status line, headers and body as they were sent.
// `npm run same -- BEFORE/dist/main.js [AFTER/dist/main.js]`; without AFTER, dist/main.js of this repository.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { load, root } from './load.mjs';
import { compare } from './sameBytes/compare.mjs';
import { freePort, startEmulator } from './sameBytes/emulator.mjs';
import { makeMatroska } from './sameBytes/matroska.mjs';
import { Player } from './sameBytes/player.mjs';
import { passes } from './sameBytes/script.mjs';

/** So many calls that differ are shown whole; of the others the names. */
const MOST_SHOWN = 20;

const write = (text) => process.stdout.write(`${text}\n`);

async function play(main, { options, chapters }, port, have) {
  const stop = await startEmulator(main, port, options);
  const player = new Player(port, have);
  for (const [name, chapter] of Object.entries(chapters)) {
    player.begin(name);
    try {
      await player.own('POST', '/reset');
      await chapter(player);
    } catch (error) {
      // What a chapter leans on was not answered: the calls that are missing then say so.
      process.stderr.write(`${main}: the chapter ${name} broke off: ${error.stack}\n`);
      player.brokenOff = true;
    }
  }
  await stop();
  return player;
}

/** Without this a call that nobody plays any more, or that is refused for a slip in the script, would agree for ever. */
function unplayed(player, { operations, resources }) {
  return [...operations, ...resources]
    .filter(({ path, name }) => !player.answered.has(path) && (player.hasImages || name !== 'GetImages'))
    .map(({ name, path }) => `${name} (${path})`);
}

function show(pass, { agreed, different }) {
  write(`${pass}: ${agreed} of ${agreed + different.length} calls agree`);
  for (const { name, asked, lines } of different.slice(0, MOST_SHOWN)) {
    write(`\n${pass} · ${name}\n  ${asked}`);
    for (const line of lines) write(`  ${line}`);
  }
  for (const { name } of different.slice(MOST_SHOWN)) write(`${pass} · ${name}`);
}

const [before, after = join(root, 'dist/main.js')] = process.argv.slice(2).map((path) => resolve(path));
if (before === undefined || !existsSync(before) || !existsSync(after)) {
  process.stderr.write('Usage: npm run same -- BEFORE/dist/main.js [AFTER/dist/main.js]; both have to be built.\n');
  process.exit(2);
}
const { registry, playbackRegistry } = await load('src/operations/registry.ts');
const hasImages = spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;
if (!hasImages) write('There is no ffmpeg here: the chapter of GetImages is left out.');
const have = { operations: registry, resources: playbackRegistry, matroska: await makeMatroska(), hasImages };
const port = await freePort();
let calls = 0;
for (const { name, options, chapters } of passes) {
  const { images, ...others } = chapters;
  const pass = { options, chapters: hasImages ? chapters : others };
  const players = [await play(before, pass, port, have), await play(after, pass, port, have)];
  const [was, is] = players.map(({ records }) => records);
  const compared = compare(was, is);
  calls += compared.agreed + compared.different.length;
  show(name, compared);
  if (compared.different.length > 0 || players.some(({ brokenOff }) => brokenOff)) process.exitCode = 1;
  const missing = name === 'plain' ? unplayed(players[1], have) : [];
  if (missing.length > 0) {
    process.exitCode = 1;
    write(`Nothing in the script is answered with 200 by ${missing.join(', ')}: add such a call to it.`);
  }
}
write(process.exitCode ? `Of ${calls} calls some differ, or were not played: see above.` : `All ${calls} calls agree.`);
