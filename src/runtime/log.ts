/** What happened, for the person who runs the emulator. Warnings always say what to do. */
export interface Log {
  debug(message: string, facts?: Facts): void;
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
  /** Whether anybody would see it: what costs something to say need not be worked out otherwise. */
  shows(level: Exclude<LogLevel, 'silent'>): boolean;
}

/** One whose level can be changed: from then on it shows less, or more. */
export interface LevelLog extends Log {
  level: LogLevel;
}

/** Those that are undefined are left out. */
export type Facts = Readonly<Record<string, unknown>>;
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['pretty', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Gets each line, without its end. */
  readonly write: (line: string, level: LogLevel) => void;
}

/**
 * Lines carry the machine's time and not the emulator's, so that they can be laid beside other logs. Names and texts come
 * from strangers: whatever could move a terminal's cursor or begin a line of its own is escaped here, once for all.
 */
export function createLog({ level: first, format, write }: LogOptions): LevelLog {
  const render = format === 'json' ? renderJson : renderPretty;
  let lowest = LOG_LEVELS.indexOf(first);
  const at = (level: LogLevel) => {
    const rank = LOG_LEVELS.indexOf(level);
    return (message: string, facts: Facts = {}): void => {
      if (rank >= lowest) write(render(level, message, facts), level);
    };
  };
  return {
    ...{ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    shows: (level) => LOG_LEVELS.indexOf(level) >= lowest,
    get level() {
      return LOG_LEVELS[lowest] as LogLevel;
    },
    set level(level: LogLevel) {
      lowest = LOG_LEVELS.indexOf(level);
    },
  };
}

/** The same log, with these facts in front of each line's own. */
export function withFacts(log: Log, facts: Facts): Log {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, more?: Facts) =>
    log[level](message, { ...facts, ...more });
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    shows: (level) => log.shows(level),
  };
}

/** The same log; of each line that it shows somebody else hears as well. */
export function overheard(log: Log, hear: (level: string, text: () => string) => void): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, facts: Facts = {}): void => {
      if (!log.shows(level)) return;
      log[level](message, facts);
      hear(level, () => shownLine(message, facts));
    };
  const { shows } = log;
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), shows };
}

// A busy emulator writes many lines in a millisecond, and every request has one: what follows is made to be fast.

const cached = { at: Number.NaN, iso: '', time: '' };
function now(): typeof cached {
  const at = Date.now();
  if (at !== cached.at) {
    cached.at = at;
    cached.iso = new Date(at).toISOString();
    cached.time = cached.iso.slice(11, 23);
  }
  return cached;
}

function renderJson(level: LogLevel, message: string, facts: Facts): string {
  let line = `{"time":"${now().iso}","level":"${level}","message":${JSON.stringify(message)}`;
  for (const name in facts) {
    const fact = facts[name];
    if (fact !== undefined) line += `,"${name}":${inJson(fact)}`;
  }
  return printable(`${line}}`);
}

function inJson(fact: unknown): string {
  if (typeof fact === 'number' && Number.isFinite(fact)) return String(fact);
  if (typeof fact === 'string' && PLAIN.test(fact)) return `"${fact}"`;
  // Errors have no members of their own that JSON would show; their stack is what one wants to see in a log.
  return JSON.stringify(fact instanceof Error ? stackOf(fact) : fact) ?? 'null';
}

const LABELS = { debug: 'DEBUG', info: 'INFO ', warn: 'WARN ', error: 'ERROR', silent: '' } as const;

function renderPretty(level: LogLevel, message: string, facts: Facts): string {
  return `${now().time} ${LABELS[level]} ${shownLine(message, facts)}`;
}

function shownLine(message: string, facts: Facts): string {
  let line = printable(message);
  for (const name in facts) {
    const fact = facts[name];
    if (fact !== undefined) line += ` ${name}=${shown(fact)}`;
  }
  return line;
}

const PLAIN = /^[\w.:/@%+,*-]+$/;

function shown(fact: unknown): string {
  if (typeof fact === 'number') return String(fact);
  if (fact instanceof Error) return shownError(fact);
  if (typeof fact === 'string' && PLAIN.test(fact)) return fact;
  return printable(JSON.stringify(fact) ?? String(fact));
}

const stackOf = (error: Error): string => error.stack ?? String(error);

/** The places of the stack have lines of their own; what the error says may have come from anywhere and has not. */
function shownError(error: Error): string {
  const stack = stackOf(error);
  const said = stack.indexOf(error.message) + error.message.length;
  const places = stack.indexOf('\n    at ', said);
  if (places < 0) return printable(stack);
  return [stack.slice(0, places), ...stack.slice(places + 1).split('\n')].map(printable).join('\n');
}

/** Control characters of both sets, and those that end lines or turn their direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Escaped as in JSON, of which the text may be a part. */
function printable(text: string): string {
  if (!UNPRINTABLE.test(text)) return text;
  return text.replace(
    new RegExp(UNPRINTABLE, 'g'),
    (character) => SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export const silentLog: LevelLog = createLog({ level: 'silent', format: 'json', write: () => undefined });
