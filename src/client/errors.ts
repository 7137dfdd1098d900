import type { FragmentAck } from './fragmentAck.ts';

/** The service answered with an error, or with something that is not an answer. */
export class KinesisVideoError extends Error {
  /** HTTP status. */
  readonly status: number;
  /** `x-amzn-RequestId`, to be found in the emulator's journal or named to AWS support. */
  readonly requestId: string | undefined;

  /** `name` is AWS's, such as `ResourceNotFoundException`. */
  constructor(name: string, message: string, status: number, requestId: string | undefined) {
    super(message);
    this.name = name;
    this.status = status;
    this.requestId = requestId;
  }
}

/** There was no connection, or it was lost before the answer was over. `cause` is what the system said. */
export class ConnectionError extends Error {
  override readonly name: string = 'ConnectionError';
  /** The system's or TLS's code: `ECONNREFUSED`, `ECONNRESET`, `SELF_SIGNED_CERT_IN_CHAIN`, ... */
  readonly code: string | undefined;

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.code = (cause as { code?: string } | undefined)?.code;
  }
}

/** How far a PutMedia session came: fragments, counted by their acknowledgments. */
export interface PutMediaProgress {
  readonly received: number;
  /** Stays 0 for a stream that retains nothing. */
  readonly persisted: number;
  /** The acknowledgment of the last fragment persisted: what comes after it has to be sent again. */
  readonly lastPersisted: FragmentAck | undefined;
}

/**
 * A PutMedia session that was accepted ended before its time: the connection was lost, or the service closed it while
 * there was more to send (it does after 30 s without data and after 45 min).
 */
export class PutMediaInterruptedError extends ConnectionError {
  override readonly name = 'PutMediaInterruptedError';
  readonly progress: PutMediaProgress;
  readonly requestId: string | undefined;

  constructor(what: string, progress: PutMediaProgress, requestId: string | undefined, cause?: unknown) {
    const { persisted, received } = progress;
    const last = progress.lastPersisted?.FragmentNumber;
    super(
      `${what} after ${persisted} persisted ${persisted === 1 ? 'fragment' : 'fragments'} (${received} received)` +
        (last === undefined ? '' : `, the last of them ${last}`),
      cause,
    );
    this.progress = progress;
    this.requestId = requestId;
  }
}

/** The service ended a PutMedia session with an ERROR acknowledgment. */
export class PutMediaError extends Error {
  override readonly name = 'PutMediaError';
  /** The first ERROR acknowledgment. */
  readonly ack: FragmentAck;
  readonly progress: PutMediaProgress;
  readonly requestId: string | undefined;

  constructor(ack: FragmentAck, progress: PutMediaProgress, requestId: string | undefined) {
    const where = ack.FragmentTimecode === undefined ? '' : ` in the fragment with timecode ${ack.FragmentTimecode}`;
    super(`${ack.ErrorCode ?? 'ERROR'} (${ack.ErrorId ?? 'no id'})${where}`);
    this.ack = ack;
    this.progress = progress;
    this.requestId = requestId;
  }
}

const UNKNOWN_OPERATION = 'UnknownOperationException';

/** AWS answers a path that an endpoint does not serve with status 200 and this name in the body. */
export function refuseUnknownOperation(answer: unknown, requestId: string | undefined): void {
  const type = (answer as { Output?: { __type?: unknown } } | null)?.Output?.__type;
  if (typeof type !== 'string') return;
  const name = type.replace(/^.*#/, '');
  const advice = 'Use the address that GetDataEndpoint gives for this operation.';
  const message = name === UNKNOWN_OPERATION ? `This endpoint does not know the operation. ${advice}` : name;
  throw new KinesisVideoError(name, message, 200, requestId);
}
