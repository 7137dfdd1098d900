import type { Context } from '../operations/operation.ts';
import { differences } from '../protocol/differences.ts';
import { excerpt, serviceError } from '../protocol/errors.ts';
import { refuse } from './answers.ts';
import type { Exchange } from './exchange.ts';
import { sendWhole } from './heads.ts';

/** What the service answers to JSON for a path it does not know; SDKs take it for a success without members. */
const CORAL = '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}';
const XML = '<UnknownOperationException/>';
const JSON_TYPE = /^application\/(x-amz-)?json/i;

/** Answers as AWS does to what is no operation, and says what was wrong. */
export function answerUnknown(exchange: Exchange, context: Context): void {
  const { method = '', headers } = exchange.request;
  const asked = `${method} ${exchange.target.path}`;
  try {
    context.differs('unknownPath', () =>
      serviceError('unknownOperation', `There is no ${excerpt(asked)}. ${differences.unknownPath}`),
    );
  } catch (error) {
    refuse(exchange, context, asked, error);
    return;
  }
  const json = method === 'POST' && JSON_TYPE.test(headers['content-type'] ?? '');
  sendWhole(
    exchange,
    json
      ? { status: 200, headers: { 'Content-Type': 'application/json' }, body: CORAL }
      : { status: 404, headers: { 'Content-Type': 'application/xml' }, body: XML },
  );
}
