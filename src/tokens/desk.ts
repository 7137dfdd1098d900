import type { Passage } from '../operations/road/passage.ts';
import type { Target } from '../operations/road/target.ts';
import type { TokenServices } from './action.ts';
import { answerIot } from './iotCredentials.ts';
import { answerSts, type Told } from './sts.ts';

/** Answers one request for a token. Rejects with what only a failure of the emulator, or of the connection, can be. */
export type TokenAnswer = (passage: Passage) => Told | Promise<Told>;

/** Where tokens are handed out: STS, and the credentials provider of IoT, beside the service itself on its one port. */
export type TokenDesk = (
  method: string | undefined,
  target: Pick<Target, 'path' | 'query'>,
  contentType: string | undefined,
) => TokenAnswer | undefined;

const ALIAS = /^\/role-aliases\/([\w=,@%-]{1,384})\/credentials$/;

/** @returns who answers a request, if it is one for a token */
export const tokenDesk =
  (services: TokenServices): TokenDesk =>
  (method, { path, query }, contentType) => {
    if (method === 'GET') {
      const [, alias] = ALIAS.exec(path) ?? [];
      if (alias !== undefined) return (passage) => answerIot(services, decoded(alias), passage);
    }
    if (path !== '/') return undefined;
    const asks = method === 'POST' ? isForm(contentType) : method === 'GET' && /(^|&)Action=/.test(query);
    return asks ? (passage) => answerSts(services, passage) : undefined;
  };

const isForm = (contentType = ''): boolean => /^application\/x-www-form-urlencoded\b/i.test(contentType);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
