// What an emulator has promised, and what it was asked for when it was killed: that may be either way.
import { createCipheriv, createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface Sent {
  /** Its timestamp. */
  readonly time: number;
  /** Of its frame; undefined if nobody knows any more. */
  readonly size: number | undefined;
  /** How late the emulator had said that it was when this was heard of: what had expired by then may have gone or not. */
  readonly at: number;
}

export interface KnownStream {
  readonly arn: string;
  readonly retentionMs: number;
  tag: string;
  /** The timestamp of the next fragment that is sent: none is given twice. */
  next: number;
  /** By number: those that have to be there. */
  readonly promised: Map<string, Sent>;
  /** By timestamp: those that were sent, and may be there; and how many bytes they have. */
  readonly sent: Map<number, number>;
}

/** A call that was not answered: how the stream may be, as its tag; undefined if it may not be there. */
export interface Doubt {
  readonly name: string;
  readonly may: readonly (string | undefined)[];
}

export interface Ledger {
  readonly seed: number;
  /** How many rounds are over. */
  round: number;
  /** One is under way: what it was promised is known to it alone. */
  under: boolean;
  /** The latest time that the emulator has said it had, and that it may have had at most: what has expired stays gone. */
  readonly clock: { least: number; most: number };
  doubt: Doubt | undefined;
  readonly streams: Map<string, KnownStream>;
}

export const newLedger = (seed: number): Ledger => ({
  seed,
  round: 0,
  under: false,
  clock: { least: 0, most: 0 },
  doubt: undefined,
  streams: new Map(),
});

export const newStream = (arn: string, retentionMs: number, tag: string): KnownStream => ({
  ...{ arn, retentionMs, tag, next: Date.now() },
  promised: new Map(),
  sent: new Map(),
});

/** The bytes of a frame: nobody has to keep them to know them. */
export function payloadOf(arn: string, time: number, size: number): Buffer {
  const key = createHash('sha256').update(`${arn} ${time}`).digest();
  return createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16)).update(Buffer.alloc(size));
}

interface Saved extends Omit<Ledger, 'streams' | 'doubt'> {
  readonly doubt: { readonly name: string; readonly may: readonly (string | null)[] } | null;
  readonly streams: readonly (readonly [
    string,
    Omit<KnownStream, 'promised' | 'sent'> & {
      readonly promised: [string, Sent][];
      readonly sent: [number, number][];
    },
  ])[];
}

export function saveLedger(path: string, { doubt, streams, ...rest }: Ledger): void {
  const saved: Saved = {
    ...rest,
    doubt: doubt === undefined ? null : { name: doubt.name, may: doubt.may.map((tag) => tag ?? null) },
    streams: [...streams].map(([name, { promised, sent, ...one }]) => [
      name,
      { ...one, promised: [...promised], sent: [...sent] },
    ]),
  };
  writeFileSync(`${path}.new`, JSON.stringify(saved));
  renameSync(`${path}.new`, path);
}

/** Undefined if there is none. */
export function loadLedger(path: string): Ledger | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const { doubt, streams, ...rest } = JSON.parse(text) as Saved;
  return {
    ...rest,
    doubt: doubt === null ? undefined : { name: doubt.name, may: doubt.may.map((tag) => tag ?? undefined) },
    streams: new Map(
      streams.map(([name, { promised, sent, ...one }]) => [
        name,
        { ...one, promised: new Map(promised), sent: new Map(sent) },
      ]),
    ),
  };
}
