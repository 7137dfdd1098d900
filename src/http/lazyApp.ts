import type { Health } from '../emulator/healthControl.ts';
import { inTurn } from '../runtime/inTurn.ts';
import type { Log } from '../runtime/log.ts';
import { wallTimeout } from '../runtime/wall.ts';
import type { AdminGuard } from './adminGuard.ts';
import type { AppParts } from './app.ts';
import type { Exchange } from './exchange.ts';
import { sendOwnJson } from './heads.ts';

/** Whoever was waiting for the emulator has been answered by then: loading takes a tenth of a second, all at once. */
const LOAD_AFTER_MS = 200;

export interface LazyApp {
  (exchange: Exchange): Promise<void>;
  /** Makes ready for a first request before there is one. Rejects if that cannot be had. */
  loadSoon(): Promise<void>;
  /** Calls that off. */
  stop(): void;
}

export interface LazyAppParts {
  readonly guard: AdminGuard;
  readonly health: () => Health;
  readonly log: Log;
  /** What it needs besides, which has to be loaded as well. */
  readonly rest: () => Promise<Omit<AppParts, 'guard' | 'log'>>;
}

/** The application of app.ts. Express is loaded when somebody asks, or a moment after the start: that must not wait. */
export function lazyApp({ guard, health, log, rest }: LazyAppParts): LazyApp {
  let app: Promise<(exchange: Exchange) => void> | undefined;
  let cancel = (): void => undefined;
  const load = (): Promise<(exchange: Exchange) => void> => {
    app ??= Promise.all([inTurn(() => import('./app.ts')), rest()]).then(([{ createApp }, more]) =>
      createApp({ ...more, guard, log }),
    );
    return app;
  };
  const answer = async (exchange: Exchange): Promise<void> => {
    if (!guard.admits(exchange)) return;
    const { request, target } = exchange;
    // Whoever has started the emulator waits for this answer.
    if (request.method === 'GET' && target.path === '/_kvs/health' && target.query === '') {
      return sendOwnJson(exchange, 200, health());
    }
    (await load())(exchange);
  };
  return Object.assign(answer, {
    loadSoon() {
      return new Promise<void>((resolve, reject) => {
        cancel = wallTimeout(() => void load().then(() => resolve(), reject), LOAD_AFTER_MS);
      });
    },
    stop: () => cancel(),
  });
}
