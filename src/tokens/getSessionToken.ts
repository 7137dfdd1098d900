import { handOut } from '../domain/credentials/assuming.ts';
import { integer, string, structure } from '../protocol/shapes.ts';
import { action, credentialsElement } from './action.ts';
import { StsError } from './stsError.ts';

const HALF_A_DAY_S = 43_200;

export const getSessionToken = action({
  name: 'GetSessionToken',
  input: structure({
    DurationSeconds: integer({ min: 900, max: 129_600 }),
    SerialNumber: string({ min: 9, max: 256, pattern: '[\\w+=/:,.@\\-]*' }),
    TokenCode: string({ min: 6, max: 6, pattern: '[\\d]*' }),
  }),

  handle({ credentials, caller, passage, wallNow }, { DurationSeconds = HALF_A_DAY_S }) {
    const { accessKeyId = '' } = passage.call.sender.caller ?? {};
    if (credentials.isTemporary(accessKeyId)) {
      throw new StsError('AccessDenied', 403, 'Cannot call GetSessionToken with session credentials');
    }
    // What its user may do by now, which is nothing if that is there no more.
    const user = { kind: 'user', accessKeyId, caller } as const;
    return { Credentials: credentialsElement(handOut(credentials, user, DurationSeconds * 1000, wallNow)) };
  },
});
