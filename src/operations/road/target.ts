import { ENDPOINT_LABEL } from '../../protocol/planes.ts';

export interface Target {
  /** Without query and data endpoint's label, doubled slashes made one: JS v3 and the C producer put `//` after an endpoint with a slash. */
  readonly path: string;
  /** The path as it came, label and doubled slashes and all: so it was signed. */
  readonly received: string;
  /** Without its question mark; empty when there is none. */
  readonly query: string;
  /** Label of the data endpoint that the path began with. */
  readonly endpoint: string | undefined;
  readonly doubledSlash: boolean;
  /** Host and port of an absolute target, which then counts instead of the Host header. */
  readonly authority: string | undefined;
}

/** Splits a request target, which may be absolute: the Java SDK's PutMedia sends `POST https://host/putMedia`. */
export function parseTarget(url: string): Target {
  const [authority, relative] = url.startsWith('/') ? [undefined, url] : splitAuthority(url);
  const question = relative.indexOf('?');
  const received = question < 0 ? relative : relative.slice(0, question);
  const doubledSlash = received.includes('//');
  const path = doubledSlash ? received.replace(/\/{2,}/g, '/') : received;
  const endpoint = path.charAt(2) === '-' ? ENDPOINT_LABEL.exec(path)?.[1] : undefined;
  return {
    authority,
    endpoint,
    doubledSlash,
    received,
    // Clients in C put the query right behind the address that they were given.
    path: endpoint === undefined ? path : path.slice(endpoint.length + 1) || '/',
    query: question < 0 ? '' : relative.slice(question + 1),
  };
}

function splitAuthority(url: string): [authority: string | undefined, rest: string] {
  const [, authority, rest = url] = /^[a-z][a-z0-9+.-]*:\/\/([^/?]*)(.*)$/is.exec(url) ?? [];
  return [authority, rest === '' || rest.startsWith('?') ? `/${rest}` : rest];
}
