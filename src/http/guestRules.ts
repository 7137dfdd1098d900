import { hostname } from 'node:os';
import type { Options } from '../config/options.ts';
import type { GuestRules } from './guests.ts';

/** Who may call, as options say it. */
export const guestRulesOf = ({
  publicUrl,
  allowedHosts,
  allowedOrigins,
}: Pick<Options, 'publicUrl' | 'allowedHosts' | 'allowedOrigins'>): GuestRules => ({
  ownNames: [hostname().toLowerCase()],
  publicOrigin: publicUrl === undefined ? undefined : new URL(publicUrl).origin,
  allowedHosts,
  allowedOrigins,
});
