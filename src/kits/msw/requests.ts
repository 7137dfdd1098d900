import { RequestHandler } from 'msw';
import type { Inside } from '../../inside.ts';
import { BodyReadError } from '../../operations/operation.ts';
import { playbackRegistry, registry } from '../../operations/registry.ts';
import { lookupOf } from '../../operations/road/lookup.ts';
import { serviceError } from '../../protocol/errors.ts';
import { renderError } from '../../protocol/restJson.ts';
import type { TokenAnswer } from '../../tokens/desk.ts';
import { answer, wholly } from './answer.ts';
import { type ServiceHost, serviceHost } from './hosts.ts';
import { Visit } from './visit.ts';

const lookup = lookupOf([...registry, ...playbackRegistry]);

/** Takes a request to the road, or to who hands out tokens, and back. */
async function serve(request: Request, host: ServiceHost, inside: Inside): Promise<Response> {
  if (inside.stopped.aborted) return Response.error();
  await inside.ready;
  const find = host.forTokens ? () => undefined : lookup;
  const visit = new Visit(request, host, inside, (method, { path }) => find(method, path));
  const passage = inside.road.begin(visit, visit.operation);
  visit.passage = passage;
  const type = request.headers.get('content-type') ?? undefined;
  const asked = host.forTokens ? inside.tokens(visit.method, visit.target, type) : undefined;
  return asked === undefined ? answer(visit, await inside.road.enter(passage)) : askForToken(visit, passage, asked);
}

async function askForToken(visit: Visit, passage: Parameters<TokenAnswer>[0], ask: TokenAnswer): Promise<Response> {
  try {
    return wholly(visit, await ask(passage));
  } catch (error) {
    if (error instanceof BodyReadError) return answer(visit, { kind: 'gone' });
    passage.log.error('A token could not be given out.', { error });
    return wholly(visit, renderError(serviceError('internalFailure')));
  }
}

const NO_SOCKET =
  'A WebSocket of a package of its own cannot be had through msw. Use the global WebSocket, or an emulator that listens.';

interface Intercepted {
  readonly request: Request;
  readonly requestId: string;
}

/** msw's own handlers copy each request before they look at it, and so would keep all that is uploaded. */
export class ServiceRequestHandler extends RequestHandler {
  readonly #inside: Inside;

  constructor(inside: Inside) {
    super({ info: { header: 'Amazon Kinesis Video Streams' }, resolver: () => undefined });
    this.#inside = inside;
  }

  override predicate({ request }: { readonly request: Request }): boolean {
    return serviceHost(new URL(request.url)) !== undefined;
  }

  override async run({ request, requestId }: Intercepted): ReturnType<RequestHandler['run']> {
    const host = serviceHost(new URL(request.url));
    if (host === undefined) return null;
    const asksForSocket = request.headers.get('upgrade')?.toLowerCase() === 'websocket';
    const response = asksForSocket
      ? new Response(NO_SOCKET, { status: 501 })
      : await serve(request, host, this.#inside);
    return { handler: this, request, requestId, response, parsedResult: {} };
  }

  /** The journal has more to say than a line in the console. */
  override log(): void {}
}
