// `npm run bench`: what the emulator costs, held against bare servers that do the least of the same, in one run on one
// machine. Progress goes to stderr, a Markdown table to stdout. It judges nothing by its exit code: 0 whatever the figures,
// 1 if a measurement failed, 2 if it was asked for something that is not there.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { against } from './against.mjs';
import { progress, tell } from './progress.mjs';
import * as bigFolder from './rows/bigFolder.mjs';
import * as cameras from './rows/cameras.mjs';
import * as container from './rows/container.mjs';
import * as describeStream from './rows/describeStream.mjs';
import * as durable from './rows/durable.mjs';
import * as expiry from './rows/expiry.mjs';
import * as faults from './rows/faults.mjs';
import * as getMedia from './rows/getMedia.mjs';
import * as ingest from './rows/ingest.mjs';
import * as kits from './rows/kits.mjs';
import * as lateness from './rows/lateness.mjs';
import * as limits from './rows/limits.mjs';
import * as listFragments from './rows/listFragments.mjs';
import * as livePlaylist from './rows/livePlaylist.mjs';
import * as longStream from './rows/longStream.mjs';
import * as manyStreams from './rows/manyStreams.mjs';
import * as memory from './rows/memory.mjs';
import * as players from './rows/players.mjs';
import * as policies from './rows/policies.mjs';
import * as producers from './rows/producers.mjs';
import * as sealing from './rows/sealing.mjs';
import * as seed from './rows/seed.mjs';
import * as segment from './rows/segment.mjs';
import * as signaling from './rows/signaling.mjs';
import * as signatures from './rows/signatures.mjs';
import * as start from './rows/start.mjs';
import * as state from './rows/state.mjs';
import * as transmux from './rows/transmux.mjs';

const CONTROL_AND_MEDIA = [
  ingest,
  getMedia,
  sealing,
  describeStream,
  start,
  memory,
  listFragments,
  producers,
  cameras,
  manyStreams,
  policies,
  limits,
  expiry,
  durable,
  bigFolder,
];
const PLAYBACK = [transmux, segment, livePlaylist, players, longStream];
const SIGNALING = [signaling];
const STRANGERS = [signatures, lateness];
const CONTROLS = [faults, state, seed];
const TESTS = [kits, container];
const ROWS = [...CONTROL_AND_MEDIA, ...PLAYBACK, ...SIGNALING, ...CONTROLS, ...STRANGERS, ...TESTS];
const NAMES = ROWS.map(({ name }) => name);

const USAGE = `Usage: npm run bench -- [--only NAME]... [--quick]
       npm run bench -- --against MAIN.js [--quick]

  --only NAME   one of ${NAMES.join(', ')}; may be given again;
                ${ROWS.filter(({ byNameOnly }) => byNameOnly).map(({ name }) => name)} runs by name only
  --against     another build's dist/main.js: what costs more or less than there, in 11 pairs by turns
  --quick       less data and fewer rounds: a look, not a figure to quote
`;

/** Ends with a message and exit code 2 if the command line makes no sense. */
function readOptions() {
  const options = {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean' },
    against: { type: 'string' },
    help: { type: 'boolean' },
  };
  try {
    const { values } = parseArgs({ options });
    const unknown = values.only?.find((name) => !NAMES.includes(name));
    if (unknown === undefined) return values;
    tell(`There is no measurement ${unknown}.\n\n${USAGE}`);
  } catch (error) {
    tell(`${error.message}\n\n${USAGE}`);
  }
  process.exit(2);
}

const { only, quick = false, against: other, help } = readOptions();
if (help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (!existsSync(new URL('../dist/main.js', import.meta.url))) {
  tell('There is no dist/main.js: run `npm run build` first.');
  process.exit(1);
}

if (other !== undefined) {
  process.stdout.write(await against(other, { quick, tell, progress }));
  process.exit();
}

const table = [];
for (const row of ROWS) {
  if (only === undefined ? row.byNameOnly : !only.includes(row.name)) continue;
  tell(`${row.name} ...`);
  const began = performance.now();
  const watcher = { quick, tell: (line) => tell(`  ${line}`), progress: (done) => progress(row.name, done) };
  try {
    const result = await row.run(watcher);
    for (const figure of [result].flat()) table.push({ figure: row.figure, aim: row.aim, ...figure });
  } catch (error) {
    tell(`  failed: ${error.stack}`);
    process.exitCode = 1;
    table.push({ figure: row.figure ?? row.name, aim: row.aim ?? '', value: 'failed', met: false, absolute: '' });
  }
  tell(`  took ${((performance.now() - began) / 1000).toFixed(0)} s`);
}

/** Nothing where there is no aim, or nothing was measured. */
const MET = { true: 'yes', false: 'no' };

process.stdout.write(`Node ${process.versions.node}, ${availableParallelism()} cores${quick ? ', --quick' : ''}\n\n`);
process.stdout.write('| figure | aim | measured | met | absolute |\n|---|---|---|---|---|\n');
for (const { figure, aim, value, met, absolute } of table) {
  process.stdout.write(`| ${figure} | ${aim} | ${value} | ${MET[met] ?? ''} | ${absolute} |\n`);
}
process.stdout.write(
  '\nMedia: synthetic Matroska like that of a 1080p camera, 60 frames in a fragment of 2 s and 1 MB, timecodes rewritten as ' +
    'it goes round; for transmux and segment a file of x264 and AAC. Ratios are medians of pairs measured by turns; ' +
    'servers are processes of their own, and what is measured in process says so.\n',
);
// Whatever was started and not stopped, by a measurement that failed, ends with the process.
process.exit();
