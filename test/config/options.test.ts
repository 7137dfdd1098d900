import { describe, expect, it } from 'vitest';
import { OptionError } from '../../src/config/option.ts';
import { optionList, readOptions } from '../../src/config/options.ts';
import { nearest } from '../../src/runtime/nearest.ts';
import { parseSize } from '../../src/runtime/size.ts';

describe('options', () => {
  it('have a flag, a variable and a default each', () => {
    const defaults = readOptions({});
    const { maxMemory } = defaults;
    expect(
      Object.fromEntries(optionList.map(({ flag, variable, name }) => [`--${flag} ${variable}`, defaults[name]])),
    ).toStrictEqual({
      '--activation-delay KVS_ACTIVATION_DELAY': 0,
      '--auth KVS_AUTH': 'none',
      '--denial-reasons KVS_DENIAL_REASONS': false,
      '--credentials KVS_CREDENTIALS': undefined,
      '--admin-token KVS_ADMIN_TOKEN': undefined,
      '--port KVS_PORT': 4580,
      '--host KVS_HOST': '127.0.0.1',
      '--public-url KVS_PUBLIC_URL': undefined,
      '--trusted-proxies KVS_TRUSTED_PROXIES': [],
      '--allowed-hosts KVS_ALLOWED_HOSTS': [],
      '--allowed-origins KVS_ALLOWED_ORIGINS': [],
      '--region KVS_REGION': 'us-east-1',
      '--account KVS_ACCOUNT': '000000000000',
      '--strict KVS_STRICT': false,
      '--like-aws KVS_LIKE_AWS': false,
      '--creating-delay KVS_CREATING_DELAY': 0,
      '--updating-delay KVS_UPDATING_DELAY': 0,
      '--deleting-delay KVS_DELETING_DELAY': 0,
      '--persist-delay KVS_PERSIST_DELAY': 0,
      '--list-delay KVS_LIST_DELAY': 0,
      '--stream-limit KVS_STREAM_LIMIT': Number.POSITIVE_INFINITY,
      '--channel-limit KVS_CHANNEL_LIMIT': Number.POSITIVE_INFINITY,
      '--limits KVS_LIMITS': 'off',
      '--clock KVS_CLOCK': 'running',
      '--displaced-peers KVS_DISPLACED_PEERS': 'close',
      '--turn KVS_TURN': false,
      '--turn-ports KVS_TURN_PORTS': { first: 49_160, last: 49_200 },
      '--start-time KVS_START_TIME': undefined,
      '--max-memory KVS_MAX_MEMORY': expect.any(Number),
      '--when-full KVS_WHEN_FULL': 'refuse',
      '--data-dir KVS_DATA_DIR': undefined,
      '--fsync KVS_FSYNC': 5,
      '--kms KVS_KMS': 'builtin',
      '--events-webhook KVS_EVENTS_WEBHOOK': undefined,
      '--snapshot KVS_SNAPSHOT': undefined,
      '--sns KVS_SNS': undefined,
      '--s3 KVS_S3': undefined,
      '--images-dir KVS_IMAGES_DIR': undefined,
      '--random-seed KVS_RANDOM_SEED': undefined,
      '--faults KVS_FAULTS': undefined,
      '--seed KVS_SEED': undefined,
      '--tls-cert KVS_TLS_CERT': undefined,
      '--tls-key KVS_TLS_KEY': undefined,
      '--tls-names KVS_TLS_NAMES': [],
      '--ready-file KVS_READY_FILE': undefined,
      '--log-level KVS_LOG_LEVEL': 'info',
      '--log-format KVS_LOG_FORMAT': 'pretty',
    });
    expect(maxMemory).toBeGreaterThan(0);
    expect(maxMemory).toBeLessThanOrEqual(2 * 1024 ** 3);
  });

  it('say in a sentence what they mean, and what they want', () => {
    for (const { description, wants, defaultText } of optionList) {
      for (const text of [description, wants, defaultText]) expect(text).not.toBe('');
    }
  });

  it.each([
    ['port', '0', 0],
    ['port', 8080, 8080],
    ['host', '::', '::'],
    ['publicUrl', 'HTTPS://Kvs.Example.test:443/', 'https://kvs.example.test'],
    ['publicUrl', 'http://h:80/base/', 'http://h/base'],
    ['account', '123456789012', '123456789012'],
    ['clock', 'frozen', 'frozen'],
    ['startTime', '2030-01-01T00:00:00Z', 1_893_456_000_000],
    ['startTime', 1_893_456_000_000, 1_893_456_000_000],
    ['startTime', new Date(1_893_456_000_000), 1_893_456_000_000],
    ['maxMemory', '512m', 512 * 1024 ** 2],
    ['maxMemory', 1e9, 1e9],
    ['randomSeed', 0, 0],
    ['logLevel', 'silent', 'silent'],
    ['region', '', 'us-east-1'],
  ] as const)('%s takes %j', (name, value, read) => {
    expect(readOptions({ [name]: value })[name]).toBe(read);
  });

  it.each([
    ['port', '65536', 'port must be a number from 0 to 65535, not "65536".'],
    ['port', 'tcp://10.0.0.1:4580', 'port must be a number from 0 to 65535, not "tcp://10.0.0.1:4580".'],
    ['port', -1, 'port must be a number from 0 to 65535, not "-1".'],
    ['port', 1.5, 'port must be a number from 0 to 65535, not "1.5".'],
    ['host', 'http://x', 'host must be an address or host name, without scheme and port, not "http://x".'],
    ['publicUrl', 'kvs.test', /^publicUrl must be an http or https address/],
    ['publicUrl', 'http://u:p@kvs.test', /^publicUrl must be/],
    ['publicUrl', 'http://kvs.test/?a', /^publicUrl must be/],
    ['account', '1234', 'account must be 12 digits, not "1234".'],
    ['clock', 'fast', 'clock must be running or frozen, not "fast".'],
    ['startTime', 'tomorrow', /^startTime must be an ISO 8601 date from 1970 to 9999, like/],
    ['startTime', Number.NaN, /^startTime must be/],
    ['startTime', 1e300, /^startTime must be/],
    ['maxMemory', '0', /^maxMemory must be a size like/],
    ['maxMemory', '12 parsecs', /^maxMemory must be a size like/],
    ['randomSeed', '4294967296', /^randomSeed must be a number/],
    ['logLevel', 'loud', 'logLevel must be one of debug, info, warn, error, silent, not "loud".'],
    ['tlsCert', 'c.pem', 'tlsCert needs tlsKey as well.'],
    ['tlsKey', 'k.pem', 'tlsKey needs tlsCert as well.'],
  ])('%s refuses %j', (name, value, message) => {
    expect(() => readOptions({ [name]: value })).toThrow(message);
    expect(() => readOptions({ [name]: value })).toThrow(OptionError);
  });

  it('that do not exist are refused, with the one that was likely meant', () => {
    expect(() => readOptions({ prot: 1 })).toThrow('There is no option prot. Did you mean port?');
    expect(() => readOptions({ banana: 1 })).toThrow(/^There is no option banana\.$/);
    expect(() => readOptions({ constructor: 1 })).toThrow('There is no option constructor.');
  });

  it('are called what the caller calls them', () => {
    expect(() => readOptions({ port: 'x' }, ({ variable }) => variable)).toThrow(/^KVS_PORT must be/);
  });
});

describe('a size', () => {
  it.each([
    ['1', 1],
    ['10b', 10],
    ['1k', 1024],
    ['1KB', 1000],
    ['1.5 MiB', 1_572_864],
    ['2g', 2_147_483_648],
    ['1TiB', 1_099_511_627_776],
  ])('of %j is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', 'g', '-1', '1e9', '1 x', '99999999t', '0.1'])('cannot be %j', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});

describe('the nearest word', () => {
  it('is the one with the fewest changes', () => {
    expect(nearest('log-levl', ['log-format', 'log-level'])).toBe('log-level');
    expect(nearest('STRAT', ['start', 'ca'])).toBe('start');
    expect(nearest('zzzzzz', ['start', 'ca'])).toBeUndefined();
  });
});
