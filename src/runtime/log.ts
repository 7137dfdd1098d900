/** What happened, for the person who runs the emulator. Warnings always say what to do. */
export interface Log {
  debug(message: string, facts?: Facts): void;
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
}

export type Facts = Readonly<Record<string, unknown>>;
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['pretty', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export function createLog(options: { level: LogLevel; format: LogFormat; write: (line: string) => void }): Log {
  const lowest = LOG_LEVELS.indexOf(options.level);
  const render = options.format === 'json' ? renderJson : renderPretty;
  const at = (level: LogLevel) => (message: string, facts?: Facts) => {
    if (LOG_LEVELS.indexOf(level) >= lowest) options.write(render(level, message, facts));
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Errors have no enumerable members of their own; their stack is what one wants to see in a log. */
const plain = (value: unknown): unknown => (value instanceof Error ? (value.stack ?? String(value)) : value);

function renderJson(level: LogLevel, message: string, facts: Facts = {}): string {
  const entries = Object.entries(facts).map(([key, value]) => [key, plain(value)]);
  return JSON.stringify({ time: new Date().toISOString(), level, message, ...Object.fromEntries(entries) });
}

function renderPretty(level: LogLevel, message: string, facts: Facts = {}): string {
  const shown = Object.entries(facts).map(([key, value]) => {
    const text = plain(value);
    return ` ${key}=${typeof text === 'string' ? text : JSON.stringify(text)}`;
  });
  return `${new Date().toISOString().slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${message}${shown.join('')}`;
}

export const silentLog: Log = createLog({ level: 'silent', format: 'json', write: () => undefined });
