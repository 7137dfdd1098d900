import type { AppParts } from './app.ts';
import type { Exchange } from './exchange.ts';
import { sendOwnJson } from './heads.ts';

export interface LazyApp {
  (exchange: Exchange): Promise<void>;
  /** Gets it ready for a first request. */
  load(): Promise<void>;
}

/** The application of app.ts. Starting must not wait for Express, so it is loaded later. */
export function lazyApp(parts: AppParts): LazyApp {
  let app: Promise<(exchange: Exchange) => void> | undefined;
  const load = (): Promise<(exchange: Exchange) => void> => {
    app ??= import('./app.ts').then(({ createApp }) => createApp(parts));
    return app;
  };
  const answer = async (exchange: Exchange): Promise<void> => {
    const { request, target } = exchange;
    // Whoever has started the emulator waits for this answer.
    if (request.method === 'GET' && target.path === '/_kvs/health' && target.query === '') {
      return sendOwnJson(exchange, 200, parts.face.health());
    }
    (await load())(exchange);
  };
  return Object.assign(answer, { load: () => load().then(() => undefined) });
}
