import type { Given } from '../protocol/ownShapes.ts';
import { boolean, string } from '../protocol/shapes.ts';
import type { ControlTable } from './controlInput.ts';

const HINT = 'Say journal=true to have the journal in it, secrets=false to have no keys and secrets in it.';
const what = {
  journal: { ...boolean(), means: 'with the journal and who has used keys; without by default' },
  secrets: { ...boolean(), means: 'with master keys and secrets of credentials, which it has by default' },
};
const name = string({
  pattern: '[A-Za-z0-9_.-]{1,64}',
  max: 64,
  means: 'what it is called',
  refusal: () => 'A name has up to 64 characters of A-Z, a-z, 0-9, "_", "." and "-".',
});

/** All of the state. */
export const snapshotOptions = { subject: 'A snapshot', hint: HINT, members: what } as const satisfies ControlTable;
export type SnapshotOptions = Given<typeof snapshotOptions.members>;

export const snapshotTaken = {
  subject: 'A snapshot',
  hint: HINT,
  members: { name: { ...name, required: true }, ...what },
} as const satisfies ControlTable;

export const snapshotNamed = {
  subject: 'A snapshot',
  hint: 'Name it: GET /_kvs/snapshots lists those that there are.',
  members: { name: { ...name, required: true } },
} as const satisfies ControlTable;
export type SnapshotNamed = Given<typeof snapshotNamed.members>;
