export type { Account } from './account.ts';
export type { Remote, RemoteControls } from './remote.ts';
export { KinesisVideoContainer } from './testcontainers/container.ts';
export { type KinesisVideoCredentials, StartedKinesisVideoContainer } from './testcontainers/started.ts';
