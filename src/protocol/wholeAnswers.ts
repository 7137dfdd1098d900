import type { ServiceError } from './errors.ts';
import { type Plane, planes } from './planes.ts';
import { renderError } from './restJson.ts';

/** An answer whose body is there as a whole, whatever carries it. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What the service answers to JSON for a path it does not know; SDKs take it for a success without members. */
const CORAL = '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}';
const XML = '<UnknownOperationException/>';
const JSON_TYPE = /^application\/(x-amz-)?json/i;

export function unknownAnswer(method: string | undefined, contentType: string | undefined): WholeAnswer {
  const json = method === 'POST' && JSON_TYPE.test(contentType ?? '');
  return json
    ? { status: 200, headers: { 'Content-Type': 'application/json' }, body: CORAL }
    : { status: 404, headers: { 'Content-Type': 'application/xml' }, body: XML };
}

/** A refusal, in the way of the plane that was asked. */
export function refusalAnswer(error: ServiceError, plane: Plane | undefined): WholeAnswer {
  const known = plane && planes[plane];
  return renderError(error, known !== undefined && 'errorText' in known ? known.errorText : undefined);
}
