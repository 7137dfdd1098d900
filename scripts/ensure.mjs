// Makes a fresh clone usable: installs what package-lock.json names when node_modules does not match it, and, when
// called with "build", builds dist/ if a source is newer than it. Needs Node and npm alone.
import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Said here as well as by the program: what is installed and built first would fail in other words.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `kvs-emulator: this is Node ${process.versions.node}, and it takes 20.19 or a later one: install it from ` +
      'https://nodejs.org, or run the emulator as a container, which brings its own.\n',
  );
  process.exit(1);
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** The packages of a lock file; none if there is no such file. */
function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return {};
  }
}

/** Whether everything that is to be there is. What npm has installed it notes itself, when it is done, whoever called it. */
function isInstalled() {
  const there = packagesOf(`${root}node_modules/.package-lock.json`);
  return Object.entries(packagesOf(`${root}package-lock.json`)).every(([path, { version, integrity, optional }]) => {
    // The clone itself; and what is for other machines is not there.
    if (path === '' || (optional && there[path] === undefined)) return true;
    return there[path]?.version === version && there[path]?.integrity === integrity;
  });
}

function run(command, args, why) {
  process.stderr.write(`kvs-emulator: ${why}\n`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(`${path}/${name}`)));
}

if (!isInstalled()) {
  if (lstatSync(`${root}node_modules`, { throwIfNoEntry: false })?.isSymbolicLink()) {
    // npm ci would empty what the link points to, which is somebody else's.
    process.stderr.write(
      'kvs-emulator: node_modules is a symbolic link to packages of another package-lock.json. ' +
        'Remove the link and run this again: it installs a node_modules of its own.\n',
    );
    process.exit(1);
  }
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'installing dependencies (npm ci) ...');
}
if (process.argv.includes('build')) {
  const sources = ['src', 'scripts/build.mjs', 'scripts/build', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
  const built = newest(`${root}dist/THIRD-PARTY-NOTICES.txt`);
  if (sources.some((source) => newest(root + source) > built))
    run(process.execPath, ['scripts/build.mjs'], 'building ...');
}
