import { userIdOf } from '../domain/credentials/identity.ts';
import { structure } from '../protocol/shapes.ts';
import { action } from './action.ts';

export const getCallerIdentity = action({
  name: 'GetCallerIdentity',
  input: structure({}),
  handle: ({ caller }) => ({ Arn: caller.principal, UserId: userIdOf(caller), Account: caller.account }),
});
