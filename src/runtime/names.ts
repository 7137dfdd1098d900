import { domainToASCII } from 'node:url';

/** Host names as an option lists them: `kvs.example.test`, `.example.test` for a domain with its sub-domains, `*` for all. */
export type NameList = readonly string[];

const LABEL = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?';
const NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(\\.${LABEL})*$`);
/** Schemes of applications have no host, or one that is no name: `file://`, `chrome-extension://abc`. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(\[[0-9a-f:.]+\]|[^\s/?#@:[\]]*)(:\d{1,5})?$/;

/** A host name, in lower case and without the dot that may end it. */
export const isHostName = (text: string): boolean => NAME.test(text);

const entries = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);

/** Undefined if an entry is none of the three forms. A name of other letters than these is listed as clients send it. */
export function parseNames(text: string): NameList | undefined {
  const names = entries(text).map((entry) => {
    if (entry === '*') return entry;
    const dot = entry.startsWith('.') ? '.' : '';
    // What is behind such a character would be left out without a word.
    const name = /[/?#@:\\%[\]]/.test(entry) ? '' : domainToASCII(entry.slice(dot.length));
    return isHostName(name) ? dot + name : '';
  });
  return names.length > 0 && names.every(Boolean) ? names : undefined;
}

/** Origins as browsers send them, `null` and `*`; undefined if an entry is none of these. */
export function parseOrigins(text: string): readonly string[] | undefined {
  const origins = entries(text).map((entry) => {
    if (entry === '*' || entry === 'null') return entry;
    // As it is copied from an address bar.
    const bare = /^https?:/.test(entry) ? entry.replace(/\/$/, '') : entry;
    if (!ORIGIN.test(bare)) return '';
    return URL.canParse(bare) && new URL(bare).origin !== 'null' ? new URL(bare).origin : bare;
  });
  return origins.length > 0 && origins.every(Boolean) ? origins : undefined;
}

/** An address that others are made from, without a slash at its end. Undefined if it has a query or the like. */
export function parseBaseUrl(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const bare = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return bare ? `${url.origin}${url.pathname}`.replace(/(?<!\/)\/+$/, '') : undefined;
}

/** Whether the list holds a name, which is in lower case. `*` counts unless `byName` is asked for. */
export function holdsName(list: NameList, name: string, { byName = false } = {}): boolean {
  return list.some((entry) => {
    if (entry === '*') return !byName;
    return entry.startsWith('.') ? name === entry.slice(1) || name.endsWith(entry) : name === entry;
  });
}
