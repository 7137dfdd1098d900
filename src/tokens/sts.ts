import { EVERYTHING, type Identity, plainIdentity } from '../domain/credentials/identity.ts';
import type { Passage } from '../operations/road/passage.ts';
import { excerpt } from '../protocol/errors.ts';
import { verify } from '../protocol/sigv4/verify.ts';
import { decodeInput } from '../protocol/validate.ts';
import { wallNow } from '../runtime/wall.ts';
import type { Action, TokenServices } from './action.ts';
import { assumeRole } from './assumeRole.ts';
import { assumeRoleWithWebIdentity } from './assumeRoleWithWebIdentity.ts';
import { getCallerIdentity } from './getCallerIdentity.ts';
import { getSessionToken } from './getSessionToken.ts';
import { inputFromParameters } from './query.ts';
import { asStsError, StsError } from './stsError.ts';
import { document } from './xml.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const VERSION = '2011-06-15';

const actions = new Map<string, Action<never>>(
  [assumeRole, assumeRoleWithWebIdentity, getCallerIdentity, getSessionToken].map((one) => [one.name, one as never]),
);

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const NO_BODY = new Uint8Array();
const xml = (status: number, body: string): Told => ({ status, headers: { 'Content-Type': 'text/xml' }, body });

/** Answers a request to STS. What is no business of its caller is thrown. */
export async function answerSts(services: TokenServices, passage: Passage): Promise<Told> {
  const { call, requestId, entry } = passage;
  const RequestId = requestId;
  try {
    const body = call.method === 'GET' ? NO_BODY : await call.whole();
    const text = call.method === 'GET' ? call.target.query : Buffer.from(body).toString();
    const parameters = new URLSearchParams(text);
    const action = actionOf(parameters);
    entry.operation = action.name;
    const caller = action.unsigned ? nobody(passage) : callerOf(services, passage, body);
    const input = decodeInput(action.input, inputFromParameters(action.input, parameters));
    const answer = action.handle({ ...services, passage, caller, wallNow: wallNow() }, input);
    const content = { [`${action.name}Result`]: answer, ResponseMetadata: { RequestId } };
    return xml(200, document(`${action.name}Response`, NAMESPACE, content));
  } catch (error) {
    const told = asStsError(error);
    if (told === undefined) throw error;
    entry.error = told.code;
    const Type = told.status < 500 ? 'Sender' : 'Receiver';
    const content = { Error: { Type, Code: told.code, Message: told.message }, RequestId };
    return xml(told.status, document('ErrorResponse', NAMESPACE, content));
  }
}

function actionOf(parameters: URLSearchParams): Action<never> {
  const name = parameters.get('Action') ?? '';
  const version = parameters.get('Version') ?? VERSION;
  const action = version === VERSION ? actions.get(name) : undefined;
  if (action !== undefined) return action;
  const wanted = `Could not find operation ${excerpt(name) || 'unspecified'} for version ${excerpt(version)}`;
  throw new StsError('InvalidAction', 400, wanted);
}

/** Who asks: somebody with a good signature, or whoever says so where nobody looks. */
function callerOf({ credentials, asks }: TokenServices, passage: Passage, body: Uint8Array): Identity {
  const { method, target, headers, sender } = passage.call;
  if (asks === 'nothing') {
    const known = sender.caller && credentials.find(sender.caller.accessKeyId);
    return known?.identity ?? nobody(passage);
  }
  const { identity } = verify(
    { method, path: target.received, query: target.query, headers, body },
    {
      service: 'sts',
      now: wallNow(),
      find: (accessKeyId) => credentials.find(accessKeyId),
      isExpired: (key) => credentials.isExpired(key),
    },
  );
  passage.entry.principal = identity.principal;
  return identity;
}

const nobody = ({ principal, account }: Passage): Identity => ({
  ...plainIdentity(principal, account),
  policies: [EVERYTHING],
});
