// The service's own host names: `kinesisvideo.REGION.amazonaws.com`, with FIPS, dual stack and China, and those of streams and
// channels under them, `s-1a2b3c4d.kinesisvideo.REGION.amazonaws.com`. Beside them those that hand out its tokens: STS, of all
// regions and of each, and the credentials provider of IoT, which has a name for each account.
const REGION = '[a-z]{2,}(?:-[a-z]+)+-\\d+';
const SUFFIX = '(?:amazonaws\\.com(?:\\.cn)?|api\\.aws|api\\.amazonwebservices\\.com\\.cn)';
const SERVICE = new RegExp(`^(?:([\\w-]+)\\.)?(kinesisvideo(?:-fips)?\\.(${REGION})\\.${SUFFIX})$`);
const TOKENS = new RegExp(`^(?:sts(?:-fips)?|[\\w-]+\\.credentials\\.iot(?:-fips)?)\\.(${REGION})\\.${SUFFIX}$`);
const STS_OF_ALL = 'sts.amazonaws.com';
const REGION_OF_ALL = 'us-east-1';
const LABEL = /^[a-z]-[0-9a-f]{8}$/;

export interface ServiceHost {
  /** Whether it is one of those that hand out tokens. */
  readonly forTokens: boolean;
  /** Of the data endpoint that the name is of. */
  readonly label: string | undefined;
  readonly region: string;
  /** `https://` and the name that was called. */
  readonly origin: string;
  /** The address of a data endpoint. */
  endpointOf(label: string): string;
}

/** Undefined for an address that is not the service's. */
export function serviceHost(url: URL): ServiceHost | undefined {
  const { protocol, port, host, hostname } = url;
  const origin = `${protocol}//${host}`;
  const [, label, service, region] = SERVICE.exec(hostname) ?? [];
  if (service === undefined || region === undefined) {
    const tokensOf = hostname === STS_OF_ALL ? REGION_OF_ALL : TOKENS.exec(hostname)?.[1];
    if (tokensOf === undefined) return undefined;
    return { forTokens: true, label: undefined, region: tokensOf, origin, endpointOf: () => origin };
  }
  return {
    forTokens: false,
    label: label !== undefined && LABEL.test(label) ? label : undefined,
    region,
    origin,
    endpointOf: (of) => `${protocol}//${of}.${service}${port === '' ? '' : `:${port}`}`,
  };
}
