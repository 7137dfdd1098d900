import type { Ids } from '../runtime/ids.ts';
import { ORIGINS, type ServiceError } from './errors.ts';

/** Bytes of one message to a WebSocket: a longer one ends the connection. */
export const LONGEST_MESSAGE = 128 * 1024;

/** 16 characters, as a gateway's ids have. */
const ID_BYTES = 11;

/**
 * A refusal as the gateway in front of signaling's WebSockets writes it: without the error's name, and with an id of the
 * gateway's own.
 */
export function renderAtGateway(
  error: ServiceError,
  ids: Ids,
): { status: number; headers: Record<string, string>; body: string } {
  const { key } = ORIGINS[error.origin];
  return {
    status: error.status,
    headers: { 'Content-Type': 'application/json; charset=UTF-8', 'x-amz-apigw-id': gatewayId(ids) },
    body: JSON.stringify({ [key]: error.message }),
  };
}

const gatewayId = (ids: Ids): string =>
  Buffer.from(ids.uuid().replaceAll('-', ''), 'hex').subarray(0, ID_BYTES).toString('base64');
