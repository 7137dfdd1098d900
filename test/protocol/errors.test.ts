import { expect, it } from 'vitest';
import { catalogue, ORIGINS, serviceError } from '../../src/protocol/errors.ts';

const SERVICE = 'https://kinesisvideo.amazonaws.com/doc/2017-09-30/ Message';
const FRAMEWORK = 'http://internal.amazon.com/coral/com.amazon.coral.service/ message';
const DENIAL = 'http://internal.amazon.com/coral/com.amazon.coral.service/ Message';
/** Its errors have their text in lower case. */
const SIGNALING = 'https://kinesisvideo.amazonaws.com/doc/2017-09-30/ message';
const VALIDATION = 'http://internal.amazon.com/coral/com.amazon.coral.validate/ message';

const seen: string[] = [];

function pins(
  name: keyof typeof catalogue,
  args: readonly unknown[],
  head: `${number} ${string}`,
  text: string,
  written = SERVICE,
): void {
  seen.push(name);
  it(`${name} is ${head}`, () => {
    const error = serviceError(name, ...(args as never));
    expect(`${error.status} ${error.code}`).toBe(head);
    expect(error.message).toBe(text);
    expect(error.name).toBe(error.code);
    expect(`${ORIGINS[error.origin].namespace} ${ORIGINS[error.origin].key}`).toBe(written);
  });
}

pins('invalidClientId', [], '400 InvalidArgumentException', 'Invalid ClientId specified !', SIGNALING);
pins('invalidChannelArn', [], '400 InvalidArgumentException', 'Invalid ChannelARN specified !', SIGNALING);
pins('tooManyClients', [], '400 ClientLimitExceededException', 'Maximum number of clients connected to the channel !');
pins(
  'offerUnanswered',
  [],
  '404 ResourceNotFoundException',
  'No master has answered the offer before it expired. Connect one, or see whether it answers.',
);
pins('invalidClient', [], '400 InvalidClientException', 'The specified client is invalid.', SIGNALING);
pins(
  'sessionExpired',
  [],
  '400 SessionExpiredException',
  'The client session has expired. Once connected, the session is valid for 45 minutes.',
  SIGNALING,
);
pins(
  'storageDisabled',
  [],
  '400 InvalidArgumentException',
  'The channel is not mapped to a stream. Enable its MediaStorageConfiguration first.',
  SIGNALING,
);
pins(
  'storageNotOffered',
  ['000000000000'],
  '403 AccessDeniedException',
  'The account id 000000000000 is not allowed to access the resources',
  SIGNALING,
);
pins('unknownOperation', ['x'], '404 UnknownOperationException', 'x', FRAMEWORK);
pins('wrongScope', ['x'], '403 InvalidSignatureException', 'x', FRAMEWORK);
pins(
  'hostNotSigned',
  [],
  '403 InvalidSignatureException',
  "'Host' must be a 'SignedHeader' in the AWS Authorization.",
  FRAMEWORK,
);
pins(
  'signedTwice',
  [],
  '403 InvalidSignatureException',
  "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
  FRAMEWORK,
);
pins(
  'invalidToken',
  [],
  '403 UnrecognizedClientException',
  'The security token included in the request is invalid',
  FRAMEWORK,
);
pins('streamNotFound', [], '404 ResourceNotFoundException', 'The requested stream is not found or not active.');
pins('channelNotFound', [], '404 ResourceNotFoundException', 'The requested channel is not found or not active.');
pins('resourceNotFound', ['x'], '404 ResourceNotFoundException', 'x');
pins(
  'noFragments',
  ['clip'],
  '404 ResourceNotFoundException',
  'No fragments found in the stream for the clip request.',
);
pins(
  'outsideRetention',
  [1_725_465_732_000],
  '400 InvalidArgumentException',
  'End timestamp 1725465732000 is outside of the stream retention period.',
);
pins(
  'edgeConfigurationNotFound',
  ['cam'],
  '404 StreamEdgeConfigurationNotFoundException',
  'The stream cam has no edge configuration.',
);
pins('streamExists', ['cam'], '400 ResourceInUseException', 'The stream cam already exists.');
pins('channelExists', ['door'], '400 ResourceInUseException', 'The channel door already exists.');
pins(
  'notActive',
  ['channel', 'door', 'UPDATING'],
  '400 ResourceInUseException',
  'The channel door is UPDATING. Wait until it is ACTIVE.',
);
pins('streamMapped', [], '400 ResourceInUseException', 'Disable MediaStorageConfiguration to delete the stream');
pins('channelMapped', [], '400 ResourceInUseException', 'Disable MediaStorageConfiguration to delete the channel');
pins(
  'mappedElsewhere',
  ['arn:x'],
  '400 ResourceInUseException',
  'The resource is already mapped to arn:x. Disable that MediaStorageConfiguration first.',
);
pins(
  'edgeConfigurationBusy',
  ['cam', 'SYNCING'],
  '400 ResourceInUseException',
  'The edge configuration of the stream cam is SYNCING.',
);
pins(
  'versionMismatch',
  ['stream', 'abc'],
  '400 VersionMismatchException',
  'The version abc is not the latest version of the stream. Describe the stream to get the latest version.',
);
pins(
  'noDataRetention',
  [],
  '400 NoDataRetentionException',
  'The stream has a data retention of 0 hours and keeps no data.',
);
pins('invalidArgument', ['x'], '400 InvalidArgumentException', 'x');
pins('fragmentNumbersInvalid', ['9'], '400 InvalidArgumentException', 'Fragment numbers are invalid : 9');
pins(
  'invalidResourceFormat',
  ['arn:x'],
  '400 InvalidResourceFormatException',
  'The format of the StreamARN is invalid: arn:x',
);
pins(
  'invalidEndpoint',
  [],
  '400 InvalidEndpointException',
  'The endpoint does not serve this stream or API. Call GetDataEndpoint for the endpoint.',
);
pins('unsupportedStreamMediaType', ['x'], '400 UnsupportedStreamMediaTypeException', 'x');
pins(
  'missingCodecPrivateData',
  [1],
  '400 MissingCodecPrivateDataException',
  'Missing codec private data in fragment for track 1.',
);
pins('invalidCodecPrivateData', ['x'], '400 InvalidCodecPrivateDataException', 'x');
pins('invalidMediaFrame', ['x'], '400 InvalidMediaFrameException', 'x');
pins(
  'clientLimitExceeded',
  ['ListStreams'],
  '400 ClientLimitExceededException',
  'Limit exceeded on number of requests for ListStreams API',
);
it('clientLimitExceeded of a resource names it', () =>
  expect(serviceError('clientLimitExceeded', 'GetDataEndpoint', 'cam').message).toBe(
    "Limit exceeded on number of requests for GetDataEndpoint API for resource 'cam'",
  ));
