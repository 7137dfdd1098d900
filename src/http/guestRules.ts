import { hostname } from 'node:os';
import type { Options } from '../config/options.ts';
import type { LivePublicUrl } from './address.ts';
import type { GuestRules } from './guests.ts';

/** Who may call, as options say it. */
export const guestRulesOf = (
  { allowedHosts, allowedOrigins }: Pick<Options, 'allowedHosts' | 'allowedOrigins'>,
  live: LivePublicUrl,
): GuestRules => ({
  ownNames: [hostname().toLowerCase()],
  get publicOrigin() {
    const { publicUrl } = live.now;
    return publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  },
  allowedHosts,
  allowedOrigins,
});
