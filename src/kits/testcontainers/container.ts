import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';
import { seedWithFiles } from '../../client/seedFiles.ts';
import type { GivenCredentials } from '../../emulator/credentialReader.ts';
import type { GivenFault } from '../../emulator/faultShapes.ts';
import type { LimitsChange } from '../../emulator/limitsControl.ts';
import type { Seed } from '../../emulator/seedShapes.ts';
import { type Instant, parseInstant, toIso } from '../../runtime/time.ts';
import type { EmulatorOptions } from '../../settings.ts';
import { PORT, StartedKinesisVideoContainer } from './started.ts';

/** Where files of options lie in the container. */
const FOLDER = '/etc/kvs-emulator';
/** Made in the image for a volume. */
const DATA = '/data';

/** Each with its recordings in it, in their order. */
function seedsOf(seed: Seed | string): object[] {
  if (typeof seed !== 'string') return [seedWithFiles(seed, '.')];
  const isFolder = statSync(seed).isDirectory();
  const names = isFolder ? readdirSync(seed).filter((name) => name.endsWith('.json') && !name.startsWith('.')) : [];
  const paths = isFolder ? names.sort().map((name) => join(seed, name)) : [seed];
  return paths.map((path) => seedWithFiles(JSON.parse(readFileSync(path, 'utf8')) as object, dirname(path)));
}

/** The image runs as nobody in particular, who has to read them. */
const READABLE = 0o444;
const ANY_SECRET = { accessKeyId: 'test', secretAccessKey: 'test' };

/**
 * An emulator in a container. The image is that of `docker build -t kvs-emulator .`, or one that is pulled from a registry.
 * Options that have no method here are set as in any container: `withEnvironment({ KVS_STRICT: 'true' })`.
 */
export class KinesisVideoContainer extends GenericContainer {
  #credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } =
    ANY_SECRET;
  #data: string | undefined;

  constructor(image: string) {
    super(image);
    this.withExposedPorts(PORT).withWaitStrategy(Wait.forHttp('/_kvs/health', PORT).forStatusCode(200));
  }

  /** Of requests that are not signed for one; what `getRegion()` says. */
  withRegion(region: string): this {
    return this.withEnvironment({ KVS_REGION: region });
  }

  /** 12 digits. Of requests whose access key is no account itself. */
  withAccount(account: string): this {
    return this.withEnvironment({ KVS_ACCOUNT: account });
  }

  /** What is asked of who signs: `none`, `sigv4` or `iam`. */
  withAuth(auth: NonNullable<EmulatorOptions['auth']>): this {
    return this.withEnvironment({ KVS_AUTH: auth });
  }

