import { createHash } from 'node:crypto';
import { fits } from '../domain/access/wildcards.ts';
import { handOut } from '../domain/credentials/assuming.ts';
import { identityNow, sessionOf } from '../domain/credentials/issuedTo.ts';
import type { Passage } from '../operations/road/passage.ts';
import { excerpt } from '../protocol/errors.ts';
import { wallNow } from '../runtime/wall.ts';
import { type TokenServices, toSeconds } from './action.ts';
import type { Told } from './sts.ts';

const THING = 'x-amzn-iot-thingname';
const THING_NAME = /^[a-zA-Z0-9:_-]{1,128}$/;

/**
 * Answers a device that asks the credentials provider of IoT for a token. On AWS a certificate says which device it is;
 * here its header does.
 */
export function answerIot({ credentials }: TokenServices, name: string, passage: Passage): Told {
  const { call, entry } = passage;
  entry.operation = 'AssumeRoleWithCertificate';
  const refuse = (status: number, code: string, message: string): Told => {
    entry.error = code;
    return json(status, { message });
  };
  const alias = credentials.alias(name);
  const role = alias && credentials.role(alias.role);
  if (alias === undefined || role === undefined) {
    const told = `There is no role alias ${excerpt(name)}. Set it with PUT /_kvs/credentials, as one of "iotRoleAliases".`;
    return refuse(404, 'ResourceNotFoundException', told);
  }
  const thing = call.headers[THING];
  if (thing !== undefined && !(typeof thing === 'string' && THING_NAME.test(thing))) {
    return refuse(400, 'InvalidRequestException', 'Invalid thing name passed');
  }
  if (!alias.things.some((pattern) => pattern === '*' || (thing !== undefined && fits(pattern, thing)))) {
    return refuse(403, 'AccessDeniedException', 'Invalid thing name passed');
  }
  // Certificates are known by the hash of what is in them, and a session is called like its certificate.
  const certificate = createHash('sha256').update(`${name} ${thing}`).digest('hex');
  const context = new Map([
    ['credentials-iot:AwsCertificateId', certificate],
    ...(thing === undefined ? [] : [['credentials-iot:ThingName', thing] as const]),
  ]);
  const session = sessionOf(role, { name: certificate, context });
  const ms = Math.min(alias.durationMs, role.maxSessionMs);
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = handOut(credentials, session, ms, wallNow());
  entry.principal = identityNow(session, credentials).principal;
  return json(200, {
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: toSeconds(Expiration),
    },
  });
}

const json = (status: number, body: object): Told => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});
