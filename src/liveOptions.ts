import { OptionError } from './config/option.ts';
import { type Options, readOptions } from './config/options.ts';
import { isEverywhere, type Where } from './domain/resources/scope.ts';
import type { LiveSettings } from './emulator/configControl.ts';
import { ControlError } from './emulator/controlError.ts';
import type { Part, Saves } from './emulator/part.ts';

const pick = ({ publicUrl, logLevel, eventsWebhook, sns, s3, imagesDir }: Options): LiveSettings => ({
  ...{ publicUrl, logLevel, eventsWebhook, sns, s3, imagesDir },
});

/** The options that may be others while the emulator runs. A reset brings back those of the start. */
export class LiveOptions implements Part, Saves {
  readonly #first: LiveSettings;
  #now: LiveSettings;
  readonly #watchers: ((now: LiveSettings) => void)[] = [];

  constructor(options: Options) {
    this.#first = pick(options);
    this.#now = this.#first;
  }

  get now(): LiveSettings {
    return this.#now;
  }

  /**
   * Changes those that are given, as texts; null takes one back to what it is by default.
   * @throws ControlError for one that makes no sense, and changes nothing then
   */
  change(given: { readonly [Name in keyof LiveSettings]?: string | null | undefined }): void {
    let next = this.#now;
    for (const [name, value] of Object.entries(given)) {
      if (value !== undefined) next = { ...next, [name]: read(name as keyof LiveSettings, value) };
    }
    this.#set(next);
  }

  onChange(run: (now: LiveSettings) => void): void {
    this.#watchers.push(run);
  }

  reset(which: Where): void {
    if (isEverywhere(which)) this.#set(this.#first);
  }

  /** Those that are not as at the start; null stands for what is not set. */
  save(): Readonly<Record<string, unknown>> {
    const changed = Object.entries(this.#now).filter(
      ([name, value]) => value !== this.#first[name as keyof LiveSettings],
    );
    return Object.fromEntries(changed.map(([name, value]) => [name, value ?? null]));
  }

  load(saved: ReturnType<LiveOptions['save']>): void {
    const changed = Object.entries(saved).filter(([name]) => Object.hasOwn(this.#first, name));
    this.#set({ ...this.#first, ...Object.fromEntries(changed.map(([name, value]) => [name, value ?? undefined])) });
  }

  #set(next: LiveSettings): void {
    if (next === this.#now) return;
    this.#now = next;
    for (const watch of this.#watchers) watch(next);
  }
}

function read(name: keyof LiveSettings, value: string | null): unknown {
  try {
    return readOptions(value === null ? {} : { [name]: value })[name];
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new ControlError(error.message, 'See `kvs-emulator start --help` for what it takes.', `/${name}`);
  }
}