  /** Who may sign, as `credentials.set()` takes it. The first access key is what `getCredentials()` gives. */
  withCredentials(credentials: GivenCredentials): this {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials.accessKeys?.[0] ?? {};
    if (accessKeyId !== undefined && secretAccessKey !== undefined)
      this.#credentials = {
        accessKeyId,
        secretAccessKey,
        ...(typeof sessionToken === 'string' ? { sessionToken } : {}),
      };
    return this.#withFile('KVS_CREDENTIALS', 'credentials.json', JSON.stringify(credentials));
  }

  /** Asked of whoever uses `/_kvs`. `clock()`, `faults()` and the like send it. */
  withAdminToken(token: string): this {
    return this.withEnvironment({ KVS_ADMIN_TOKEN: token });
  }

  /** How much is let through: a profile, or what `limits.set()` takes. */
  withLimits(limits: NonNullable<LimitsChange['profile']> | LimitsChange): this {
    return typeof limits === 'string'
      ? this.withEnvironment({ KVS_LIMITS: limits })
      : this.#withFile('KVS_LIMITS', 'limits.json', JSON.stringify(limits));
  }

  /** Rules that are there from the start, and again after a reset. */
  withFaults(...faults: readonly GivenFault[]): this {
    return this.#withFile('KVS_FAULTS', 'faults.json', JSON.stringify(faults));
  }

  /**
   * What is there from the start, and again after a reset: a seed, or the path of a file with one or of a folder of such
   * files. Recordings that it names, by their paths from here or from that file, are copied along.
   */
  withSeed(seed: Seed | string): this {
    const folder = `${FOLDER}/seed`;
    this.contentsToCopy = this.contentsToCopy.filter(({ target }) => !target.startsWith(`${folder}/`));
    const contents = seedsOf(seed).map((one, at) => ({
      content: JSON.stringify(one),
      target: `${folder}/${String(at).padStart(5, '0')}.json`,
      mode: READABLE,
    }));
    return this.withCopyContentToContainer(contents).withEnvironment({ KVS_SEED: folder });
  }

  /** Whether emulated time passes by itself, and where it begins. */
  withClock(mode: NonNullable<EmulatorOptions['clock']>, startTime?: Instant): this {
    this.withEnvironment({ KVS_CLOCK: mode });
    if (startTime === undefined) return this;
    const time = parseInstant(startTime);
    if (time === undefined) throw new RangeError(`withClock: ${startTime} is no time like 2030-01-01T00:00:00Z.`);
    return this.withEnvironment({ KVS_START_TIME: toIso(time) });
  }

  /** A certificate chain and its key, PEM, in place of those that the emulator makes by a CA of its own. */
  withTls({ cert, key }: { readonly cert: string; readonly key: string }): this {
    return this.#withFile('KVS_TLS_CERT', 'cert.pem', cert).#withFile('KVS_TLS_KEY', 'key.pem', key);
  }

  /**
   * The name of a volume, or a folder of this machine that is made if need be: all that the emulator has is kept there, and is
   * there again for the next container. Files in the folder belong to whom it belongs to.
   */
  withData(volumeOrFolder: string): this {
    const isVolume = /^[\w][\w.-]*$/.test(volumeOrFolder);
    const source = isVolume ? volumeOrFolder : resolve(volumeOrFolder);
    if (!isVolume) {
      mkdirSync(source, { recursive: true });
      const { uid, gid } = statSync(source);
      if (process.getuid !== undefined) this.withUser(`${uid}:${gid}`);
    }
    this.#data = `${source}:${DATA}`;
    return this.withEnvironment({ KVS_DATA_DIR: DATA });
  }

  override async start(): Promise<StartedKinesisVideoContainer> {
    // It answers to the names by which containers of the same network reach it, and has certificates for them.
    if (this.networkAliases.length > 0) this.#alsoNamed('KVS_ALLOWED_HOSTS', this.networkAliases);
    if (this.#data !== undefined) this.hostConfig.Binds = [...new Set([...(this.hostConfig.Binds ?? []), this.#data])];
    // How clients here will call it: by the engine's machine, which from inside a container is an address.
    const { host } = (await getContainerRuntimeClient()).info.containerRuntime;
    if (isIP(host) === 4) this.#alsoNamed('KVS_TLS_NAMES', [host]);
    else if (isIP(host) === 0) this.#alsoNamed('KVS_ALLOWED_HOSTS', [host]);
    return new StartedKinesisVideoContainer(await super.start(), {
      region: this.environment.KVS_REGION ?? 'us-east-1',
      account: this.environment.KVS_ACCOUNT ?? '000000000000',
      credentials: this.#credentials,
      adminToken: this.environment.KVS_ADMIN_TOKEN,
      aliases: this.networkAliases,
    });
  }

  #withFile(variable: string, name: string, content: string): this {
    const target = `${FOLDER}/${name}`;
    this.contentsToCopy = this.contentsToCopy.filter((one) => one.target !== target);
    return this.withCopyContentToContainer([{ content, target, mode: READABLE }]).withEnvironment({
      [variable]: target,
    });
  }

  #alsoNamed(variable: 'KVS_ALLOWED_HOSTS' | 'KVS_TLS_NAMES', names: readonly string[]): void {
    const before = this.environment[variable]?.split(',') ?? [];
    this.withEnvironment({ [variable]: [...new Set([...before, ...names])].join(',') });
  }
}
