import { parseArgs } from 'node:util';
import type { Command, CommandInput } from '../command.ts';
import { nearest } from '../config/nearest.ts';
import { BenchlineError, describeError } from '../error.ts';

/**
 * Reads a command line against what a command declares.
 * @throws BenchlineError `usage`, with what to write instead.
 */
export function parseCommandLine(
  name: string,
  command: Command,
  args: readonly string[],
): Omit<CommandInput, 'signal'> {
  refuseUnknownOptions(name, command, args);
  const { values, positionals } = parse(name, command, args);
  for (const [option, spec] of Object.entries(command.options))
    if (spec.required && values[option] === undefined)
      throw usage(name, `--${option} is missing`, `add --${option} ${spec.value ?? 'VALUE'}: ${spec.help}`);
  checkPositionals(name, command, positionals);
  return { values, positionals };
}

function parse(name: string, command: Command, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: command.options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw usage(name, describeError(cause));
  }
}

/** Before parseArgs does: its message explains how to pass a positional that begins with a hyphen. */
function refuseUnknownOptions(name: string, command: Command, args: readonly string[]): void {
  const { tokens } = parseArgs({
    args: [...args],
    options: command.options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option' || token.name in command.options) continue;
    const near = nearest(token.name, Object.keys(command.options));
    throw usage(name, `there is no option ${token.rawName}`, near && `did you mean --${near}?`);
  }
}

/** Names in brackets may be left out; a last name that ends in `…` takes one or more. */
function checkPositionals(name: string, command: Command, given: readonly string[]): void {
  const names = command.positionals ?? [];
  const missing = names.filter((positional) => !positional.startsWith('['))[given.length];
  if (missing !== undefined)
    throw usage(name, `${missing.replace('…', '')} is missing`, `benchline ${name} ${command.usage}`);
  const surplus = given[names.length];
  if (surplus !== undefined && !names.at(-1)?.endsWith('…'))
    throw usage(
      name,
      `'${surplus}' is more than this command takes`,
      `benchline ${name} ${command.usage}`.trimEnd(),
    );
}

function usage(name: string, message: string, hint?: string): BenchlineError {
  return new BenchlineError('usage', message, { hint: hint ?? `benchline ${name} --help shows its options` });
}
