// The service's own host names: `kinesisvideo.REGION.amazonaws.com`, with FIPS, dual stack and China, and those of streams and
// channels under them, `s-1a2b3c4d.kinesisvideo.REGION.amazonaws.com`.
const REGION = '[a-z]{2,}(?:-[a-z]+)+-\\d+';
const SUFFIX = '(?:amazonaws\\.com(?:\\.cn)?|api\\.aws|api\\.amazonwebservices\\.com\\.cn)';
const HOST = new RegExp(`^(?:([\\w-]+)\\.)?(kinesisvideo(?:-fips)?\\.(${REGION})\\.${SUFFIX})$`);
const LABEL = /^[a-z]-[0-9a-f]{8}$/;

export interface ServiceHost {
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
  const [, label, service, region] = HOST.exec(url.hostname) ?? [];
  if (service === undefined || region === undefined) return undefined;
  const { protocol, port, host } = url;
  return {
    label: label !== undefined && LABEL.test(label) ? label : undefined,
    region,
    origin: `${protocol}//${host}`,
    endpointOf: (of) => `${protocol}//${of}.${service}${port === '' ? '' : `:${port}`}`,
  };
}
