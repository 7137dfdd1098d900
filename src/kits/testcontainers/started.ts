import { AbstractStartedContainer, type StartedTestContainer } from 'testcontainers';
import type { AdminOptions } from '../../client/call.ts';
import type { ResetOptions, ResetResult } from '../../emulator/resetControl.ts';
import type { SeedOptions, SeedResult } from '../../emulator/seedControl.ts';
import type { Seed } from '../../emulator/seedShapes.ts';
import { type Account, carryToken, freshAccount } from '../account.ts';
import { type RemoteControls, remoteControls } from '../remote.ts';

/** The one in the container. */
export const PORT = 4580;

export interface KinesisVideoCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface Known {
  readonly region: string;
  readonly account: string;
  readonly credentials: KinesisVideoCredentials;
  readonly adminToken: string | undefined;
  readonly aliases: readonly string[];
}

/** An emulator that runs in a container. The endpoints that it hands out lead back by the way that was asked. */
export class StartedKinesisVideoContainer extends AbstractStartedContainer {
  readonly #known: Known;

  constructor(started: StartedTestContainer, known: Known) {
    super(started);
    this.#known = known;
    carryToken(this, known.adminToken);
  }

  /** The `endpoint` of AWS clients on this machine. */
  getEndpoint(): string {
    return `http://${this.#address()}`;
  }

  /** The same over HTTPS. Clients have to trust `getCa()`. */
  getSecureEndpoint(): string {
    return `https://${this.#address()}`;
  }

  /** The `endpoint` of AWS clients in containers of the same network. HTTPS is at the same port. */
  getNetworkEndpoint(alias: string | undefined = this.#known.aliases[0]): string {
    if (alias === undefined)
      throw new Error(
        "No other container has a name for it: give it one by withNetworkAliases('kvs') and withNetwork().",
      );
    return `http://${alias}:${PORT}`;
  }

  getPort(): number {
    return this.getMappedPort(PORT);
  }

  getRegion(): string {
    return this.#known.region;
  }

  /** That of `getCredentials()`, if their access key is not an account itself. */
  getAccount(): string {
    return this.#known.account;
  }

  getCredentials(): KinesisVideoCredentials {
    return this.#known.credentials;
  }

  /** What to trust for https, as PEM. */
  getCa(): Promise<string> {
    return this.#controls().ca();
  }

  /** A fresh account: what an AWS client is made with, as it is. Nothing of what other tests do is seen by its clients. */
  account(region: string = this.getRegion()): Account {
    return freshAccount(this.getEndpoint(), region, this.#known.adminToken);
  }

  clock(): RemoteControls['clock'] {
    return this.#controls().clock;
  }

  faults(): RemoteControls['faults'] {
    return this.#controls().faults;
  }

  limits(): RemoteControls['limits'] {
    return this.#controls().limits;
  }

  /** Who may sign. `getCredentials()` still gives what it was started with. */
  credentials(): RemoteControls['credentials'] {
    return this.#controls().credentials;
  }

  requests(): RemoteControls['requests'] {
    return this.#controls().requests;
  }

  /** All of the state, in memory and by name: to go back to in each test. */
  snapshots(): RemoteControls['snapshots'] {
    return this.#controls().snapshots;
  }

  /** Makes what a seed says. Recordings that it names, by their paths from here, are sent along. */
  seed(seed: Seed, where?: Omit<SeedOptions, 'folder'>): Promise<SeedResult> {
    return this.#controls().seed(seed, where);
  }

  /** As it was started, or what is of an account, a region or both is forgotten. */
  reset(which?: ResetOptions): Promise<ResetResult> {
    return this.#controls().reset(which);
  }

  #address(): string {
    const host = this.getHost();
    return `${host.includes(':') ? `[${host}]` : host}:${this.getPort()}`;
  }

  /** Anew each time: a restart may give it another port. */
  #controls(): RemoteControls {
    const { region, adminToken } = this.#known;
    const options: AdminOptions = { endpoint: this.getEndpoint(), region, adminToken };
    return remoteControls(options);
  }
}
