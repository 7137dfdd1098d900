// Every error the service can answer with: code, status and text once, here. Operations and rules throw by catalogue
// name. Texts that nobody has published are ours; they say what to do.

/** Who on AWS writes an error decides its type's namespace and the key of its message. */
type Origin = 'service' | 'signaling' | 'framework' | 'validation' | 'denial';

export const ORIGINS = {
  service: { namespace: 'https://kinesisvideo.amazonaws.com/doc/2017-09-30/', key: 'Message' },
  signaling: { namespace: 'https://kinesisvideo.amazonaws.com/doc/2017-09-30/', key: 'message' },
  framework: { namespace: 'http://internal.amazon.com/coral/com.amazon.coral.service/', key: 'message' },
  validation: { namespace: 'http://internal.amazon.com/coral/com.amazon.coral.validate/', key: 'message' },
  denial: { namespace: 'http://internal.amazon.com/coral/com.amazon.coral.service/', key: 'Message' },
} as const satisfies Record<Origin, { namespace: string; key: string }>;

/** The most that an error repeats of what it refuses. Characters. */
export const LONGEST_EXCERPT = 256;

/** What a caller sent, as far as an error may repeat it. */
export const excerpt = (text: string, most = LONGEST_EXCERPT): string =>
  text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`;

interface Entry<Args extends unknown[]> {
  readonly code: string;
  readonly status: number;
  readonly origin: Origin;
  readonly message: (...args: Args) => string;
  /** AWS sends this one with a message of null: ours is for the log alone. */
  readonly unsaid?: true;
}

const from =
  (origin: Origin) =>
  <Args extends unknown[]>(code: string, status: number, message: (...args: Args) => string): Entry<Args> => ({
    code,
    status,
    origin,
    message,
  });
const service = from('service');
const signaling = from('signaling');
const framework = from('framework');

export const catalogue = {
  // What was asked for is not there.
  streamNotFound: service('ResourceNotFoundException', 404, () => 'The requested stream is not found or not active.'),
  channelNotFound: service('ResourceNotFoundException', 404, () => 'The requested channel is not found or not active.'),
  resourceNotFound: service('ResourceNotFoundException', 404, (text: string) => text),
  noFragments: service(
    'ResourceNotFoundException',
    404,
    (what: 'streaming' | 'clip' | 'image') => `No fragments found in the stream for the ${what} request.`,
  ),
  edgeConfigurationNotFound: service(
    'StreamEdgeConfigurationNotFoundException',
    404,
    (stream: string) => `The stream ${stream} has no edge configuration.`,
  ),

  /** What the holder of an offer is told when nobody has answered it in time. */
  offerUnanswered: service(
    'ResourceNotFoundException',
    404,
    () => 'No master has answered the offer before it expired. Connect one, or see whether it answers.',
  ),

  // It is there, but not in a state for this.
  streamExists: service('ResourceInUseException', 400, (name: string) => `The stream ${name} already exists.`),
  channelExists: {
    ...service('ResourceInUseException', 400, (name: string) => `The channel ${name} already exists.`),
    unsaid: true,
  },
  notActive: service(
    'ResourceInUseException',
    400,
    (kind: 'stream' | 'channel', name: string, status: string) =>
      `The ${kind} ${name} is ${status}. Wait until it is ACTIVE.`,
  ),
  streamMapped: service('ResourceInUseException', 400, () => 'Disable MediaStorageConfiguration to delete the stream'),
  channelMapped: service(
    'ResourceInUseException',
    400,
    () => 'Disable MediaStorageConfiguration to delete the channel',
  ),
  mappedElsewhere: service(
    'ResourceInUseException',
    400,
    (arn: string) => `The resource is already mapped to ${arn}. Disable that MediaStorageConfiguration first.`,
  ),
  edgeConfigurationBusy: service(
    'ResourceInUseException',
    400,
    (stream: string, status: string) => `The edge configuration of the stream ${stream} is ${status}.`,
  ),
  versionMismatch: service(
    'VersionMismatchException',
    400,
    (kind: 'stream' | 'channel', given: string) =>
      `The version ${given} is not the latest version of the ${kind}. Describe the ${kind} to get the latest version.`,
  ),
  noDataRetention: service(
    'NoDataRetentionException',
    400,
    () => 'The stream has a data retention of 0 hours and keeps no data.',
  ),

  // What was sent cannot be taken.
  invalidArgument: service('InvalidArgumentException', 400, (text: string) => text),
  outsideRetention: service(
    'InvalidArgumentException',
    400,
    (end: number) => `End timestamp ${end} is outside of the stream retention period.`,
  ),
  fragmentNumbersInvalid: service(
    'InvalidArgumentException',
    400,
    (numbers: string) => `Fragment numbers are invalid : ${excerpt(numbers)}`,
  ),
  invalidResourceFormat: service(
    'InvalidResourceFormatException',
    400,
    (arn: string) => `The format of the StreamARN is invalid: ${excerpt(arn)}`,
  ),
  invalidEndpoint: service(
    'InvalidEndpointException',
    400,
    () => 'The endpoint does not serve this stream or API. Call GetDataEndpoint for the endpoint.',
  ),
  unsupportedStreamMediaType: service('UnsupportedStreamMediaTypeException', 400, (text: string) => text),
  missingCodecPrivateData: service(
    'MissingCodecPrivateDataException',
    400,
    (track: number) => `Missing codec private data in fragment for track ${track}.`,
  ),
  invalidCodecPrivateData: service('InvalidCodecPrivateDataException', 400, (text: string) => text),
  invalidMediaFrame: service('InvalidMediaFrameException', 400, (text: string) => text),

  // Signaling. The texts with a blank before the mark are AWS's.
  invalidClientId: signaling('InvalidArgumentException', 400, () => 'Invalid ClientId specified !'),
  invalidChannelArn: signaling('InvalidArgumentException', 400, () => 'Invalid ChannelARN specified !'),
  /** Neither this nor the next is ever raised by itself: a fault may. */
  invalidClient: signaling('InvalidClientException', 400, () => 'The specified client is invalid.'),
  sessionExpired: signaling(
    'SessionExpiredException',
    400,
    () => 'The client session has expired. Once connected, the session is valid for 45 minutes.',
  ),
  tooManyClients: service(
    'ClientLimitExceededException',
    400,
    () => 'Maximum number of clients connected to the channel !',
  ),
  storageDisabled: signaling(
    'InvalidArgumentException',
    400,
    () => 'The channel is not mapped to a stream. Enable its MediaStorageConfiguration first.',
  ),
  storageNotOffered: signaling(
    'AccessDeniedException',
    403,
    (account: string) => `The account id ${account} is not allowed to access the resources`,
  ),

  // Too much of it.
  clientLimitExceeded: service('ClientLimitExceededException', 400, (operation: string, resource?: string) =>
    resource === undefined
      ? `Limit exceeded on number of requests for ${operation} API`
      : `Limit exceeded on number of requests for ${operation} API for resource '${resource}'`,
  ),
  /** Where nobody has quoted what AWS says, these are the sentences of the API's model. */
  callsThrottled: service(
    'ClientLimitExceededException',
    400,
    () =>
      'Kinesis Video Streams has throttled the request because you have exceeded the limit of allowed client calls. Try making the call later.',
  ),
  connectionLimitExceeded: service(
    'ConnectionLimitExceededException',
    400,
    () =>
      'Kinesis Video Streams has throttled the request because you have exceeded the limit of allowed client connections.',
  ),
  accountStreamLimitExceeded: service(
    'AccountStreamLimitExceededException',
    400,
    (limit: number) => `The account has reached its limit of ${limit} streams in this region.`,
  ),
  accountChannelLimitExceeded: service(
    'AccountChannelLimitExceededException',
    400,
    (limit: number) => `The account has reached its limit of ${limit} signaling channels in this region.`,
  ),
  tagLimitExceeded: service(
    'TagsPerResourceExceededLimitException',
    400,
    (limit: number) => `A resource can have at most ${limit} tags.`,
  ),

  // Who asks. What IAM denies is answered by the front door with 403; the service's own refusals carry the model's 401.
  notAuthorized: service('NotAuthorizedException', 401, (text: string) => text),
  sessionTokenExpired: service('NotAuthorizedException', 403, () => 'Streaming session token is expired'),
  sessionTokenInvalid: service('NotAuthorizedException', 403, () => 'Streaming session token is invalid'),
  accessDenied: {
    code: 'AccessDeniedException',
    status: 403,
    origin: 'denial',
    message: (principal: string, action: string, resource?: string, reason?: string) => {
      const on = resource === undefined ? '' : ` on resource: ${resource}`;
      const why = reason === undefined ? '' : ` ${reason}`;
      return `User: ${principal} is not authorized to perform: ${action}${on}${why}`;
    },
  },
  /** Not AWS's: a page, or a host name, that the emulator does not answer to. */
  guestRefused: { code: 'AccessDeniedException', status: 403, origin: 'denial', message: (text: string) => text },
  unrecognizedClient: framework(
    'UnrecognizedClientException',
    403,
    () => 'The security token included in the request is invalid.',
  ),
  invalidSignature: framework(
    'InvalidSignatureException',
    403,
    () =>
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  ),
  /** All dates as `20231107T044734Z`. */
  signatureExpired: framework(
    'InvalidSignatureException',
    403,
    (date: string, limit: string, now: string) =>
      `Signature expired: ${date} is now earlier than ${limit} (${now} - 5 min.)`,
  ),
  signatureNotYetCurrent: framework(
    'InvalidSignatureException',
    403,
    (date: string, limit: string, now: string) =>
      `Signature not yet current: ${date} is still later than ${limit} (${now} + 5 min.)`,
  ),
  missingAuthenticationToken: framework(
    'MissingAuthenticationTokenException',
    403,
    () => 'Missing Authentication Token',
  ),
  expiredToken: framework('ExpiredTokenException', 403, () => 'The security token included in the request is expired'),
  incompleteSignature: framework('IncompleteSignatureException', 403, (text: string) => text),

  /** The token is not the key's; unlike that of a key nobody knows, the sentence has no period. */
  invalidToken: framework(
    'UnrecognizedClientException',
    403,
    () => 'The security token included in the request is invalid',
  ),
  signedTwice: framework(
    'InvalidSignatureException',
    403,
    () => "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
  ),
  hostNotSigned: framework(
    'InvalidSignatureException',
    403,
    () => "'Host' must be a 'SignedHeader' in the AWS Authorization.",
  ),
  wrongScope: framework('InvalidSignatureException', 403, (text: string) => text),

  // The framework, before the service sees anything.
  unknownOperation: framework('UnknownOperationException', 404, (text: string) => text),
  validation: {
    code: 'ValidationException',
    status: 400,
    origin: 'validation',
    message: (violations: readonly string[]) =>
      `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected: ${violations.join('; ')}`,
  },
  serialization: framework('SerializationException', 400, (text: string) => text),
  requestTooLarge: framework(
    'RequestEntityTooLargeException',
    413,
    (limit: number) => `The request body is longer than ${limit} bytes.`,
  ),
  requestTimeout: framework('RequestTimeoutException', 408, () => 'The request body did not come in time.'),
  serviceUnavailable: framework(
    'ServiceUnavailable',
    503,
    (why = 'its memory is full (--max-memory)') =>
      `The request has failed due to a temporary failure of the server: ${why}.`,
  ),
  internalFailure: framework(
    'InternalFailure',
    500,
    () => 'The request processing has failed because of an unknown error, exception or failure.',
  ),
} satisfies Record<string, Entry<never[]>>;

type Catalogue = typeof catalogue;
export type ErrorName = keyof Catalogue;

/** The entry of that code, of several the first. */
export const catalogued = (code: string): Entry<never[]> | undefined =>
  Object.values<Entry<never[]>>(catalogue).find((entry) => entry.code === code);

export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  readonly origin: Origin;
  readonly unsaid: boolean;

  constructor(entry: Pick<Entry<never[]>, 'code' | 'status' | 'origin' | 'unsaid'>, message: string) {
    super(message);
    this.name = entry.code;
    this.code = entry.code;
    this.status = entry.status;
    this.origin = entry.origin;
    this.unsaid = entry.unsaid ?? false;
  }
}

/** `throw serviceError('streamNotFound')` */
export function serviceError<N extends ErrorName>(name: N, ...args: Parameters<Catalogue[N]['message']>): ServiceError {
  const entry = catalogue[name] as unknown as Entry<unknown[]>;
  return new ServiceError(entry, entry.message(...args));
}
