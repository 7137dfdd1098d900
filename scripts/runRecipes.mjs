// Runs the recipes (see recipes.mjs) as people do: in copies of their folders, with the package as `npm pack` makes it.
// `node scripts/runRecipes.mjs FOLDER [NAME...]` works in FOLDER and leaves recipes.tests.json there. What needs a program that
// is not here is skipped with a word about it; KVS_REQUIRE_CLIENTS=1 makes that a failure of what can be installed everywhere.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recipesOf } from './recipes.mjs';

const LIMIT_MS = 300_000;
/** A machine may do without. */
const OPTIONAL = ['image', 'go', 'mvn'];

const root = fileURLToPath(new URL('..', import.meta.url));
const [folder, ...only] = process.argv.slice(2);
if (folder === undefined) throw new Error('Say where to work: node scripts/runRecipes.mjs FOLDER [NAME...]');
const place = resolve(folder, 'recipes');
const bin = join(place, 'bin');

const works = (program, ...args) => spawnSync(program, args, { stdio: 'ignore' }).status === 0;

function environment() {
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  // Each recipe says all of this itself.
  for (const name of Object.keys(env)) if (/^(AWS_|KVS_(?!IMAGE$)|VITEST|NODE_ENV$)/.test(name)) delete env[name];
  return { ...env, AWS_EC2_METADATA_DISABLED: 'true', npm_config_audit: 'false', npm_config_fund: 'false' };
}
const env = environment();

/** What a user has: the clone, with the package that was packed in it. */
function prepare() {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'examples', 'python', 'LICENSE'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of files.trim().split('\n')) cpSync(join(root, file), join(place, file));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', place], { cwd: root });
  // Debian has Compose as a program of its own.
  if (works('docker', 'compose', 'version') || !works('docker-compose', 'version')) return;
  const docker = execFileSync('sh', ['-c', 'command -v docker'], { encoding: 'utf8' }).trim();
  const script = `#!/bin/sh\n[ "$1" = compose ] && shift && exec docker-compose "$@"\nexec ${docker} "$@"\n`;
  writeFileSync(join(bin, 'docker'), script);
  chmodSync(join(bin, 'docker'), 0o755);
}

const THERE = {
  image: () => env.KVS_IMAGE !== undefined && works('docker', 'image', 'inspect', env.KVS_IMAGE),
  compose: () => spawnSync('docker', ['compose', 'version'], { env, stdio: 'ignore' }).status === 0,
};
const isThere = (need) => THERE[need]?.() ?? works('sh', '-c', `command -v ${need}`);

/** Its exit code; what it printed is shown if that is not 0. Nothing that it started is left. */
function run({ name, commands }) {
  const options = { cwd: join(place, 'examples', name), env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] };
  const child = spawn('bash', ['-euo', 'pipefail', '-c', commands], options);
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => output.push(data));
  const kill = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It ended with all that it started.
    }
  };
  const timer = setTimeout(kill, LIMIT_MS);
  return new Promise((done) => {
    child.on('exit', (code) => {
      clearTimeout(timer);
      kill();
      if (code !== 0) process.stdout.write(Buffer.concat(output));
      done(code);
    });
  });
}

const recipes = recipesOf(root).filter(({ name }) => only.length === 0 || only.includes(name));
prepare();
const count = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
async function tell(recipe) {
  const missing = recipe.needs.filter((need) => !isThere(need));
  const without = `there is no ${missing.join(', no ')} here`;
  const excused = process.env.KVS_REQUIRE_CLIENTS !== '1' || missing.some((need) => OPTIONAL.includes(need));
  if (missing.length > 0 && excused) {
    count.numPendingTests++;
    console.log(`skipped: ${recipe.name}: ${without}`);
    return;
  }
  const began = Date.now();
  const code = missing.length > 0 ? without : await run(recipe);
  count[code === 0 ? 'numPassedTests' : 'numFailedTests']++;
  console.log(
    `${code === 0 ? 'ok' : `FAILED (${code})`}: ${recipe.name}, ${Math.round((Date.now() - began) / 1000)} s`,
  );
}
// Two at a time: most of what they do is wait for what they install.
const left = [...recipes];
const worker = async () => {
  for (let recipe = left.shift(); recipe !== undefined; recipe = left.shift()) await tell(recipe);
};
await Promise.all([worker(), worker()]);
writeFileSync(join(folder, 'recipes.tests.json'), JSON.stringify(count));
process.exitCode = count.numFailedTests > 0 ? 1 : 0;
