import type { Credentials } from '../../domain/credentials/credentials.ts';
import { userIdOf } from '../../domain/credentials/identity.ts';
import type { Faults } from '../../domain/faults/faults.ts';
import type { Gates, Road } from '../enter.ts';
import type { Services } from '../operation.ts';
import { accessGate } from './accessGate.ts';
import { faultsStep } from './faults.ts';
import { limitGates } from './limitGates.ts';
import { signatureStep } from './signature.ts';

/** The steps that stay as they are as long as the emulator runs: those of `auth`, and that of faults. */
export const gatesOf = (
  { auth, denialReasons: reasons }: { readonly auth: 'none' | 'sigv4' | 'iam'; readonly denialReasons: boolean },
  credentials: Credentials,
  faults: Faults,
): Gates => ({
  signature: auth === 'none' ? undefined : signatureStep(credentials),
  access: auth === 'iam' ? accessGate({ identityOf: ({ signer }) => signer, userIdOf, reasons }) : undefined,
  faults: faultsStep(faults),
});

/** Those of limits come and go: nothing is asked of a call as long as nothing is limited. */
export function useLimits(road: Pick<Road, 'use'>, { limits, throttle, connections }: Services): void {
  const gates = limitGates(throttle, connections);
  const none = { accountRate: undefined, streamRate: undefined, connections: undefined };
  const use = (): void => road.use(limits.throttles ? gates : none);
  limits.onChange(use);
  use();
}