const THROTTLED =
  'Kinesis Video Streams has throttled the request because you have exceeded the limit of allowed client';
pins('callsThrottled', [], '400 ClientLimitExceededException', `${THROTTLED} calls. Try making the call later.`);
pins('connectionLimitExceeded', [], '400 ConnectionLimitExceededException', `${THROTTLED} connections.`);
pins(
  'accountStreamLimitExceeded',
  [5],
  '400 AccountStreamLimitExceededException',
  'The account has reached its limit of 5 streams in this region.',
);
pins(
  'accountChannelLimitExceeded',
  [5],
  '400 AccountChannelLimitExceededException',
  'The account has reached its limit of 5 signaling channels in this region.',
);
pins('tagLimitExceeded', [50], '400 TagsPerResourceExceededLimitException', 'A resource can have at most 50 tags.');
pins('notAuthorized', ['x'], '401 NotAuthorizedException', 'x');
pins('sessionTokenExpired', [], '403 NotAuthorizedException', 'Streaming session token is expired');
pins('sessionTokenInvalid', [], '403 NotAuthorizedException', 'Streaming session token is invalid');
pins(
  'accessDenied',
  ['arn:u', 'kinesisvideo:DescribeStream', 'cam'],
  '403 AccessDeniedException',
  'User: arn:u is not authorized to perform: kinesisvideo:DescribeStream on resource: cam',
  DENIAL,
);
it('accessDenied without a resource ends after the action', () =>
  expect(serviceError('accessDenied', 'arn:u', 'kinesisvideo:ListStreams').message).toBe(
    'User: arn:u is not authorized to perform: kinesisvideo:ListStreams',
  ));
pins('guestRefused', ['x'], '403 AccessDeniedException', 'x', DENIAL);
pins(
  'unrecognizedClient',
  [],
  '403 UnrecognizedClientException',
  'The security token included in the request is invalid.',
  FRAMEWORK,
);
pins(
  'invalidSignature',
  [],
  '403 InvalidSignatureException',
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  FRAMEWORK,
);
pins(
  'signatureExpired',
  ['20231107T044734Z', '20231107T045305Z', '20231107T045805Z'],
  '403 InvalidSignatureException',
  'Signature expired: 20231107T044734Z is now earlier than 20231107T045305Z (20231107T045805Z - 5 min.)',
  FRAMEWORK,
);
pins(
  'signatureNotYetCurrent',
  ['20231107T050334Z', '20231107T050305Z', '20231107T045805Z'],
  '403 InvalidSignatureException',
  'Signature not yet current: 20231107T050334Z is still later than 20231107T050305Z (20231107T045805Z + 5 min.)',
  FRAMEWORK,
);
pins(
  'missingAuthenticationToken',
  [],
  '403 MissingAuthenticationTokenException',
  'Missing Authentication Token',
  FRAMEWORK,
);
pins(
  'expiredToken',
  [],
  '403 ExpiredTokenException',
  'The security token included in the request is expired',
  FRAMEWORK,
);
pins('incompleteSignature', ['x'], '403 IncompleteSignatureException', 'x', FRAMEWORK);
pins('validation', [['a']], '400 ValidationException', '1 validation error detected: a', VALIDATION);
it('validation of several says how many', () =>
  expect(serviceError('validation', ['a', 'b']).message).toBe('2 validation errors detected: a; b'));
pins('serialization', ['x'], '400 SerializationException', 'x', FRAMEWORK);
pins(
  'requestTooLarge',
  [1048576],
  '413 RequestEntityTooLargeException',
  'The request body is longer than 1048576 bytes.',
  FRAMEWORK,
);
pins(
  'serviceUnavailable',
  [],
  '503 ServiceUnavailable',
  'The request has failed due to a temporary failure of the server: its memory is full (--max-memory).',
  FRAMEWORK,
);
pins('requestTimeout', [], '408 RequestTimeoutException', 'The request body did not come in time.', FRAMEWORK);
pins(
  'internalFailure',
  [],
  '500 InternalFailure',
  'The request processing has failed because of an unknown error, exception or failure.',
  FRAMEWORK,
);

it('has no entry besides these', () => {
  expect(Object.keys(catalogue).sort()).toEqual([...seen].sort());
  expect(seen).toHaveLength(60);
});
