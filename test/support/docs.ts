// What the pages of docs/ tell a reader to run or to save, as it is written there.
import { readFileSync } from 'node:fs';

const textOf = (page: string): string => readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
const blocks = (page: string, pattern: RegExp): string[] =>
  [...textOf(page).matchAll(pattern)].map(([, block]) => block as string);

/** The shell blocks that CI runs. */
export const commandsOf = (page: string): string[] => blocks(page, /^<!-- ci -->\n+```sh\n([\s\S]*?)^```$/gm);
export const webPagesOf = (page: string): string[] => blocks(page, /^```html\n([\s\S]*?)^```$/gm);
