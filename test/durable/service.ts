// An emulator on a data folder, asked as its clients ask it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that goes with the test. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function post(url: string, path: string, body: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/${path}`, { method: 'POST', body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

export async function call<T>(url: string, path: string, body: object): Promise<T> {
  const answer = await post(url, path, body);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as T;
}

export interface Listed {
  readonly FragmentNumber: string;
  readonly FragmentSizeInBytes: number;
  readonly ProducerTimestamp: number;
  readonly ServerTimestamp: number;
}

export async function listFragments(url: string, stream: string): Promise<Listed[]> {
  const found: Listed[] = [];
  const range = { StartTimestamp: 0, EndTimestamp: 250_000_000_000 };
  let wanted: object = {
    FragmentSelector: { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: range },
    MaxResults: 1000,
  };
  for (;;) {
    const page = await call<{ Fragments: Listed[]; NextToken?: string | null }>(url, 'listFragments', {
      StreamName: stream,
      ...wanted,
    });
    found.push(...page.Fragments);
    if (page.NextToken == null) return found.sort((a, b) => (a.FragmentNumber < b.FragmentNumber ? -1 : 1));
    wanted = { NextToken: page.NextToken, MaxResults: 1000 };
  }
}

/** Documents of fragments, one behind the other; undefined if the answer broke off. */
export async function mediaOf(url: string, stream: string, numbers: readonly string[]): Promise<Buffer | undefined> {
  const response = await fetch(`${url}/getMediaForFragmentList`, {
    method: 'POST',
    body: JSON.stringify({ StreamName: stream, Fragments: numbers }),
  });
  if (response.status !== 200) throw new Error(await response.text());
  try {
    return Buffer.from(await response.arrayBuffer());
  } catch {
    return undefined;
  }
}
