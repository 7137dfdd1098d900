// Every error the service can answer with: code, status and text once, here. Operations and rules throw by catalogue
// name. Texts that nobody has published are ours; they say what to do.

/** Who on AWS writes an error decides its type's namespace and the key of its message. */
type Origin = 'service' | 'framework' | 'validation' | 'denial';

export const ORIGINS = {
  service: { namespace: 'https://kinesisvideo.amazonaws.com/doc/2017-09-30/', key: 'Message' },
  framework: { namespace: 'http://internal.amazon.com/coral/com.amazon.coral.service/', key: 'message' },
  validation: { namespace: 'http://internal.amazon.com/coral/com.amazon.coral.validate/', key: 'message' },
  denial: { namespace: 'http://internal.amazon.com/coral/com.amazon.coral.service/', key: 'Message' },
} as const satisfies Record<Origin, { namespace: string; key: string }>;

interface Entry<Args extends unknown[]> {
  readonly code: string;
  readonly status: number;
  readonly origin: Origin;
  readonly message: (...args: Args) => string;
}

const service = <Args extends unknown[]>(
  code: string,
  status: number,
  message: (...args: Args) => string,
): Entry<Args> => ({ code, status, origin: 'service', message });

export const catalogue = {
  streamNotFound: service('ResourceNotFoundException', 404, () => 'The requested stream is not found or not active.'),
  invalidArgument: service('InvalidArgumentException', 400, (text: string) => text),
  internalFailure: {
    code: 'InternalFailure',
    status: 500,
    origin: 'framework',
    message: () => 'The request processing has failed because of an unknown error, exception or failure.',
  },
} satisfies Record<string, Entry<never[]>>;

type Catalogue = typeof catalogue;
export type ErrorName = keyof Catalogue;

export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  readonly origin: Origin;

  constructor(entry: Pick<Entry<never[]>, 'code' | 'status' | 'origin'>, message: string) {
    super(message);
    this.name = entry.code;
    this.code = entry.code;
    this.status = entry.status;
    this.origin = entry.origin;
  }
}

/** `throw serviceError('streamNotFound')` */
export function serviceError<N extends ErrorName>(name: N, ...args: Parameters<Catalogue[N]['message']>): ServiceError {
  const entry = catalogue[name] as unknown as Entry<unknown[]>;
  return new ServiceError(entry, entry.message(...args));
}
