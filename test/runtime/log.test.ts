import { describe, expect, it } from 'vitest';
import { createLog, type Facts, type LogFormat, type LogLevel, withFacts } from '../../src/runtime/log.ts';

function logged(format: LogFormat, level: LogLevel = 'debug') {
  const lines: [line: string, level: LogLevel][] = [];
  const log = createLog({ level, format, write: (line, at) => lines.push([line, at]) });
  return { log, lines, text: () => lines.map(([line]) => line).join('\n') };
}
/** Without the time. */
function pretty(message: string, facts?: Facts): string {
  const { log, text } = logged('pretty');
  log.info(message, facts);
  expect(text()).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}/);
  return text().slice('12:00:00.000 INFO  '.length);
}
function json(message: string, facts?: Facts): Record<string, unknown> {
  const { log, text } = logged('json');
  log.info(message, facts);
  const { time, ...rest } = JSON.parse(text());
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  return rest;
}

describe('a line of the log', () => {
  it('has its facts behind the message, and none that is undefined', () => {
    const facts = { stream: 'door', status: 200, account: undefined, list: [1, 'a'], none: null, ok: true };
    expect(pretty('DescribeStream', facts)).toBe(
      'DescribeStream stream=door status=200 list=[1,"a"] none=null ok=true',
    );
    expect(json('DescribeStream', facts)).toEqual({
      level: 'info',
      message: 'DescribeStream',
      ...{ stream: 'door', status: 200, list: [1, 'a'], none: null, ok: true },
    });
  });

  it('quotes what could be taken for more than one fact', () => {
    expect(pretty('x', { stream: 'door status=200', why: '', say: 'a "b" \\n' })).toBe(
      'x stream="door status=200" why="" say="a \\"b\\" \\\\n"',
    );
  });

  it('is cut by its level', () => {
    const { log, lines } = logged('pretty', 'warn');
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]('x');
    expect(lines.map(([, level]) => level)).toEqual(['warn', 'error']);
    expect([log.shows('info'), log.shows('warn'), log.shows('error')]).toEqual([false, true, true]);
    const silent = logged('pretty', 'silent');
    silent.log.error('x');
    expect([silent.lines, silent.log.shows('error')]).toEqual([[], false]);
  });

  it('has the facts that its log was given in front of its own', () => {
    const { log, lines } = logged('json', 'info');
    const mine = withFacts(log, { requestId: '1' });
    mine.warn('x', { a: 1 });
    mine.debug('x');
    expect(lines.map(([line]) => JSON.parse(line))).toMatchObject([{ level: 'warn', requestId: '1', a: 1 }]);
    expect([mine.shows('debug'), mine.shows('info')]).toEqual([false, true]);
  });
});

describe('what a stranger wrote', () => {
  const evil = [
    ...[
      'a\nb',
      'a\r\nb',
      'a\tb',
      'a\u0000b',
      'a\u001b[2Jb',
      'a\u001b]0;title\u0007b',
      'a\u007fb',
      'a\u009b31mb',
      'a\u0085b',
    ],
    ...['a\u2028b', 'a\u2029b', 'a\u202eb', 'a\u2066b', 'a\u200fb', 'a\u061cb', '\ufeffa'],
  ];

  it.each(evil)('stays in its line and leaves the terminal alone: %j', (text) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    const control = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
    const error = new Error(text);
    error.stack = `Error: ${text}`;
    for (const facts of [{ stream: text }, { list: [text] }, { error }]) {
      for (const format of ['pretty', 'json'] as const) {
        const { log, text: line } = logged(format);
        log.warn(`Asked for ${text}`, facts);
        expect(line()).not.toMatch(control);
        if (format === 'json') expect(JSON.parse(line()).message).toBe(`Asked for ${text}`);
      }
    }
    expect(json('x', { stream: text }).stream).toBe(text);
  });

  it('is legible for whoever writes another script', () => {
    expect(pretty('x', { stream: 'Tür' })).toBe('x stream="Tür"');
    expect(pretty('Kamera Tür 門')).toBe('Kamera Tür 門');
  });

  it('does not look like a line of a stack', () => {
    const error = new TypeError('first\n    at evil (file:1:1)\nsecond');
    const lines = pretty('It failed.', { error }).split('\n');
    expect(lines[0]).toBe('It failed. error=TypeError: first\\n    at evil (file:1:1)\\nsecond');
    expect(lines.slice(1).every((line) => /^ {4}at \S/.test(line))).toBe(true);
    expect(lines.length).toBeGreaterThan(2);
  });
});
