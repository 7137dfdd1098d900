import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which processes one can look at from here: those of this machine, since it was started, in this container. */
export function whereabouts(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/** What tells a process from a later one of the same number; undefined if there is none, null if that cannot be known. */
export function startOf(pid: number): string | null | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It runs, as somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  try {
    // Behind the name, which may hold anything: the time at which it was started is the 22nd field.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
