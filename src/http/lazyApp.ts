import type { AdminRequest } from '../admin/adminOperation.ts';
import type { AppParts } from './app.ts';
import type { Exchange } from './exchange.ts';
import { sendOwnJson } from './heads.ts';

const NOTHING: AdminRequest = { query: new URLSearchParams(), body: {} };

/** The application of app.ts. Express is loaded with the first request that needs it: starting must not wait for it. */
export function lazyApp(parts: AppParts): (exchange: Exchange) => Promise<void> {
  const health = parts.admin.find(({ path }) => path === '/_kvs/health');
  let app: Promise<(exchange: Exchange) => void> | undefined;
  return async (exchange) => {
    // Whoever has started the emulator waits for this answer.
    if (exchange.request.method === 'GET' && exchange.target.path === health?.path) {
      return sendOwnJson(exchange, 200, await health.handle(parts.adminServices, NOTHING));
    }
    app ??= import('./app.ts').then(({ createApp }) => createApp(parts));
    (await app)(exchange);
  };
}
