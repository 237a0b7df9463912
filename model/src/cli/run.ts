import packageJson from '../../package.json' with { type: 'json' };
import type { Command } from '../command.ts';
import { nearest } from '../config/nearest.ts';
import { BenchlineError, describeError } from '../error.ts';
import { manual, overview } from './help.ts';
import { interrupted } from './interrupted.ts';
import { importCommands } from './packages.ts';
import { parseCommandLine } from './parse.ts';
import { table } from './table.ts';

/** Runs `benchline ARGS`; resolves with the exit status: 0 done, 1 failed, 2 not understood. */
export async function run(args: readonly string[]): Promise<number> {
  endQuietlyWithoutReader();
  const [name, ...rest] = args;
  if (name === '--version') return print(`${packageJson.version}\n`);
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    print(overview());
    return name === undefined ? 2 : 0;
  }
  try {
    const command = await load(name);
    if (rest.includes('--help') || rest.includes('-h')) return print(manual(name, command));
    return await command.run({ ...parseCommandLine(name, command, rest), signal: interrupted() });
  } catch (error) {
    process.stderr.write(`benchline ${name}:${onOwnLines(describeError(error))}\n`);
    return error instanceof BenchlineError && error.code === 'usage' ? 2 : 1;
  }
}

async function load(name: string): Promise<Command> {
  const row = Object.hasOwn(table, name) ? table[name] : undefined;
  const command = row && (await importCommands(row.package)).commands[name];
  if (command) return command;
  const near = nearest(name, Object.keys(table));
  throw new BenchlineError('usage', `there is no command '${name}'`, {
    hint: near ? `did you mean ${near}? benchline --help lists all` : 'benchline --help lists them',
  });
}

/** A list of problems begins on its own line, so that an editor can jump to `file:line:column` in each. */
function onOwnLines(text: string): string {
  return /\n(?! {2}→)/.test(text) ? `\n${text}` : ` ${text}`;
}

function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

/** `benchline … | head` closes our stdout: nobody reads on, which is no error. */
function endQuietlyWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}
