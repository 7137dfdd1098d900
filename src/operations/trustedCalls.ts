import type { Scope } from '../domain/resources/scope.ts';
import { Road, type RoadParts } from './enter.ts';
import { registry } from './registry.ts';
import type { Call } from './road/call.ts';
import { parseTarget } from './road/target.ts';

const REQUEST_ID = '00000000-0000-4000-8000-000000000000';
/** Nobody asks for what it answers. */
const BASE_URL = 'http://localhost';
const NOBODY: RoadParts['journal'] = { add: () => undefined, changed: () => undefined };

async function* nothing(): AsyncGenerator<Uint8Array> {}

/**
 * Calls of the emulator's own, on the one road but past what callers are asked: signatures, access, limits and faults. They
 * are no requests of anybody, and in no journal. They throw what they are refused with.
 */
export function trustedCalls({ services, surroundings }: Pick<RoadParts, 'services' | 'surroundings'>) {
  const road = new Road({ services, surroundings, journal: NOBODY });
  const operations = new Map(registry.map((operation) => [operation.name, operation]));
  return async (name: string, { account, region }: Scope, input: object): Promise<object> => {
    const operation = operations.get(name);
    if (operation?.kind !== 'json') throw new TypeError(`${name} is no call that takes and answers JSON.`);
    const call: Call = {
      method: 'POST',
      target: parseTarget(operation.path),
      headers: {},
      sender: { account, region, caller: { accessKeyId: account, region, service: 'kinesisvideo' } },
      requestId: REQUEST_ID,
      baseUrl: BASE_URL,
      signal: new AbortController().signal,
      timeIsOver: () => undefined,
      hangUp: async () => undefined,
      whole: async () => new TextEncoder().encode(JSON.stringify(input)),
      body: nothing(),
    };
    const passage = road.begin(call, operation);
    try {
      const outcome = await road.enter(passage);
      if (outcome.kind === 'refusal') throw outcome.error;
      return outcome.kind === 'json' && outcome.body !== '' ? (JSON.parse(outcome.body) as object) : {};
    } finally {
      passage.end();
    }
  };
}
