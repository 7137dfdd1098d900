import type { Readable, Writable } from 'node:stream';

/** An option of a command: what parseArgs of node:util wants, and what `--help` prints. */
export interface CommandOption {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  readonly short?: string;
  readonly default?: string | boolean;
  readonly description: string;
  /** What stands for the value in help: `FILE`, `ISO`. Left out for switches. */
  readonly placeholder?: string;
  /** The values there are, for completion. */
  readonly values?: readonly string[];
}

/** What stands at a place of the line: one of some words, the name of a stream, or a file. */
export type CommandWord = readonly string[] | 'stream' | 'file' | 'anything';

export type CommandOptions = { readonly [name: string]: CommandOption };

/** A terminal has `isTTY` and `columns`; a pipe has neither. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface CommandArgs {
  /** By option name; what `type`, `multiple` and `default` of each option promise, undefined where not given. */
  readonly values: { readonly [name: string]: string | boolean | (string | boolean)[] | undefined };
  readonly positionals: readonly string[];
}

/** The world as a command may see it. main.ts fills it in; tests hand in their own. */
export interface CommandIO {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Base address of the emulator to talk to, without a trailing slash. */
  readonly endpoint: string;
  readonly region: string;
  /** Of the emulator's own API, if it asks for one. */
  readonly adminToken?: string | undefined;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Aborted by the first SIGINT or SIGTERM. A command that returns soon after decides the exit code itself. */
  readonly signal: AbortSignal;
  /** How the program was called, for lines that are to be typed: `kvs-emulator`, `node dist/main.js`. */
  readonly program?: string;
}

/** 0 done, 1 failed, 2 used wrongly. */
export type ExitCode = 0 | 1 | 2;

/**
 * One command of the command line. main.ts parses `options` (and `--help`, `--endpoint`, `--region`, which every
 * command that talks to a running emulator has), runs it and exits with what `run` resolves to.
 */
export interface Command {
  readonly name: string;
  /** One line, without the program's name: `put STREAM FILE.mkv [--realtime]`. */
  readonly usage: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  /** Does not talk to a running emulator: has no `--endpoint` and `--region`. */
  readonly standalone?: true;
  /** Others depend on it: it goes on though nobody reads what it writes. */
  readonly serves?: true;
  readonly options: CommandOptions;
  /** What its arguments are, for completion; the last one as often as one likes with `repeats`. */
  readonly words?: readonly CommandWord[];
  readonly repeats?: true;
  /** Why there is no `--json`. */
  readonly noJson?: string;
  /** Lines as one would type them, without the program's name, and what each is for. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  run(args: CommandArgs, io: CommandIO): Promise<ExitCode>;
}

/** Thrown by `run` for arguments that make no sense: main prints the message and the usage line, and exits with 2. */
export class UsageError extends Error {}

/** Thrown by `run` for a failure that needs no stack: main prints the message alone and exits with 1. */
export class CommandError extends Error {}
