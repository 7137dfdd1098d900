import { trustsProvider } from '../domain/credentials/assuming.ts';
import { integer, required, string, structure } from '../protocol/shapes.ts';
import { action, toSeconds } from './action.ts';
import { arn, beginSession, name, policyArns, policyText } from './roleSession.ts';
import { sessionPolicy } from './sessionPolicy.ts';
import { StsError } from './stsError.ts';

/** What a provider of identities says. Nobody asks it whether it does: a signature is not looked at. */
interface Claims {
  readonly iss?: unknown;
  readonly sub?: unknown;
  readonly aud?: unknown;
  /** Seconds since the epoch, on the provider's clock. */
  readonly exp?: unknown;
}

const NO_JWT = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)';

export const assumeRoleWithWebIdentity = action({
  name: 'AssumeRoleWithWebIdentity',
  unsigned: true,
  input: structure({
    RoleArn: required(arn),
    RoleSessionName: required(name),
    WebIdentityToken: required(string({ min: 4, max: 20_000, sensitive: true })),
    ProviderId: string({ min: 4, max: 2048 }),
    PolicyArns: policyArns,
    Policy: policyText,
    DurationSeconds: integer({ min: 900, max: 43_200 }),
  }),

  handle(context, { RoleArn, RoleSessionName, WebIdentityToken, ProviderId, DurationSeconds, ...rest }) {
    const { credentials, asks, passage, wallNow } = context;
    const claims = claimsOf(WebIdentityToken);
    if (claims === undefined && ProviderId === undefined) {
      if (passage.strict) throw new StsError('InvalidIdentityToken', 400, NO_JWT);
      passage.warn('webIdentityToken', `AWS refuses the token with InvalidIdentityToken, 400: ${NO_JWT}`);
    }
    if (typeof claims?.exp === 'number' && claims.exp * 1000 <= wallNow) {
      const [now, end] = [toSeconds(wallNow), toSeconds(Math.min(Math.max(claims.exp, 0), 2e11) * 1000)];
      const told = `Token expired: current date/time ${now} must be before the expiration date/time ${end}`;
      throw new StsError('ExpiredTokenException', 400, told);
    }
    const issuer = typeof claims?.iss === 'string' ? claims.iss.replace(/^https?:\/\//, '') : undefined;
    const provider = issuer ?? ProviderId ?? 'unknown';
    const role = credentials.role(RoleArn);
    // Where nobody has set roles, those of every account may be taken on so: there is no caller to ask for.
    const trusted = role !== undefined && (credentials.set.roles.length === 0 || trustsProvider(role, provider));
    if (role === undefined || (asks !== 'nothing' && !trusted)) {
      throw new StsError('AccessDenied', 403, 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
    }
    const session = beginSession(context, role, {
      name: RoleSessionName,
      seconds: DurationSeconds,
      policy: sessionPolicy(rest.Policy),
      policies: rest.PolicyArns?.length ?? 0,
      context: new Map([['aws:FederatedProvider', provider]]),
    });
    return {
      SubjectFromWebIdentityToken: typeof claims?.sub === 'string' ? claims.sub.slice(0, 255) : RoleSessionName,
      Audience: typeof claims?.aud === 'string' ? claims.aud : undefined,
      ...session,
      Provider: typeof claims?.iss === 'string' ? claims.iss : provider,
    };
  },
});

/** The middle part of a JWT. */
function claimsOf(token: string): Claims | undefined {
  const [, payload, signature, ...more] = token.split('.', 4);
  if (payload === undefined || signature === undefined || more.length > 0) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? claims : undefined;
  } catch {
    return undefined;
  }
}
