import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { registry } from '../../src/operations/registry.ts';
import { startEmulator } from '../support/emulator.ts';
import { everyOperation } from '../support/everyOperation.ts';
import { describeWith, output, run, start } from '../support/programs.ts';

const SCRIPT = fileURLToPath(new URL('control.py', import.meta.url));
const controlNames = registry.filter(({ plane }) => plane === 'control').map(({ name }) => name);
const kebab = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

describeWith(['aws'], 'the AWS CLI', () => {
  it('calls every control operation with --cli-input-json', { timeout: 240_000 }, async () => {
    const emulator = await startEmulator();
    const called = new Set<string>();
    await everyOperation(async (name, input) => {
      const args = ['--output', 'json', '--endpoint-url', emulator.url, 'kinesisvideo', kebab(name)];
      const { code, stdout, stderr } = await run('aws', [...args, '--cli-input-json', JSON.stringify(input)]);
      expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: '' });
      called.add(name);
      return stdout.length === 0 ? {} : JSON.parse(stdout.toString());
    });
    expect([...called].sort()).toEqual(controlNames.toSorted());
  });
});

describeWith(['boto3'], 'boto3', () => {
  it('calls every control operation', { timeout: 60_000 }, async () => {
    const emulator = await startEmulator();
    const python = start('python3', [SCRIPT, emulator.url]);
    const lines = linesOf(python.stdout);
    const called = new Set<string>();
    await everyOperation(async (operation, input) => {
      await python.write(new TextEncoder().encode(`${JSON.stringify({ operation, input })}\n`));
      const { value, done } = await lines.next();
      if (done) throw new Error(`${operation}: ${(await python.finished).stderr}`);
      called.add(operation);
      return JSON.parse(value);
    });
    python.end();
    expect((await python.finished).code).toBe(0);
    expect([...called].sort()).toEqual(controlNames.toSorted());
  });

  it('pages through streams and polls one until it is gone', { timeout: 60_000 }, async () => {
    const emulator = await startEmulator();
    const names = Array.from({ length: 23 }, (_, i) => `s${String(i).padStart(2, '0')}`);
    for (const StreamName of names) {
      const body = JSON.stringify({ StreamName });
      expect((await fetch(`${emulator.url}/createStream`, { method: 'POST', body })).status).toBe(200);
    }
    const text = (await output('python3', [SCRIPT, emulator.url, 'paginate'])).toString();
    const [pages, some, polls] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(pages).toEqual([names.slice(0, 10), names.slice(10, 20), names.slice(20)]);
    expect(some).toEqual(['s10', 's11', 's12']);
    expect(polls).toBe(1);
  });
});

async function* linesOf(stdout: AsyncIterable<Uint8Array>): AsyncGenerator<string, undefined> {
  let text = '';
  for await (const piece of stdout) {
    text += new TextDecoder().decode(piece);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
  return undefined;
}
