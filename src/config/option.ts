/** One option: its flag, its variable, what it means, and how its text is read. */
export interface OptionRow<Value> {
  /** What stands for the value in help; empty for a switch. */
  readonly placeholder: string;
  readonly description: string;
  /** The default as people read it. */
  readonly defaultText: string;
  readonly fallback: Value | (() => Value);
  /** Undefined when the text makes no sense; `wants` then says what would. */
  readonly parse: (text: string) => Value | undefined;
  readonly wants: string;
  /** All the values there are, if they are words. */
  readonly values?: readonly string[];
}

/** A row, with how a caller of the library may give its value besides as text. */
export type Option<Value, Given> = OptionRow<Value> & { readonly given?: Given };

/** A value that makes no sense. The message names the option, the value, and what would do. */
export class OptionError extends Error {}
