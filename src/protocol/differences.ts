/**
 * What works here and fails on AWS, and what AWS would do. By default the emulator answers all the same and warns;
 * under `--strict` it refuses.
 */
export const differences = {
  noDataEndpoint:
    'AWS serves media and archived media only on the endpoint that GetDataEndpoint gives for the stream and the API; on ' +
    'the control address it answers with an empty 200 that SDKs take for a success. Call GetDataEndpoint first.',
  otherDataEndpoint:
    'AWS refuses a call on the data endpoint of another stream or API. Call GetDataEndpoint for this stream and API.',
  noChannelEndpoint:
    'AWS serves signaling only on the endpoints that GetSignalingChannelEndpoint gives for the channel. Call it first; ' +
    'a client that remembers them from an earlier run is right to do so.',
  controlOnDataEndpoint:
    'AWS answers a control call on a data endpoint with an empty 200 that SDKs take for a success. Use a client without ' +
    'the data endpoint for it.',
  unknownPath:
    'AWS answers a method and path it does not know with 200 and a body that SDKs take for an empty success. Operations ' +
    'are POST requests to the path of the API model: case matters.',
  doubledSlash: 'AWS does not know a path with a doubled slash. Take the slash off the end of the endpoint.',
  unknownMember: 'AWS ignores a member that the API does not have, so it has no effect. Check its spelling.',
  endInFuture: 'AWS asks for an EndTimestamp in the past if fragments are chosen by SERVER_TIMESTAMP.',
  unsigned: 'AWS refuses a request without a signature with MissingAuthenticationTokenException, 403.',
  otherService: "AWS refuses a signature for another service than 'kinesisvideo' with InvalidSignatureException, 403.",
  signatureOffTime: 'AWS refuses a signature more than five minutes off its clock with InvalidSignatureException, 403.',
} as const;

export type Difference = keyof typeof differences;
