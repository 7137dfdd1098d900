// Calls without a connection: in process, over the road that every call goes, so that a microsecond can be told from none.
// Bundled by scripts/load.mjs.
import { insideOf } from '../src/inside.ts';
import { createOfflineEmulator } from '../src/kits/msw/offlineEmulator.ts';
import { registry } from '../src/operations/registry.ts';

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';

/** An emulator, and a function that calls one of its operations and resolves to what comes of it. */
export function startRoad() {
  const emulator = createOfflineEmulator({ logLevel: 'silent' });
  const { road } = insideOf(emulator);
  const { signal } = new AbortController();
  const caller = (name, input) => {
    const operation = registry.find((one) => one.name === name);
    const bytes = new TextEncoder().encode(JSON.stringify(input));
    const { path } = operation;
    const call = {
      method: 'POST',
      target: { path, query: '', endpoint: undefined, received: path, doubledSlash: false, authority: undefined },
      headers: {},
      sender: {
        account: ACCOUNT,
        region: REGION,
        caller: { accessKeyId: ACCOUNT, region: REGION, service: 'kinesisvideo' },
      },
      requestId: '00000000-0000-4000-8000-000000000000',
      baseUrl: 'http://localhost:4580',
      signal,
      timeIsOver: () => undefined,
      hangUp: async () => undefined,
      whole: async () => bytes,
      body: undefined,
    };
    return async () => {
      const passage = road.begin(call, operation);
      const outcome = await road.enter(passage);
      passage.end();
      if (outcome.kind !== 'json') throw outcome.error;
    };
  };
  return { emulator, caller };
}
