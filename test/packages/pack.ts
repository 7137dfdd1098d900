// Packs a copy of the tree as a fresh clone would have it: nothing installed, nothing built. Once for all tests here.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the package, and a folder with it and what people use it with in node_modules. */
    tarball: string;
    user: string;
  }
}

export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-packages-'));
  const clone = join(folder, 'clone');
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: ROOT, encoding: 'utf8' });
  for (const file of files.split('\0').filter((path) => path !== '')) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(ROOT, file), join(clone, file));
  }
  const env = { ...process.env, npm_config_audit: 'false', npm_config_fund: 'false' };
  const name = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: clone,
    env,
    encoding: 'utf8',
  });
  const tarball = join(folder, name.trim());

  const user = join(folder, 'user');
  const modules = join(user, 'node_modules');
  mkdirSync(join(modules, 'kvs-emulator'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, 'kvs-emulator')]);
  // Ours for what is not there: the AWS clients and vitest.
  for (const from of [join(HERE, 'node_modules'), join(ROOT, 'node_modules')]) {
    for (const one of readdirSync(from)) {
      if (!one.startsWith('.') && !readdirSync(modules).includes(one)) symlinkSync(join(from, one), join(modules, one));
    }
  }
  project.provide('tarball', tarball);
  project.provide('user', user);
  return () => rmSync(folder, { recursive: true, force: true });
}
