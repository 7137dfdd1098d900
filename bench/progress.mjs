// How far the benchmark is, on stderr: a bar on a terminal, elsewhere a line for each step.
const WIDTH = 24;
const terminal = process.stderr.isTTY === true;
let shown = '';

/** @param done from 0 to 1 */
export function progress(name, done, note = '') {
  if (!terminal) return;
  const filled = Math.round(Math.min(1, done) * WIDTH);
  draw(`${name.padEnd(14)} [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${note}`);
}

/** A line that stays. */
export function tell(line) {
  if (terminal) draw('');
  process.stderr.write(`${line}\n`);
}

function draw(line) {
  const text = line.slice(0, (process.stderr.columns ?? 80) - 1);
  if (text === shown) return;
  shown = text;
  process.stderr.write(`\r\x1b[2K${text}`);
}
