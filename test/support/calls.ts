// Calls that no connection carries: what a test hands to the road.

import type { Outcome, Road } from '../../src/operations/enter.ts';
import { BodyReadError, type Operation } from '../../src/operations/operation.ts';
import type { Call } from '../../src/operations/road/call.ts';
import type { Bytes } from './mkv.ts';

export interface TestCall {
  /** Text, or what becomes JSON. */
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: AsyncIterable<Bytes>;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly signal?: AbortSignal;
  readonly timeIsOver?: () => void;
  /** Is told how to end the call, as its carrier does once the answer is over. */
  readonly begun?: (end: () => void) => void;
}

const nothing = (): void => undefined;

async function* noBody(): AsyncGenerator<Bytes> {}

/** A call of an operation as a client with credentials sends it, on the endpoint that is right for it. */
function callOf(operation: Operation, given: TestCall = {}): Call {
  const { json = {}, headers = {}, query = '', body = noBody(), signal = new AbortController().signal } = given;
  const { account = '000000000000', region = 'us-east-1', timeIsOver = nothing } = given;
  const text = typeof json === 'string' ? json : JSON.stringify(json);
  return {
    method: operation.kind === 'resource' ? 'GET' : 'POST',
    target: {
      path: operation.path,
      query,
      endpoint: undefined,
      received: operation.path,
      doubledSlash: false,
      authority: undefined,
    },
    headers,
    sender: { account, region, caller: { accessKeyId: account, region, service: 'kinesisvideo' } },
    requestId: '00000000-0000-4000-8000-000000000000',
    baseUrl: 'http://localhost:4580',
    signal,
    timeIsOver,
    hangUp: async () => undefined,
    whole: async () => new TextEncoder().encode(text),
    body,
  };
}

/** Goes the road and gives back what comes out, or throws what the call is refused with. */
export async function enter<K extends Operation['kind']>(
  road: Road,
  operation: Operation & { readonly kind: K },
  call: TestCall = {},
): Promise<Extract<Outcome, { kind: K }>> {
  const passage = road.begin(callOf(operation, call), operation);
  call.begun?.(() => passage.end());
  const outcome = await road.enter(passage);
  if (outcome.kind === 'refusal') throw outcome.error;
  if (outcome.kind === 'gone') throw new BodyReadError('nobody is there');
  return outcome as Extract<Outcome, { kind: K }>;
}
