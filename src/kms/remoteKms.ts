import { KeyError } from '../domain/keys/keyError.ts';
import { DEFAULT_ALIAS, keyArn } from '../domain/keys/keyId.ts';
import { KEY_REFUSALS, type KeyRefusal } from '../domain/keys/keyRefusals.ts';
import type { GeneratedKey, KeyRequest, KeyService } from '../domain/keys/keyService.ts';
import { KEY_STATES, KEY_USAGES } from '../domain/keys/keyStates.ts';
import type { WrappedKey } from '../domain/ports.ts';
import type { Scope } from '../domain/resources/scope.ts';
import type { Log } from '../runtime/log.ts';
import type { KmsSdk } from './sdk.ts';

interface Parts {
  /** Without credentials in it. */
  readonly endpoint: string;
  /** Those that were in it. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly load: () => Promise<KmsSdk>;
  readonly log: Log;
  /** Told of each use of a key, and of each attempt at one. */
  readonly onCall: (call: RemoteCall) => void;
}

export interface RemoteCall {
  readonly id: string;
  readonly operation: 'GenerateDataKey' | 'Decrypt';
  readonly outcome: 'ok' | KeyRefusal;
  readonly scope: Scope;
  readonly stream: string;
}

type Client = InstanceType<KmsSdk['KMSClient']>;

/** One for each account and region, as far as there are so many. */
const MOST_CLIENTS = 50;
/** A KMS that does not answer is one that is unavailable: a producer waits no longer. Milliseconds of real time. */
const CONNECT_MS = 2000;
const ANSWER_MS = 5000;

/** A KMS by its address: real, or somebody's emulator of one. */
export class RemoteKms implements KeyService {
  readonly #parts: Parts;
  #sdk: Promise<KmsSdk> | undefined;
  readonly #clients = new Map<string, Client>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  generateDataKey(request: KeyRequest): Promise<GeneratedKey> {
    const KeyId = nameOf(request);
    return this.#use('GenerateDataKey', KeyId, request, async (client, { GenerateDataKeyCommand }) => {
      const input = { KeyId, KeySpec: 'AES_256', EncryptionContext: request.context };
      const { Plaintext, CiphertextBlob, KeyId: arn } = await client.send(new GenerateDataKeyCommand(input));
      const wrapped = { keyArn: String(arn ?? KeyId), bytes: new Uint8Array(CiphertextBlob as Uint8Array) };
      return { plain: new Uint8Array(Plaintext as Uint8Array), wrapped };
    });
  }

  decrypt(request: KeyRequest, wrapped: WrappedKey): Promise<Uint8Array> {
    return this.#use('Decrypt', wrapped.keyArn, request, async (client, { DecryptCommand }) => {
      const input = { CiphertextBlob: wrapped.bytes, EncryptionContext: request.context };
      const { Plaintext } = await client.send(new DecryptCommand(input));
      return new Uint8Array(Plaintext as Uint8Array);
    });
  }

  async #use<T>(
    operation: RemoteCall['operation'],
    keyId: string,
    { scope, stream }: KeyRequest,
    use: (client: Client, sdk: KmsSdk) => Promise<T>,
  ): Promise<T> {
    let outcome: RemoteCall['outcome'] = 'ok';
    try {
      this.#sdk ??= this.#parts.load();
      const sdk = await this.#sdk;
      const client = this.#clientOf(sdk, scope);
      await this.#checkState(client, sdk, operation, keyId);
      return await use(client, sdk);
    } catch (error) {
      const refused = this.#refusalOf(error, operation);
      outcome = refused.refusal;
      throw refused;
    } finally {
      this.#parts.onCall({ id: keyId, operation, outcome, scope, stream });
    }
  }

  /** There are emulators of KMS that say in which state a key is, and let it be used in any. */
  async #checkState(client: Client, sdk: KmsSdk, operation: string, KeyId: string): Promise<void> {
    let described: Readonly<Record<string, unknown>>;
    try {
      described = await client.send(new sdk.DescribeKeyCommand({ KeyId }));
    } catch (error) {
      // Who may use a key may not always look at it: its use says what is wrong, if anything is.
      if (nameIn(error) === 'AccessDeniedException') return;
      throw error;
    }
    const { Arn, KeyState, KeyUsage } = (described.KeyMetadata ?? {}) as Record<string, string | undefined>;
    const state = KEY_STATES[KeyState as keyof typeof KEY_STATES] ?? KEY_STATES.Enabled;
    if (state.refusal !== undefined) throw new KeyError(state.refusal, `${Arn ?? KeyId} ${state.text}`);
    if (KeyUsage === undefined || KEY_USAGES[KeyUsage as keyof typeof KEY_USAGES]) return;
    const message = `${Arn ?? KeyId} key usage is ${KeyUsage} which is not valid for ${operation}.`;
    throw new KeyError('InvalidKeyUsageException', message);
  }

  #clientOf({ KMSClient }: KmsSdk, { account, region }: Scope): Client {
    const name = `${account}/${region}`;
    let client = this.#clients.get(name);
    if (client !== undefined) return client;
    const { endpoint, credentials } = this.#parts;
    // A local one takes any; AWS gets what the SDK finds on this machine.
    const own = /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname)
      ? {}
      : { credentials: { accessKeyId: account, secretAccessKey: 'test' } };
    client = new KMSClient({
      ...{ region, endpoint, maxAttempts: 2, ...own, ...(credentials === undefined ? {} : { credentials }) },
      requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS },
    });
    this.#clients.set(name, client);
    for (const [oldest, one] of this.#clients) {
      if (this.#clients.size <= MOST_CLIENTS) break;
      this.#clients.delete(oldest);
      one.destroy();
    }
    return client;
  }

  #refusalOf(error: unknown, operation: string): KeyError {
    if (error instanceof KeyError) return error;
    const name = nameIn(error);
    const message = error instanceof Error ? error.message : String(error);
    if (Object.hasOwn(KEY_REFUSALS, name)) return new KeyError(name as KeyRefusal, message, { cause: error });
    const said = `${operation} at ${this.#parts.endpoint}: ${name}: ${message}`;
    this.#parts.log.warn('The KMS has refused for a reason that KVS has no error of its own for.', { reason: said });
    const refusal = INVALID.has(name)
      ? 'ValidationException'
      : DENIED.has(name)
        ? 'AccessDeniedException'
        : 'KeyUnavailableException';
    return new KeyError(refusal, said, { cause: error });
  }

  stop(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }
}

const INVALID = new Set(['InvalidCiphertextException', 'IncorrectKeyException', 'InvalidArnException']);
const DENIED = new Set([
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'ExpiredTokenException',
  'MissingAuthenticationTokenException',
  'CredentialsProviderError',
]);

const nameIn = (error: unknown): string => (error instanceof Error ? error.name : 'Error');

/** As it was given; but which account a local KMS takes us for, and so whose its own key is, nobody knows. */
const nameOf = ({ keyId, scope }: KeyRequest): string =>
  keyId === keyArn(scope, { kind: 'alias', name: DEFAULT_ALIAS }) ? DEFAULT_ALIAS : keyId;
