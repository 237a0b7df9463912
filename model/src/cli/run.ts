import { parseArgs } from 'node:util';
import type { Command, Commands } from '../command.ts';
import { BenchlineError, describeError } from '../error.ts';
import { table } from './table.ts';

/** Runs `benchline ARGS`; resolves with the exit status: 0 done, 1 failed, 2 not understood. */
export async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  try {
    const command = await load(name);
    if (rest.includes('--help') || rest.includes('-h')) {
      process.stdout.write(manual(name, command));
      return 0;
    }
    return await command.run({ ...parse(name, command, rest), signal: interrupted() });
  } catch (error) {
    process.stderr.write(`benchline ${name}: ${describeError(error)}\n`);
    return error instanceof BenchlineError && error.code === 'usage' ? 2 : 1;
  }
}

async function load(name: string): Promise<Command> {
  const row = table[name];
  const module = row && ((await import(`${row.package}/commands`)) as { commands: Commands });
  const command = module?.commands[name];
  if (command) return command;
  throw new BenchlineError('usage', `there is no command '${name}'`, { hint: 'benchline --help lists them' });
}

function parse(name: string, command: Command, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: command.options,
      allowPositionals: (command.positionals ?? []).length > 0,
      strict: true,
    });
  } catch (cause) {
    throw new BenchlineError('usage', describeError(cause), {
      hint: `benchline ${name} --help shows its options`,
      cause,
    });
  }
}

/** Aborts on the first SIGINT or SIGTERM; a second one ends the process at once, as a person expects. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(name);
    });
  return controller.signal;
}

function overview(): string {
  const width = Math.max(...Object.keys(table).map((n) => n.length));
  const rows = Object.entries(table).map(([n, row]) => `  ${n.padEnd(width)}  ${row.summary}`);
  return [
    'Benchline: from machines to figures that an outsider can check.',
    '',
    'Usage: benchline COMMAND [OPTIONS]',
    '',
    'Commands:',
    ...rows,
    '',
    'benchline COMMAND --help shows the options of a command.',
    '',
  ].join('\n');
}

function manual(name: string, command: Command): string {
  const options = Object.entries(command.options).map(([option, spec]) => {
    const flag = spec.type === 'string' ? `--${option} ${spec.value ?? 'VALUE'}` : `--${option}`;
    const fallback = typeof spec.default === 'string' ? ` (default ${spec.default})` : '';
    return [flag, `${spec.help}${fallback}`] as const;
  });
  const width = Math.max(0, ...options.map(([flag]) => flag.length));
  return [
    `benchline ${name}: ${command.summary}`,
    '',
    `Usage: benchline ${name} ${command.usage}`.trimEnd(),
    ...(options.length
      ? ['', 'Options:', ...options.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`)]
      : []),
    '',
  ].join('\n');
}
