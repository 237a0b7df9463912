import type { Command } from '../command.ts';
import { table } from './table.ts';

/** What `benchline --help` prints. */
export function overview(): string {
  return [
    'Benchline: from machines to figures that an outsider can check.',
    '',
    'Usage: benchline COMMAND [OPTIONS]',
    '',
    'Commands:',
    ...columns(Object.entries(table).map(([name, row]) => [name, row.summary])),
    '',
    'benchline COMMAND --help shows the options of a command; benchline --version its version.',
    '',
  ].join('\n');
}

/** What `benchline COMMAND --help` prints. */
export function manual(name: string, command: Command): string {
  const options = Object.entries(command.options).map(([option, spec]): [string, string] => {
    const flag = spec.type === 'string' ? `--${option} ${spec.value ?? 'VALUE'}` : `--${option}`;
    const note = spec.required ? ' (required)' : '';
    const fallback = typeof spec.default === 'string' ? ` (default ${spec.default})` : '';
    return [flag, `${spec.help}${note}${fallback}`];
  });
  return [
    `benchline ${name}: ${command.summary}`,
    '',
    `Usage: benchline ${name} ${command.usage}`.trimEnd(),
    ...(options.length > 0 ? ['', 'Options:', ...columns(options)] : []),
    '',
  ].join('\n');
}

function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
