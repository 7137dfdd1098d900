// Every block of bytes that an object holds, whatever it is behind: private members, maps, closures and all. What a
// debugger sees is what there is.
import { type Runtime, Session } from 'node:inspector';

/** So many objects are looked at before it is clear that the walk has left what it was to look at. */
const MOST = 300_000;

type Properties = Runtime.GetPropertiesReturnType & {
  readonly privateProperties?: { readonly value?: Runtime.RemoteObject }[];
};

/** The blocks under `root`: of each, all that its memory holds. What `skips` names by its class is not gone into. */
export function blocksUnder(root: object, skips: readonly string[]): Uint8Array[] {
  const session = new Session();
  session.connect();
  const ask = <T>(method: string, params: object): T => {
    let answer: T | undefined;
    // In the same thread it is answered before it returns.
    session.post(method, params, (error, result) => {
      if (error !== null) throw new Error(`${method}: ${JSON.stringify(error)}`);
      answer = result as T;
    });
    return answer as T;
  };
  const found = new Set<ArrayBufferLike>();
  const seen = new WeakSet<object>();
  const shared = globalThis as { heapWalk?: unknown };
  /** False for what has been there already. */
  shared.heapWalk = (one: object): boolean => {
    if (seen.has(one)) return false;
    seen.add(one);
    if (ArrayBuffer.isView(one)) found.add(one.buffer);
    else if (one instanceof ArrayBuffer) found.add(one);
    return !ArrayBuffer.isView(one) && !(one instanceof ArrayBuffer);
  };
  try {
    (shared as { heapRoot?: object }).heapRoot = root;
    const { result } = ask<Runtime.EvaluateReturnType>('Runtime.evaluate', { expression: 'globalThis.heapRoot' });
    const left = [result];
    let count = 0;
    for (let one = left.pop(); one !== undefined; one = left.pop()) {
      if (one.objectId === undefined || skips.includes(one.className ?? '')) continue;
      const fresh = ask<Runtime.CallFunctionOnReturnType>('Runtime.callFunctionOn', {
        objectId: one.objectId,
        functionDeclaration: 'function () { return globalThis.heapWalk(this); }',
        returnByValue: true,
      });
      if (fresh.result.value !== true) continue;
      count += 1;
      if (count > MOST) throw new Error('There is more than could be looked at.');
      const told = ask<Properties>('Runtime.getProperties', { objectId: one.objectId, ownProperties: true });
      for (const { value, get } of told.result) {
        if (value !== undefined) left.push(value);
        if (get?.objectId !== undefined) left.push(get);
      }
      for (const { value } of told.privateProperties ?? []) if (value !== undefined) left.push(value);
      for (const { name, value } of told.internalProperties ?? []) {
        if (
          value === undefined ||
          !['[[Entries]]', '[[Scopes]]', '[[BoundThis]]', '[[BoundArgs]]', '[[PromiseResult]]'].includes(name)
        )
          continue;
        if (name === '[[Scopes]]') left.push(...closures(ask, value));
        else left.push(...entries(ask, value));
      }
    }
  } finally {
    session.disconnect();
    delete shared.heapWalk;
    delete (shared as { heapRoot?: object }).heapRoot;
  }
  return [...found].map((buffer) => new Uint8Array(buffer));
}

type Ask = <T>(method: string, params: object) => T;

/** What a function has taken along; not what all of a module has. */
function closures(ask: Ask, { objectId }: Runtime.RemoteObject): Runtime.RemoteObject[] {
  const scopes = ask<Properties>('Runtime.getProperties', { objectId, ownProperties: true });
  return scopes.result.flatMap(({ value }) =>
    value?.description?.startsWith('Closure') || value?.description?.startsWith('Block') ? contents(ask, value) : [],
  );
}

function contents(ask: Ask, { objectId }: Runtime.RemoteObject): Runtime.RemoteObject[] {
  const { result } = ask<Properties>('Runtime.getProperties', { objectId, ownProperties: true });
  return result.flatMap(({ value }) => (value === undefined ? [] : [value]));
}

/** Entries of maps and sets are told as objects that are none. */
function entries(ask: Ask, value: Runtime.RemoteObject): Runtime.RemoteObject[] {
  if (value.objectId === undefined) return [];
  if (value.subtype !== ('internal#entry' as string) && value.className !== 'Array') return [value];
  return contents(ask, value).flatMap((one) =>
    one.subtype === ('internal#entry' as string) ? contents(ask, one) : [one],
  );
}
