// The scripts of `kvs-emulator completion`, by the shells they are for.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { completionScripts } from '../../src/commands/completionScripts.ts';
import { startEmulator } from '../support/emulator.ts';
import { describeWith, output, scratchFolder } from '../support/programs.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Runs a script in a shell that finds the program by its name. */
async function inShell(shell: string, args: string[], script: string, endpoint = 'http://127.0.0.1:1') {
  const folder = scratchFolder();
  const program = join(folder, 'kvs-emulator');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(folder, 'recording.mkv'), '');
  const env = { PATH: `${folder}:${process.env.PATH}`, KVS_ENDPOINT: endpoint, FOLDER: folder };
  return (await output(shell, [...args, script], { env })).toString().trim().split('\n');
}

const bash = (words: string[], endpoint?: string) => {
  const given = ['kvs-emulator', ...words].map((word) => `'${word}'`).join(' ');
  const script =
    `cd "$FOLDER"; eval "$(kvs-emulator completion bash)"; COMP_WORDS=(${given}); COMP_CWORD=${words.length}; ` +
    `_kvs_emulator; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return inShell('bash', ['--norc', '-c'], script, endpoint);
};

describeWith(['bash'], 'bash', () => {
  it('completes commands, options, values and files', async () => {
    expect(await bash(['cl'])).toEqual(['clock']);
    expect(await bash(['put', '--realt'])).toEqual(['--realtime']);
    expect(await bash(['start', '--auth', '=', 's'])).toEqual(['sigv4']);
    expect(await bash(['put', 'door', 'rec'])).toEqual(['recording.mkv']);
    expect(await bash(['nothing', ''])).toEqual(['']);
  });

  it('completes the names of the streams that there are', async () => {
    const emulator = await startEmulator();
    for (const StreamName of ['door', 'yard'])
      await fetch(`${emulator.url}/createStream`, { method: 'POST', body: JSON.stringify({ StreamName }) });
    expect(await bash(['get', ''], emulator.url)).toEqual(['door', 'yard']);
    expect(await bash(['get', '--endpoint', emulator.url, 'y'])).toEqual(['yard']);
    expect(await bash(['get', ''])).toEqual(['']);
  });
});

describeWith(['zsh'], 'zsh', () => {
  it('completes commands, values and files', async () => {
    const zsh = (words: string[]) => {
      const given = ['kvs-emulator', ...words].map((word) => `'${word}'`).join(' ');
      const script =
        `compdef() { }; _files() { print files; }; _describe() { print -l -- "\${(@P)2}"; }\n${completionScripts.zsh}\n` +
        `words=(${given}); CURRENT=${words.length + 1}; _kvs_emulator`;
      return inShell('zsh', ['-f', '-c'], script);
    };
    expect((await zsh(['clo']))[0]).toMatch(/^clock:Shows or moves the emulator's clock/);
    expect(await zsh(['start', '--auth=s'])).toEqual(['--auth=sigv4:']);
    expect(await zsh(['put', 'door', ''])).toEqual(['files']);
  });
});

describeWith(['fish'], 'fish', () => {
  it('completes commands, values and files', async () => {
    const fish = (line: string) =>
      inShell(
        'fish',
        ['--no-config', '-c'],
        `cd $FOLDER; kvs-emulator completion fish | source; complete -C '${line}'`,
      );
    expect((await fish('kvs-emulator clo'))[0]).toMatch(/^clock\tShows or moves the emulator/);
    expect(await fish('kvs-emulator start --auth s')).toEqual(['sigv4']);
    expect(await fish('kvs-emulator put door rec')).toEqual(['recording.mkv']);
  });
});
