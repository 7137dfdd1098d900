import { parseDuration } from '../runtime/duration.ts';
import { LOG_FORMATS, LOG_LEVELS } from '../runtime/log.ts';
import { type NameList, parseBaseUrl, parseNames, parseOrigins } from '../runtime/names.ts';
import { type Network, parseNetworks } from '../runtime/networks.ts';
import { parseSize } from '../runtime/size.ts';
import { type Instant, parseInstant } from '../runtime/time.ts';
import { parseFsync } from './fsync.ts';
import { BUILTIN_KMS, parseKms } from './kms.ts';
import { defaultMemory } from './memory.ts';
import { choice, file, integerOption, option, textOption, toggle } from './optionKinds.ts';
import { type Ports, parsePorts } from './ports.ts';

const NO_LIMIT = Number.POSITIVE_INFINITY;

type List = string | readonly string[];

const delay = (state: string) =>
  time(`how long a stream or channel stays ${state} on the emulator’s clock: 500ms, 5s, PT1M`);

const time = (description: string) =>
  option<number | string>()<number>({
    placeholder: 'DURATION',
    description,
    defaultText: '0: not at all',
    fallback: 0,
    parse: parseDuration,
    wants: 'a duration like 500ms, 5s or PT1M',
  });

const destination = (placeholder: string, description: string) =>
  option<string>()<string | undefined>({
    placeholder,
    description,
    defaultText: 'nowhere',
    fallback: undefined,
    parse: parseAddress,
    wants: 'an http or https address',
  });

/** Unlike a base URL it may have a query. */
const parseAddress = (text: string): string | undefined =>
  /^https?:\/\//.test(text) && URL.canParse(text) ? text : undefined;

/**
 * Everything that can be configured, a row each: flag, variable, type, help and documentation are made from it. The
 * comments are for callers of the library.
 */
