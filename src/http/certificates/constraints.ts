import { isIP } from 'node:net';
import { PRIVATE_SUFFIXES } from '../guests.ts';

/** What a CA may sign for: host names with all that is below them, and ranges of addresses, `10.0.0.0/8`. */
export interface NameConstraints {
  readonly domains: readonly string[];
  readonly ranges: readonly string[];
}

/** Of addresses that lead to this machine or to its neighbours. */
const PRIVATE_RANGES = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1/128',
  'fe80::/10',
  'fd00::/8',
];

/** A constraint cannot say "any region", and all of amazonaws.com is more than anybody should trust a local CA with. */
const REGIONS =
  'af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ' +
  'ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 ' +
  'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 ' +
  'me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2';
const CHINA = ['cn-north-1', 'cn-northwest-1'];

function awsDomains(configured: string): string[] {
  const regions = [...new Set([...REGIONS.split(' '), configured])].filter((region) => !CHINA.includes(region));
  return [
    'sts.amazonaws.com',
    ...regions.flatMap((region) => [
      `kinesisvideo.${region}.amazonaws.com`,
      `kinesisvideo-fips.${region}.amazonaws.com`,
      `kinesisvideo.${region}.api.aws`,
      `kinesisvideo-fips.${region}.api.aws`,
      `sts.${region}.amazonaws.com`,
      `credentials.iot.${region}.amazonaws.com`,
    ]),
    ...CHINA.map((region) => `kinesisvideo.${region}.amazonaws.com.cn`),
  ];
}

/** `known` are host names and addresses, also `*.name` and `.name`; `region` is the configured one. */
export function constraintsFor(known: readonly string[], region: string): NameConstraints {
  const addresses = known.filter((name) => isIP(name) !== 0);
  const names = known.filter((name) => isIP(name) === 0 && name !== '*').map((name) => name.replace(/^\*?\./, ''));
  const suffixes = PRIVATE_SUFFIXES.map((suffix) => suffix.slice(1));
  return {
    domains: [...new Set([...suffixes, ...awsDomains(region), ...names])],
    ranges: [...PRIVATE_RANGES, ...addresses.map((address) => `${address}/${isIP(address) === 4 ? 32 : 128}`)],
  };
}

export const coversName = ({ domains }: NameConstraints, name: string): boolean =>
  domains.some((domain) => name === domain || name.endsWith(`.${domain}`));
