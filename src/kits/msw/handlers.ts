import { RequestHandler } from 'msw';
import type { Face } from '../../emulator/face.ts';
import { type Inside, insideOf } from '../../inside.ts';
import { answer } from './answer.ts';
import { type ServiceHost, serviceHost } from './hosts.ts';
import { Visit } from './visit.ts';

/** Takes a request to the road and back. Rejects if what the emulator was to begin with cannot be had. */
async function serve(request: Request, host: ServiceHost, inside: Inside): Promise<Response> {
  if (inside.stopped.aborted) return Response.error();
  await inside.ready;
  const visit = new Visit(request, host, inside);
  const passage = inside.road.begin(visit, visit.operation);
  visit.passage = passage;
  return answer(visit, await inside.road.enter(passage));
}

interface Intercepted {
  readonly request: Request;
  readonly requestId: string;
}

/** msw's own handlers copy each request before they look at it, and so would keep all that is uploaded. */
class KinesisVideoHandler extends RequestHandler {
  readonly #inside: Inside;

  constructor(inside: Inside) {
    super({ info: { header: 'Amazon Kinesis Video Streams' }, resolver: () => undefined });
    this.#inside = inside;
  }

  override predicate({ request }: { readonly request: Request }): boolean {
    return serviceHost(new URL(request.url)) !== undefined;
  }

  override async run({ request, requestId }: Intercepted) {
    const host = serviceHost(new URL(request.url));
    if (host === undefined) return null;
    const response = await serve(request, host, this.#inside);
    return { handler: this, request, requestId, response, parsedResult: {} };
  }

  /** The journal has more to say than a line in the console. */
  override log(): void {}
}

/**
 * Handlers for msw that serve the host names of Amazon Kinesis Video Streams (`kinesisvideo.us-east-1.amazonaws.com`, and those
 * that GetDataEndpoint and session URLs lead to) from an emulator in this process. Clients need no endpoint, only a region
 * and any credentials. WebSockets of signaling channels are not served: give their clients an emulator that listens.
 *
 * @param emulator of createOfflineEmulator, or one that listens as well, of createEmulator
 * @throws TypeError if it is neither
 */
export function kinesisVideoHandlers(emulator: Face): RequestHandler[] {
  const inside = insideOf(emulator);
  if (inside === undefined) throw new TypeError('Give kinesisVideoHandlers what createOfflineEmulator() returned.');
  return [new KinesisVideoHandler(inside)];
}