export const optionTable = {
  /** 0, the default of the library, takes any free port. */
  port: integerOption(65_535, {
    placeholder: 'PORT',
    description: 'port for everything, HTTP and HTTPS alike; 0 takes any free one',
    defaultText: '4580',
    fallback: 4580,
  }),
  /** Default 127.0.0.1. */
  host: textOption(/^[\w.:-]+$/, {
    placeholder: 'ADDRESS',
    description: 'address to listen on; 0.0.0.0 for all',
    defaultText: '127.0.0.1 (0.0.0.0 in the image)',
    fallback: '127.0.0.1',
    wants: 'an address or host name, without scheme and port',
  }),
  /** Scheme, host and port for the endpoints handed out; by default those of each request. */
  publicUrl: option<string>()<string | undefined>({
    placeholder: 'URL',
    description: 'address by which clients reach the emulator, for the endpoints it hands out',
    defaultText: 'scheme and host of each request',
    fallback: undefined,
    parse: parseBaseUrl,
    wants: 'an http or https address without a query, like https://kvs.example.test:4580',
  }),
  /** Proxies whose `X-Forwarded-…` and `Forwarded` headers are believed, besides those on this machine: `10.0.0.0/8`. */
  trustedProxies: option<List>()<readonly Network[]>({
    placeholder: 'ADDRESSES',
    description: 'proxies whose X-Forwarded-… and Forwarded headers are believed: 10.0.0.0/8,2001:db8::7',
    defaultText: 'those on this machine',
    fallback: [],
    parse: parseNetworks,
    wants: 'addresses or networks like 10.0.0.0/8 and 2001:db8::7, with commas between them',
  }),
  /** More host names to answer to: `kvs.example.test`, `.example.test` with its sub-domains, `*` for all. */
  allowedHosts: option<List>()<NameList>({
    placeholder: 'NAMES',
    description: 'more host names to answer to, by commas: .example.test is a domain with its sub-domains, * all names',
    defaultText: 'names of this machine, addresses, private names, KVS’s own',
    fallback: [],
    parse: parseNames,
    wants: 'host names without port, like kvs.example.test or .example.test, separated by commas, or *',
  }),
  /** More origins whose pages may call: `https://app.example.test`, `null` for pages from a file, `*` for all. */
  allowedOrigins: option<List>()<readonly string[]>({
    placeholder: 'ORIGINS',
    description: 'more origins whose pages may call, by commas; null is a page from a file, * all pages',
    defaultText: 'pages of this machine',
    fallback: [],
    parse: parseOrigins,
    wants: 'origins like https://app.example.test, separated by commas, or null, or *',
  }),
  /** Of requests that are not signed for one. Default us-east-1. */
  region: textOption(/^[a-z0-9-]{1,64}$/, {
    placeholder: 'REGION',
    description: 'region of requests that are not signed for one',
    defaultText: 'us-east-1',
    fallback: 'us-east-1',
    wants: 'a region like us-east-1',
  }),
  /** Of requests whose access key is not 12 digits. Default 000000000000. */
  account: textOption(/^\d{12}$/, {
    placeholder: 'ID',
    description: 'account of requests whose access key is not 12 digits',
    defaultText: '000000000000',
    fallback: '000000000000',
    wants: '12 digits',
  }),
  /** What is asked of who signs: nothing, that the signature is good, or also that policies allow it. Default none. */
  auth: choice(['none', 'sigv4', 'iam'], {
    placeholder: 'HOW',
    description: 'what is asked of who signs: none, sigv4 (a good signature), iam (and what policies say)',
    defaultText: 'none: any credentials will do',
    fallback: 'none',
  }),
  /** Have refusals by policies say why: `because no identity-based policy allows the … action`. Default false. */
  denialReasons: toggle({
    description: 'have refusals by policies say why, as newer services of AWS do',
    defaultText: 'off: who, what, on which resource',
  }),
  /** Path of a JSON file with access keys, roles and role aliases, as `credentials.set()` takes them. */
  credentials: file({
    description: 'who is known: access keys, roles and role aliases, JSON',
    defaultText: 'test and any 12 digits, with the secret test',
  }),
  /** Asked of whoever uses `/_kvs`, but for its health and certificate. Default: nothing is asked. */
  adminToken: option<string>()<string | undefined>({
    placeholder: 'TOKEN',
    description: 'asked of whoever uses /_kvs: Authorization: Bearer TOKEN',
    defaultText: 'none: nothing is asked',
    fallback: undefined,
    parse: (text) => (/^[!-~]{1,256}$/.test(text) ? text : undefined),
    wants: 'up to 256 printing characters without blanks',
  }),
  /** Refuse what works here and would fail on AWS, instead of warning about it. Default false. */
  strict: toggle({
    description: 'refuse what works here and would fail on AWS, instead of warning about it',
    defaultText: 'off',
  }),
  /** As strict, limited, late and suspicious as AWS is; what another option says counts more. Default false. */
  likeAws: toggle({
    description: 'as strict, limited, late and suspicious as AWS, where no other option says otherwise: for CI',
    defaultText: 'off',
  }),
  /** How long streams and channels stay CREATING: `5s`, or a number of seconds. Default 0. */
  creatingDelay: delay('CREATING'),
  /** How long streams and channels stay UPDATING. Default 0. */
  updatingDelay: delay('UPDATING'),
  /** How long streams and channels stay DELETING. Default 0. */
  deletingDelay: delay('DELETING'),
  /** After how long a configuration of notifications or images counts. Default 0. */
  activationDelay: time('after how long a configuration of notifications or images counts: 500ms, 5s, PT1M'),
  /** How much later than a fragment is there it is acknowledged as PERSISTED. Default 0. */
  persistDelay: time('how much later PERSISTED comes, on the emulator’s clock: 500ms, 5s, PT1M'),
  /** How much later than that a fragment is listed. Default 0. */
  listDelay: time('how much later than that fragments are listed, on the emulator’s clock: 500ms, 5s, PT1M'),
  /** Most streams an account may have in a region. Default: no limit. */
  streamLimit: integerOption(1e9, {
    description: 'most streams an account may have in a region',
    defaultText: 'no limit (AWS: 10,000)',
    fallback: NO_LIMIT,
    wants: 'a number',
  }),
  /** Most signaling channels an account may have in a region. Default: no limit. */
  channelLimit: integerOption(1e9, {
    description: 'most signaling channels an account may have in a region',
    defaultText: 'no limit (AWS: 10,000)',
    fallback: NO_LIMIT,
    wants: 'a number',
  }),
  /** Rates, connections, bandwidth and points: a profile, or the path of a JSON file as `limits.set()` takes it. Default off. */
  limits: textOption(/./, {
    placeholder: 'WHAT',
    description: 'how much is let through: off, aws, shards, or a JSON file as PUT /_kvs/limits takes it',
    defaultText: 'off',
    fallback: 'off',
    wants: 'off, aws, shards or a file',
  }),
  /** Whether emulated time passes by itself. Default running. */
  clock: choice(['running', 'frozen'], {
    placeholder: 'MODE',
    description: 'running or frozen: whether emulated time passes by itself',
    defaultText: 'running',
    fallback: 'running',
  }),
  /** What becomes of a master, or of a viewer's connection, when a newer one takes its place. Default close. */
  displacedPeers: choice(['close', 'deaf'], {
    description:
      'what becomes of a signaling connection whose place a newer one takes: close, or deaf (open, unheeded)',
    defaultText: 'close',
    fallback: 'close',
  }),
  /** Start a TURN relay, for WebRTC peers that cannot reach each other. Needs the package node-turn. Default false. */
  turn: toggle({
    description: 'start a TURN relay, for WebRTC peers that cannot reach each other (needs the package node-turn)',
    defaultText: 'off: host candidates do',
  }),
  /** UDP ports of the relay: the first takes clients, the others relay. Default 49160-49200. */
  turnPorts: option<string>()<Ports>({
    placeholder: 'FIRST-LAST',
    description: 'UDP ports of that relay: the first takes clients, the others relay',
    defaultText: '49160-49200',
    fallback: { first: 49_160, last: 49_200 },
    parse: parsePorts,
    wants: 'two ports, the first below the last, like 49160-49200',
  }),
  /** Emulated time to start at: ISO 8601, a Date, or milliseconds since the epoch. Default now. */
  startTime: option<Instant>()<number | undefined>({
    placeholder: 'ISO',
    description: 'emulated time to start at',
    defaultText: 'the machine’s time',
    fallback: undefined,
    parse: parseInstant,
    wants: 'an ISO 8601 date from 1970 to 9999, like 2030-01-01T00:00:00Z',
  }),
  /** Most bytes to keep for clients, media above all, or a size like `512m`. Default 2 GiB, or half of the memory if that is less. */
  maxMemory: option<number | string>()<number>({
    placeholder: 'SIZE',
    description: 'most bytes to keep for clients, media above all: 512m, 4GiB',
    defaultText: '2GiB, or half of the memory if that is less',
    fallback: defaultMemory,
    parse: parseSize,
    wants: 'a size like 512m, 2GiB or 1500000000',
  }),
  /** What becomes of new media when memory is full: ERROR 5001, or the oldest of any stream go. Default refuse. */
  whenFull: choice(['refuse', 'drop-oldest'], {
    description: 'what becomes of new media then: refuse (ERROR 5001), or drop-oldest of any stream to make room',
    defaultText: 'refuse',
    fallback: 'refuse',
  }),
  /** Path of a folder where streams, media, keys and the local CA are kept over restarts. Default: they are in memory. */
  dataDir: option<string>()<string | undefined>({
    placeholder: 'DIR',
    description: 'folder where streams, media, keys and the local CA outlast restarts; made if need be',
    defaultText: 'none: all of it is in memory',
    fallback: undefined,
    parse: (path) => path,
    wants: 'a folder',
  }),
  /** What is written there is made safe with each fragment, `each`, or all of it together at most once in so long. Default 5ms. */
  fsync: option<string | number>()<number>({
    placeholder: 'HOW',
    description: 'when it is safe there: each (with each fragment), or together at most once in so long, 5ms',
    defaultText: '5ms',
    fallback: 5,
    parse: parseFsync,
    wants: 'each, or a duration from 1ms to 10s like 5ms',
  }),
  /** Address of a KMS to use instead of the built-in one: `http://127.0.0.1:5000`. Needs the package @aws-sdk/client-kms. */
  kms: option<string>()<string>({
    placeholder: 'URL',
    description: 'a KMS to use instead, builtin or an address (needs the package @aws-sdk/client-kms)',
    defaultText: 'builtin, see `kvs-emulator keys`',
    fallback: BUILTIN_KMS,
    parse: parseKms,
    wants: 'builtin, or an http or https address like http://127.0.0.1:5000, with KEY:SECRET@ in it if need be',
  }),
  /** Gets what notification configurations have the service publish, by HTTP POST in SNS's envelope; it is not signed. */
  eventsWebhook: destination('URL', 'where notifications go by HTTP POST, in the envelope of SNS; it is not signed'),
  /** An endpoint of SNS, such as moto, where notifications are published. Needs the package @aws-sdk/client-sns. */
  sns: destination('URL', 'an endpoint of SNS where they are published (needs the package @aws-sdk/client-sns)'),
  /** An endpoint of S3, such as moto, where generated images are put. Needs the package @aws-sdk/client-s3. */
  s3: destination('URL', 'an endpoint of S3 where generated images are put (needs the package @aws-sdk/client-s3)'),
  /** Path of a folder where generated images are written. */
  imagesDir: file({ description: 'folder where generated images are written, as BUCKET/KEY', defaultText: 'nowhere' }),
  /** Makes every id the same from run to run. */
  randomSeed: integerOption<undefined>(2 ** 32 - 1, {
    description: 'makes every id the same from run to run',
    defaultText: 'none: ids differ',
    fallback: undefined,
  }),
  /** Path of a file with rules that make the service fail on purpose, JSON: there from the start, and again after a reset. */
  faults: file({
    description: 'rules that make the service fail on purpose, JSON; there from the start, and again after a reset',
    defaultText: 'none, see `kvs-emulator faults`',
  }),
  /** All of the state to begin with, and to come back to with a reset: path of an archive. */
  snapshot: file({
    description: 'archive of `kvs-emulator snapshot save` to begin with, and to come back to with a reset',
    defaultText: 'none: nothing is there',
  }),
  /** What is there from the start, and again after a reset: a seed, or the path of a file with one or of a folder of such files. */
  seed: option<string | object>()<string | undefined>({
    placeholder: 'PATH',
    description: 'streams, recordings, channels, keys and more to begin with: a JSON file, or a folder of them',
    defaultText: 'nothing (/seed in the image)',
    fallback: undefined,
    parse: (text) => text,
    wants: 'a file or a folder',
  }),
  /** Path of a certificate chain for https, PEM. By default a CA of the emulator's own makes one. */
  tlsCert: file({
    description: 'certificate chain for https, PEM',
    defaultText: 'made by a CA of its own, see `kvs-emulator ca`',
  }),
  /** Path of its private key, PEM. */
  tlsKey: file({ description: 'private key of --tls-cert, PEM', defaultText: 'as above' }),
  /** More host names to have certificates for; a CA without name constraints signs them. */
  tlsNames: option<List>()<NameList>({
    placeholder: 'NAMES',
    description: 'more host names to have certificates for, like --allowed-hosts; a CA without constraints signs them',
    defaultText: 'none: the CA’s constraints cover private names and KVS’s own',
    fallback: [],
    parse: parseNames,
    wants: 'host names like kvs.example.test or .example.test, separated by commas, or *',
  }),
  /** Path of a file that is written when it listens and removed when it stops: JSON with `url`, `port` and `pid`. */
  readyFile: file({
    description: 'written when it listens, removed when it stops: JSON with url, port and pid',
    defaultText: 'none (/dev/shm/kvs-emulator.json in the image)',
  }),
  /** Default warn. */
  logLevel: choice(LOG_LEVELS, {
    placeholder: 'LEVEL',
    description: `${LOG_LEVELS.join(', ')}`,
    defaultText: 'info',
    fallback: 'info',
  }),
  /** Default pretty. */
  logFormat: choice(LOG_FORMATS, {
    placeholder: 'FORMAT',
    description: 'pretty for people, json for programs',
    defaultText: 'pretty',
    fallback: 'pretty',
  }),
};
