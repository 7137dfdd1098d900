export interface Target {
  /** Without the query, doubled slashes made one: JS v3 and the C producer put `//` after an endpoint with a slash. */
  readonly path: string;
  /** Without its question mark; empty when there is none. */
  readonly query: string;
}

/** Splits a request target, which may be absolute: the Java SDK's PutMedia sends `POST https://host/putMedia`. */
export function parseTarget(url: string): Target {
  const relative = url.startsWith('/') ? url : afterAuthority(url);
  const question = relative.indexOf('?');
  const path = question < 0 ? relative : relative.slice(0, question);
  return {
    path: path.includes('//') ? path.replace(/\/{2,}/g, '/') : path,
    query: question < 0 ? '' : relative.slice(question + 1),
  };
}

function afterAuthority(url: string): string {
  const match = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*(.*)$/is.exec(url);
  const rest = match?.[1] ?? url;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : rest;
}
