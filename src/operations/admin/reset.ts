import { AdminError, type AdminOperation } from './adminOperation.ts';

const HINT = 'Send POST /_kvs/reset for everything, or with ?account=, ?region= or both for a part.';

export const reset: AdminOperation = {
  method: 'POST',
  path: '/_kvs/reset',
  summary: 'forgets all streams, or those of ?account= and ?region=',
  async handle({ reset }, { query }) {
    for (const name of query.keys()) {
      if (name !== 'account' && name !== 'region') throw new AdminError(400, `Reset knows no "${name}".`, HINT);
    }
    const account = query.get('account') ?? undefined;
    const region = query.get('region') ?? undefined;
    if (account !== undefined && !/^\d{12}$/.test(account)) {
      throw new AdminError(400, `"${account}" is no account: accounts are 12 digits.`, HINT);
    }
    if (region === '') throw new AdminError(400, 'The region is empty.', HINT);
    await reset({ account, region });
    return {};
  },
};
