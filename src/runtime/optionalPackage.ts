/** Asked for at run time: bundlers follow an import of `createRequire`, and warn of names that they cannot know. */
const requireFrom = (from: string) => process.getBuiltinModule('node:module').createRequire(from);

/** Path of an optional package, if it is installed beside the emulator or where it was started. */
export function findPackage(name: string): string | undefined {
  for (const from of [import.meta.url, `${process.cwd()}/`]) {
    try {
      return requireFrom(from).resolve(name);
    } catch {
      // Not there: it is optional.
    }
  }
  return undefined;
}

/** What a package at such a path exports, if it is CommonJS. Takes a moment: only when it is wanted. */
export const loadPackage = (path: string): unknown => requireFrom(path)(path);
