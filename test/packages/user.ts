import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';

const HERE = fileURLToPath(new URL('.', import.meta.url));
export const NODE_22 = join(HERE, 'node_modules/.bin/node');
export const toolPath = (tool: string): string => join(HERE, 'node_modules', tool);

/** A folder of a user's own, with these files in it. */
export function project(files: Readonly<Record<string, string | object>>): string {
  mkdirSync(inject('user'), { recursive: true });
  const folder = mkdtempSync(join(inject('user'), 'project-'));
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, name), typeof text === 'string' ? text : JSON.stringify(text));
  return folder;
}

/** Gives a folder another version of something, by its name in package.json here, and the package that goes with it. */
export function useInstead(folder: string, instead: Readonly<Record<string, string>>): void {
  const modules = join(folder, 'node_modules');
  // A copy: what it imports is looked for from where it really lies.
  cpSync(join(inject('user'), 'node_modules/kvs-emulator'), join(modules, 'kvs-emulator'), { recursive: true });
  for (const [name, of] of Object.entries(instead)) symlinkSync(toolPath(of), join(modules, name));
}

/** What a program prints, both ways; throws with it if the program fails or does not end by itself. */
export async function run(folder: string, program: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  // Whoever tests here must not be taken for the tests of the project.
  for (const name of Object.keys(env))
    if (/^(VITEST|NODE_ENV|TEST$|JEST)/.test(name)) delete env[name as keyof typeof env];
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { cwd: folder, env, timeout: 90_000 });
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr, message } = error as { stdout: string; stderr: string; message: string };
    throw new Error(`${message}\n${stdout}\n${stderr}`);
  }
}

export const node = (folder: string, ...args: string[]): Promise<string> => run(folder, process.execPath, ...args);
