import type { Log } from '../runtime/log.ts';
import type { Exchange } from './exchange.ts';
import { sendWhole } from './heads.ts';

/** What the service answers to JSON for a path it does not know; SDKs take it for a success without members. */
const CORAL = '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}';
const XML = '<UnknownOperationException/>';
const JSON_TYPE = /^application\/(x-amz-)?json/i;

/** Answers as AWS does to what is no operation, and says in the log what was wrong. */
export function answerUnknown(exchange: Exchange, log: Log): void {
  const { method = '', headers } = exchange.request;
  const asked = { method, path: exchange.target.path, requestId: exchange.requestId };
  if (method === 'POST' && JSON_TYPE.test(headers['content-type'] ?? '')) {
    log.warn(
      'No such operation; answered as AWS does, with 200 and a body that SDKs take for an empty success. ' +
        'Check the path: case matters, and a base path in the endpoint must not be part of it.',
      asked,
    );
    sendWhole(exchange, { status: 200, headers: { 'Content-Type': 'application/json' }, body: CORAL });
  } else {
    log.warn(
      'No such operation. Operations are POST requests to the path of the API model; the emulator itself is at /_kvs.',
      asked,
    );
    sendWhole(exchange, { status: 404, headers: { 'Content-Type': 'application/xml' }, body: XML });
  }
  exchange.drainOrClose();
}
