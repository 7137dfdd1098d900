import { nullable } from '../protocol/ownShapes.ts';
import { oneOf, string } from '../protocol/shapes.ts';
import type { LogLevel } from '../runtime/log.ts';
import { type ControlTable, readControl } from './controlInput.ts';

/** Options that may be others while the emulator runs. */
export interface LiveSettings {
  readonly publicUrl: string | undefined;
  readonly logLevel: LogLevel;
  readonly eventsWebhook: string | undefined;
  readonly sns: string | undefined;
  readonly s3: string | undefined;
  readonly imagesDir: string | undefined;
}

/** The same as it is told: null where there is none. */
export type Config = { readonly [Name in keyof LiveSettings]: Exclude<LiveSettings[Name], undefined> | null };
export type ConfigChange = { readonly [Name in keyof LiveSettings]?: string | null | undefined };

export const logLevel = oneOf('debug', 'info', 'warn', 'error', 'silent');
const place = (means: string) => ({ ...nullable(string({ min: 1, max: 2048 })), means });

/** What can be changed; null is none. */
export const configChange = {
  subject: 'The configuration',
  hint: 'Give any of {"logLevel": "debug"}, {"publicUrl": "https://kvs.example.test:4580"}, {"sns": "http://127.0.0.1:5000"}.',
  members: {
    publicUrl: place('the address by which clients reach the emulator; null: that of each request'),
    logLevel: { ...logLevel, means: 'what the log shows' },
    eventsWebhook: place('where notifications go by HTTP POST'),
    sns: place('an endpoint of SNS'),
    s3: place('an endpoint of S3'),
    imagesDir: place('a folder for generated images'),
  },
} as const satisfies ControlTable;

export interface EmulatorConfig {
  /** What it is now. */
  get(): Config;
  /**
   * Changes what is given; null takes one back to what it is by default. Addresses that have been handed out stay as they
   * are, and certificates have the names they had (`--tls-names`). A reset brings back what the start said.
   * @throws for a value that makes no sense; nothing is changed then
   */
  set(change: ConfigChange): Config;
}

export interface ConfigParts {
  readonly now: LiveSettings;
  change(given: ConfigChange): void;
}

export function configControl(live: ConfigParts): EmulatorConfig {
  const get = (): Config => {
    const { publicUrl = null, logLevel, eventsWebhook = null, sns = null, s3 = null, imagesDir = null } = live.now;
    return { publicUrl, logLevel, eventsWebhook, sns, s3, imagesDir };
  };
  return {
    get,
    set(change) {
      live.change(readControl(configChange, change));
      return get();
    },
  };
}
