import type { Inside } from '../../inside.ts';
import type { Operation } from '../../operations/operation.ts';
import { type Call, LONGEST_JSON_BODY } from '../../operations/road/call.ts';
import type { Passage } from '../../operations/road/passage.ts';
import { senderOf } from '../../operations/road/sender.ts';
import { parseTarget } from '../../operations/road/target.ts';
import { serviceError } from '../../protocol/errors.ts';
import { monotonicNow } from '../../runtime/wall.ts';
import { clientRequestOf } from './clientRequest.ts';
import type { ServiceHost } from './hosts.ts';
import { RequestBody } from './requestBody.ts';

/** The operation that is asked for at a target, if any. */
export type Find = (method: string, target: Call['target']) => Operation | undefined;

/** One request, from its arrival to the end of its answer, whole or not. Also the call that the road is handed. */
export class Visit implements Call {
  readonly request: Request;
  readonly method: string;
  readonly target: Call['target'];
  readonly headers: Call['headers'];
  readonly sender: Call['sender'];
  readonly requestId: string;
  readonly baseUrl: string;
  readonly endpointOf: (label: string) => string;
  readonly body: RequestBody;
  readonly operation: Operation | undefined;
  passage: Passage | undefined;
  /** Of the answer's body, so far. */
  bytesOut = 0;
  readonly #inside: Inside;
  readonly #startedAt = monotonicNow();
  readonly #gone = new AbortController();
  /** The answer has had its time. */
  onOver: () => void = () => undefined;

  constructor(request: Request, service: ServiceHost, inside: Inside, find: Find) {
    const { host, pathname, search } = new URL(request.url);
    const target = parseTarget(pathname + search);
    this.request = request;
    this.method = request.method;
    this.target = service.label === undefined ? target : { ...target, endpoint: service.label };
    this.operation = find(this.method, this.target);
    // fetch writes it behind the handlers; signatures are made of it.
    this.headers = { host, ...Object.fromEntries(request.headers) };
    const otherwise = {
      account: inside.settings.account,
      // Who does not sign says the region by the name.
      region: service.region,
      accountOf: (accessKeyId: string) => inside.services.credentials.accountOf(accessKeyId),
    };
    this.sender = senderOf(
      { authorization: request.headers.get('authorization') ?? undefined },
      target.query,
      otherwise,
    );
    const { account, region } = this.sender;
    const use = this.operation?.kind === 'resource' ? 'playback' : 'service';
    this.requestId = inside.requestIds.next(use, account, region);
    this.baseUrl = service.origin;
    this.endpointOf = service.endpointOf;
    this.body = new RequestBody(request);
    this.#inside = inside;
    request.signal.addEventListener('abort', this.leave);
    inside.stopped.addEventListener('abort', this.leave);
    clientRequestOf(request)?.once('close', this.leave);
  }

  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** The client has gone, or the emulator stops. */
  readonly leave = (): void => {
    if (this.#gone.signal.aborted) return;
    this.#gone.abort();
    this.body.fail('the client went away in the middle of the body');
    this.onOver();
  };

  timeIsOver(): void {
    // One that takes a body says its last lines itself.
    if (this.operation?.kind !== 'duplex') this.onOver();
  }

  /** There is no connection to end: what throws next breaks the answer off. */
  async hangUp(): Promise<void> {
    this.body.fail('the connection is ended on purpose');
  }

  async whole(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.body) {
      if (this.body.received > LONGEST_JSON_BODY) throw serviceError('requestTooLarge', LONGEST_JSON_BODY);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  /** The head of the answer is about to go out. */
  answered(status: number): void {
    if (this.passage === undefined) return;
    this.passage.entry.status = status;
    this.#inside.journal.changed(this.passage.entry);
  }

  /** The answer is over. */
  end(): void {
    const { passage } = this;
    if (passage === undefined) return;
    this.passage = undefined;
    this.request.signal.removeEventListener('abort', this.leave);
    this.#inside.stopped.removeEventListener('abort', this.leave);
    const ms = Math.round((monotonicNow() - this.#startedAt) * 10) / 10;
    passage.entry.took = { ms, bytesIn: this.body.received, bytesOut: this.bytesOut };
    this.#inside.journal.changed(passage.entry);
    passage.end();
  }
}
