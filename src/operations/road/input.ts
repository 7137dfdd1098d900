import { excerpt, serviceError } from '../../protocol/errors.ts';
import { inputFromQuery } from '../../protocol/query.ts';
import { parseBody } from '../../protocol/restJson.ts';
import { decodeInput } from '../../protocol/validate.ts';
import type { Passage } from './passage.ts';
import { nameResource } from './targets.ts';

/** The input as it came: JSON of the body, headers, or the query. */
export function readInput(passage: Passage): Promise<void> | undefined {
  const { call, operation } = passage;
  switch (operation.kind) {
    case 'json':
    case 'bytes':
      return call.whole().then((bytes) => {
        passage.bytes = bytes;
        passage.raw = parseBody(bytes);
        nameResource(passage);
      });
    case 'duplex':
      passage.raw = inputFromHeaders(operation.headers, call.headers);
      break;
    case 'resource':
    case 'socket':
      passage.raw = inputFromQuery(operation.input, call.target.query);
      break;
    default:
      operation satisfies never;
  }
  nameResource(passage);
  return undefined;
}

/** Holds the input against its table: types, then what is required, then constraints, all violations in one answer. */
export function checkInput(passage: Passage): void {
  const { operation, raw } = passage;
  const isJson = operation.kind === 'json' || operation.kind === 'bytes';
  passage.input = decodeInput(operation.input, raw, isJson ? (member) => unknownMember(passage, member) : undefined);
  // A large body that has become objects must not lie about as long as its caller takes to read the answer.
  passage.raw = undefined;
  passage.bytes = undefined;
  operation.check?.(passage.input);
}

function unknownMember(passage: Passage, member: string): void {
  passage.differs('unknownMember', () =>
    serviceError('serialization', `There is no member ${excerpt(member)}. Check its spelling.`),
  );
}

function inputFromHeaders(
  names: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const raw: Record<string, unknown> = {};
  for (const [member, header] of Object.entries(names)) raw[member] = headers[header];
  return raw;
}
