// What an emulator has after it was killed, against what it had promised.
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { tagPairs, walk } from '../../support/walk.ts';
import { call, type Listed, listFragments, mediaOf } from '../service.ts';
import { type KnownStream, type Ledger, newStream, payloadOf, type Sent } from './ledger.ts';
import { timeOf } from './lives.ts';

export interface Findings {
  streams: number;
  fragments: number;
  /** Of them those that nobody had been promised. */
  more: number;
  /** Those that have gone, as they should. */
  expired: number;
  /** Of which the bytes were compared. */
  read: number;
}

const HOUR_MS = 3_600_000;
/** So many newest fragments of a stream are read when not all are. */
const NEWEST = 60;
const AT_ONCE = 100;

interface Described {
  readonly StreamName: string;
  readonly StreamARN: string;
}

async function streamsOf(url: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    const page: { StreamInfoList: Described[]; NextToken?: string | null } = await call(url, 'listStreams', {
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    for (const { StreamName, StreamARN } of page.StreamInfoList) found.set(StreamName, StreamARN);
    NextToken = page.NextToken ?? undefined;
  } while (NextToken !== undefined);
  return found;
}

async function tagOf(url: string, arn: string): Promise<string | undefined> {
  return (await call<{ Tags: { n?: string } }>(url, 'listTagsForStream', { StreamARN: arn })).Tags.n;
}

/** Streams are those that were promised; of the one in doubt it is known now how it is. */
async function checkStreams(url: string, { streams, doubt }: Ledger): Promise<void> {
  const found = await streamsOf(url);
  if (doubt !== undefined) {
    const arn = found.get(doubt.name);
    const tag = arn && (await tagOf(url, arn));
    assert.ok(doubt.may.includes(tag), `${doubt.name} is ${tag}, and may be ${doubt.may.join(' or ')}`);
    const known = streams.get(doubt.name);
    if (arn === undefined || tag === undefined) streams.delete(doubt.name);
    else if (known?.arn === arn) known.tag = tag;
    else streams.set(doubt.name, newStream(arn, 24 * HOUR_MS, tag));
  }
  const said = [...streams].map(([name, { arn }]) => `${name} ${arn}`);
  const there = [...found].map(([name, arn]) => `${name} ${arn}`);
  assert.deepEqual(there.sort(), said.sort());
  for (const [name, { arn, tag }] of streams) {
    if (name.startsWith('made-')) assert.equal(`${name} ${await tagOf(url, arn)}`, `${name} ${tag}`);
  }
}

/** Every fragment that was promised is there once, whole, and so is whatever else is; what has expired is not. */
async function checkMedia(
  { url, ledger: { clock }, all }: { readonly url: string; readonly ledger: Ledger; readonly all: boolean },
  [name, stream]: readonly [string, KnownStream],
  findings: Findings,
): Promise<void> {
  const { promised, sent, retentionMs } = stream;
  const least = Math.max(clock.least, await timeOf(url));
  const listed = await listFragments(url, name);
  const most = Math.max(clock.most, await timeOf(url));
  const there = new Map(listed.map((one) => [one.FragmentNumber, one]));
  assert.equal(there.size, listed.length, `${name}: a number is listed twice`);
  const times = new Set(listed.map(({ ProducerTimestamp }) => ProducerTimestamp));
  assert.equal(times.size, listed.length, `${name}: a fragment is there twice`);
  for (const [number, { time, at }] of promised) {
    const expiry = serverTimeIn(number) + retentionMs;
    const is = there.has(number);
    const what = `${name}: ${number} of ${time}, expiry ${new Date(expiry).toISOString()}`;
    if (expiry > most) assert.ok(is, `${what}, is not there`);
    if (expiry <= least && at < expiry)
      assert.ok(!is, `${what}, is there though it was ${new Date(least).toISOString()}`);
    if (is) continue;
    promised.delete(number);
    findings.expired += 1;
  }
  for (const { FragmentNumber: number, ProducerTimestamp } of listed) {
    const time = Math.round(ProducerTimestamp * 1000);
    const size = sent.get(time);
    if (promised.has(number)) continue;
    assert.ok(size !== undefined, `${name}: ${number} of ${time} was not sent, or had gone`);
    findings.more += 1;
    // Nobody may lose it again.
    promised.set(number, { time, size, at: least });
  }
  sent.clear();
  findings.fragments += listed.length;
  const looked = all ? listed : listed.slice(-NEWEST);
  for (let at = 0; at < looked.length; ) {
    const some = looked.slice(at, at + countOf(looked.slice(at)));
    await checkBytes(url, name, stream, some);
    at += some.length;
    findings.read += some.length;
  }
}

/** As many as one wants to have in memory. */
function countOf(listed: readonly Listed[]): number {
  let [count, bytes] = [0, 0];
  while (count < Math.min(AT_ONCE, listed.length) && bytes < 32_000_000) bytes += sizeOf(listed[count++]);
  return count;
}
const sizeOf = (listed: Listed | undefined): number => listed?.FragmentSizeInBytes ?? 0;

async function checkBytes(url: string, name: string, stream: KnownStream, listed: readonly Listed[]): Promise<void> {
  const numbers = listed.map(({ FragmentNumber }) => FragmentNumber);
  const media = await mediaOf(url, name, numbers);
  assert.ok(media !== undefined, `${name}: an answer with ${numbers.length} fragments breaks off`);
  const documents = walk(media);
  assert.equal(documents.length, numbers.length, `${name}: so many of ${numbers.join(' ')} came`);
  for (const [index, { segment, clusters }] of documents.entries()) {
    const tags = new Map(segment.children.filter((child) => child.name === 'Tags').flatMap((one) => tagPairs(one)));
    const number = String(numbers[index]);
    assert.equal(tags.get('AWS_KINESISVIDEO_FRAGMENT_NUMBER'), number, `${name}: ${[...tags].join(' ')}`);
    const { time, size } = stream.promised.get(number) as Sent;
    const frames = clusters.flatMap((cluster) => cluster.frames);
    assert.equal(frames.length, 1, `${name}: ${number} has ${frames.length} frames`);
    const payload = payloadOf(stream.arn, time, size ?? frames[0]?.data.length ?? 0);
    assert.ok(payload.equals(frames[0]?.data as Uint8Array), `${name}: ${number} of ${time} is not what was sent`);
  }
}

/** The server timestamp inside a fragment number. */
const serverTimeIn = (number: string): number => Number((BigInt(number) >> 28n) & 0xffff_ffff_ffff_ffffn);

/** @param all reads all bytes, and not the newest alone */
export async function check(url: string, ledger: Ledger, all: boolean): Promise<Findings> {
  await checkStreams(url, ledger);
  ledger.doubt = undefined;
  const findings: Findings = { streams: ledger.streams.size, fragments: 0, more: 0, expired: 0, read: 0 };
  for (const one of ledger.streams) await checkMedia({ url, ledger, all }, one, findings);
  return findings;
}

/** Takes what there is for what was promised: who was promised more is no more. */
export async function adopt(url: string, ledger: Ledger): Promise<void> {
  ledger.doubt = undefined;
  ledger.streams.clear();
  for (const [name, arn] of await streamsOf(url)) {
    const { StreamInfo } = await call<{ StreamInfo: { DataRetentionInHours: number } }>(url, 'describeStream', {
      StreamARN: arn,
    });
    const stream = newStream(arn, StreamInfo.DataRetentionInHours * HOUR_MS, (await tagOf(url, arn)) ?? '');
    ledger.streams.set(name, stream);
    for (const { FragmentNumber, ProducerTimestamp } of await listFragments(url, name)) {
      const time = Math.round(ProducerTimestamp * 1000);
      stream.promised.set(FragmentNumber, { time, size: undefined, at: Number.MAX_SAFE_INTEGER });
      stream.next = Math.max(stream.next, time + 1);
    }
  }
}

/** The segments of a data folder, and their bytes. */
export function segmentsIn(folder: string): { readonly count: number; readonly bytes: number } {
  const files = readdirSync(join(folder, 'media'), { recursive: true }).map(String);
  const sizes = files.filter((name) => name.endsWith('.seg')).map((name) => sizeNow(join(folder, 'media', name)));
  return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

const sizeNow = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
