import type { Handed } from '../domain/credentials/assuming.ts';
import type { Credentials } from '../domain/credentials/credentials.ts';
import type { Identity } from '../domain/credentials/identity.ts';
import type { Passage } from '../operations/road/passage.ts';
import type { Infer, Structure } from '../protocol/shapes.ts';
import { toIso } from '../runtime/time.ts';
import type { Element } from './xml.ts';

export interface TokenServices {
  readonly credentials: Credentials;
  /** Whether nobody looks, signatures are verified and roles asked whom they trust, or policies are asked besides. */
  readonly asks: 'nothing' | 'signatures' | 'policies';
}

export interface ActionContext extends TokenServices {
  readonly passage: Passage;
  readonly caller: Identity;
  readonly wallNow: number;
}

/** One action of STS. */
export interface Action<Input> {
  readonly name: string;
  /** Whoever has no key yet asks without a signature. */
  readonly unsigned?: true;
  readonly input: Structure<Input>;
  handle(context: ActionContext, input: Input): Element;
}

export const action = <S extends Structure<unknown>>(one: Action<Infer<S>> & { input: S }): Action<Infer<S>> => one;

/** Seconds alone, as STS and IoT write dates. */
export const toSeconds = (ms: number): string => toIso(ms).replace(/\.\d+Z$/, 'Z');

export const credentialsElement = ({ Expiration, ...rest }: Handed): Element => ({
  ...rest,
  Expiration: toSeconds(Expiration),
});
