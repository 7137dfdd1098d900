import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { formatBytes, formatClock, formatSpan, formatTable } from '../../src/commands/format.ts';
import { Speed, StatusLine, type UploadState, uploadLine } from '../../src/commands/progress.ts';

const state = (more: Partial<UploadState> = {}): UploadState => ({
  bytes: 12_300_000,
  total: 29_500_000,
  fragments: 6,
  stage: 'persisted',
  elapsedMs: 2000,
  speed: 8_100_000,
  ...more,
});

describe('the progress bar', () => {
  test('shows share, bytes, speed, fragments and the time left', () => {
    expect(uploadLine(state(), 110)).toBe(
      '[============>                 ]  41%  12.3 MB of 29.5 MB  8.10 MB/s  6 fragments persisted  eta 0:02',
    );
  });

  test.each([30, 60, 79, 100, 200])('never takes more than the %d columns there are', (columns) => {
    for (let bytes = 0; bytes <= 1000; bytes += 50)
      expect(uploadLine(state({ bytes, total: 1000 }), columns).length).toBeLessThanOrEqual(columns);
  });

  test('is full at the end, and says that the service is still at work', () => {
    expect(uploadLine(state({ bytes: 29_500_000 }), 110)).toMatch(/^\[={30}] 100% .* finishing$/);
  });

  test('shows no share of what nobody knows the size of', () => {
    expect(uploadLine(state({ total: undefined }), 79)).toBe('12.3 MB  8.10 MB/s  6 fragments persisted  0:02');
  });

  test('knows no time left while nothing moves', () => {
    expect(uploadLine(state({ speed: 0 }), 110)).toMatch(/ 0 B\/s .* waiting$/);
  });
});

describe('the status line', () => {
  const terminal = (isTTY: boolean, columns = 40) => Object.assign(new PassThrough(), { isTTY, columns });

  test('is written over, at most ten times a second, and taken away', () => {
    const out = terminal(true);
    let now = 0;
    const line = new StatusLine(out, () => now);
    for (; now <= 250; now += 10) line.show(() => `at ${now}`);
    line.clear();
    line.clear();
    expect(String(out.read())).toBe('\rat 0\x1b[K\rat 100\x1b[K\rat 200\x1b[K\r\x1b[K');
  });

  test('leaves the last column free', () => {
    const out = terminal(true, 24);
    new StatusLine(out, () => 0).show((columns) => 'x'.repeat(columns + 10));
    expect(String(out.read())).toBe(`\r${'x'.repeat(23)}\x1b[K`);
  });

  test('is nothing where there is no terminal', () => {
    const out = terminal(false);
    const line = new StatusLine(out, () => 0);
    line.show(() => 'text');
    line.clear();
    expect(out.read()).toBeNull();
  });
});

test('speed is that of the last three seconds', () => {
  const speed = new Speed();
  expect(speed.at(0, 0)).toBe(0);
  expect(speed.at(1000, 500)).toBe(500);
  for (let now = 2000; now <= 10_000; now += 1000) speed.at(now, 500);
  expect(speed.at(11_000, 500)).toBe(0);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [12_345, '12.3 kB'],
  [999_600, '1.00 MB'],
  [1_072_650, '1.07 MB'],
  [5e9, '5.00 GB'],
  [9e15, '9000 TB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [0, '0:00'],
  [7_400, '0:07'],
  [754_000, '12:34'],
  [3_723_000, '1:02:03'],
  [-5, '0:00'],
])('%d ms are %s', (ms, text) => expect(formatClock(ms)).toBe(text));

test.each([
  [850, '850 ms'],
  [12_340, '12.3 s'],
  [5_400_000, '90 min'],
  [90_000_000, '25 h'],
  [604_800_000, '7 d'],
  [-2000, '-2 s'],
])('a span of %d ms is %s', (ms, text) => expect(formatSpan(ms)).toBe(text));

test('columns are as wide as their widest cell', () => {
  expect(
    formatTable([
      ['A', 'LONG', 'Z'],
      ['abc', 'd', 'e'],
    ]),
  ).toBe('A    LONG  Z\nabc  d     e\n');
});
