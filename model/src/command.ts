import type { ParseArgsOptionsConfig } from 'node:util';

/** An option as parseArgs takes it, with its help and the name of its value (`FILE`). */
type Option = ParseArgsOptionsConfig[string] & { help: string; value?: string; required?: boolean };

/** One subcommand of `benchline`. */
export interface Command {
  /** One line for `benchline --help`. */
  summary: string;
  /** What follows the name: `plant.yaml` or `--config FILE`. */
  usage: string;
  /** Options for `node:util` parseArgs, each with the text that `--help` shows. */
  options: Readonly<Record<string, Option>>;
  /** Names of positional arguments; `[NAME]` may be left out, a last one that ends in `…` takes one or more. */
  positionals?: readonly string[];
  /**
   * Runs until done or until `signal` aborts; resolves with the exit status. Output for a person or a pipe goes
   * to stdout, log lines to stderr.
   */
  run(input: CommandInput): Promise<number>;
}

export interface CommandInput {
  values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  positionals: readonly string[];
  /** Aborted by SIGINT and SIGTERM. */
  signal: AbortSignal;
}

/** The subcommands of one package, by name. */
export type Commands = Readonly<Record<string, Command>>;
