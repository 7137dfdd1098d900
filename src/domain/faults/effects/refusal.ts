import { catalogued, ServiceError, serviceError } from '../../../protocol/errors.ts';
import type { EffectKind, Scene } from '../scene.ts';
import type { FaultEffect } from '../spec.ts';

/** What a status is called where nothing else is said. */
const CODES: Readonly<Record<number, string>> = {
  400: 'InvalidArgumentException',
  401: 'NotAuthorizedException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'RequestTimeoutException',
  413: 'RequestEntityTooLargeException',
  429: 'ThrottlingException',
  500: 'InternalFailure',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
};

function refusal({ rule, operation, resource }: Scene, { error, message, status }: FaultEffect): ServiceError {
  const code = error ?? CODES[status ?? 500] ?? 'ServiceException';
  const known = catalogued(code);
  const entry = known ?? { code, status: 500, origin: 'service' as const };
  return new ServiceError(
    { code, status: status ?? entry.status, origin: entry.origin },
    message ?? usualText(code, operation.name, resource) ?? `The fault ${rule.id} of the emulator answers so.`,
  );
}

/** What the service itself says with it, as far as that needs nothing that is not there. */
function usualText(code: string, operation: string, resource: string | undefined): string | undefined {
  if (code === 'ClientLimitExceededException') return serviceError('clientLimitExceeded', operation, resource).message;
  if (code === 'ConnectionLimitExceededException') return serviceError('connectionLimitExceeded').message;
  // That of the catalogue speaks of memory.
  if (code === 'ServiceUnavailable') return 'The request has failed due to a temporary failure of the server.';
  const known = catalogued(code);
  return known?.message.length === 0 ? known.message() : undefined;
}

function apply(scene: Scene, effect: FaultEffect): void {
  scene.refuse(() => refusal(scene, effect));
}

/** Answers with an error by name. A message over a signaling connection is refused with it. */
export const error: EffectKind = {
  name: 'error',
  more: ['message', 'status'],
  group: 'refusal',
  ends: true,
  unfit: () => undefined,
  apply,
  fate: ({ error: errorType = '', status = catalogued(errorType)?.status ?? 400 }) => ({
    refuse: { errorType, status },
  }),
};

/** Answers with a status. */
export const status: EffectKind = {
  name: 'status',
  group: 'refusal',
  ends: true,
  unfit: ({ kind }) => (kind === 'message' ? 'A message has no status. Say "refuse".' : undefined),
  apply,
};

/** Refuses who wants to connect to a channel, or a message of who is connected. */
export const refuse: EffectKind = {
  name: 'refuse',
  group: 'refusal',
  ends: true,
  unfit: ({ kind, name }) =>
    kind === 'socket' || kind === 'message'
      ? undefined
      : `${name} is neither a connection to a channel nor a message over one. Say "status".`,
  apply: (scene, effect) => scene.refuse(() => refusal(scene, { ...effect, status: effect.refuse })),
  fate: ({ refuse: status = 400 }) => ({ refuse: { errorType: CODES[status] ?? 'InvalidArgumentException', status } }),
};
