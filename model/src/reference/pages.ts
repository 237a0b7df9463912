import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { CommandsModule } from '../cli/packages.ts';
import { parseConfig } from '../config/load.ts';
import { CredentialsFile } from '../door/index.ts';
import { errorCodes } from '../error.ts';
import { exampleShift, type KpiDefinition, kpiCatalogue } from '../kpi/catalogue.ts';
import { standardKpis } from '../kpi/iso22400.ts';
import { Plant } from '../plant/schema.ts';
import { code, generatedNote, table } from './markdown.ts';
import { operationsPage } from './operations-page.ts';
import { schemaTables } from './schema-page.ts';

/**
 * Every generated reference page, by file name, from the schemas and catalogues; `configs` are those of other
 * packages, `measured` what their services measure. Examples are the files `examples/PAGE-minimal.yaml` and
 * `PAGE-full.yaml` beside the pages.
 * @throws BenchlineError when an example does not fit its schema.
 */
export function referencePages(
  folder: string,
  { configs, measured }: Pick<Required<CommandsModule>, 'configs' | 'measured'>,
): Record<string, string> {
  const schemas: Record<string, z.ZodType> = { plant: Plant, credentials: CredentialsFile, ...configs };
  const pages = Object.entries(schemas).map(([name, schema]): [string, string] => [
    `${name}.md`,
    schemaPage(folder, name, schema),
  ]);
  return {
    ...Object.fromEntries(pages),
    'kpis.md': kpiPage(),
    'errors.md': errorPage(),
    'operations.md': operationsPage(measured),
  };
}

function schemaPage(folder: string, name: string, schema: z.ZodType): string {
  const title = `# Reference: ${name} file`;
  const intro = [
    'YAML (or JSON). Keys that are not listed here are errors. Messages name file, line and column and say what to do.',
    'An *identifier* has lower-case letters, digits and hyphens, begins with a letter or digit and is at most 63 long.',
  ].join('\n');
  const examples = ['minimal', 'full'].flatMap((kind) => exampleText(folder, name, kind, schema));
  return page([title, generatedNote, intro, ...examples, schemaTables(schema)]);
}

function exampleText(folder: string, name: string, kind: string, schema: z.ZodType): string[] {
  const file = join(folder, 'examples', `${name}-${kind}.yaml`);
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  parseConfig(schema, text, file);
  return [`## Example, ${kind}`, `\`\`\`yaml\n${text.trimEnd()}\n\`\`\``];
}

const directions = { up: 'higher is better', down: 'lower is better', none: 'a quantity' };

function kpiPage(): string {
  const all = Object.values(kpiCatalogue);
  const rows = all.map((kpi) => [
    `[${kpi.name.en}](#${kpi.id.replaceAll('_', '-')})`,
    kpi.name.zh,
    code(kpi.id),
    kpi.unit,
    kpi.formula,
  ]);
  return page([
    '# Reference: key performance indicators',
    generatedNote,
    [
      'Figures with unit % are fractions in data (0.75) and percentages on screens.',
      'A figure that cannot be computed is absent with a reason, never 0. PRI planned run time per item · PQ produced, GQ good,',
      'SQ scrapped, RQ reworked quantity · PBT planned busy time · APT actual production time · AUST setup · ADET delays · ADOT',
      'down time · AUPT = APT + AUST · AUBT = AUPT + ADET · PMT planned maintenance (ISO 22400-2).',
    ].join('\n'),
    table(['Name', '名称', 'Id', 'Unit', 'Formula'], rows),
    '## The 34 of ISO 22400-2',
    'What each needs, and with which status it is absent where that is missing.',
    table(
      ['KPI of the standard', 'Figure', 'Needs', 'Absent as'],
      standardKpis.map(({ title, figure, needs, absent }) => [
        title,
        code(figure),
        needs,
        absent.map(code).join(', '),
      ]),
    ),
    '## Of one characteristic, and of time to come',
    measuredElsewhere,
    '## The example',
    exampleShift,
    ...all.flatMap(kpiSection),
  ]);
}

/** The rest of ISO 22400-2's list: figures of a scope and window cannot hold them. */
const measuredElsewhere = [
  'Cp = (USL − LSL) / 6σ_within, Cpk = min(USL − μ, μ − LSL) / 3σ_within, Cm and Cmk (the same over one short run of a machine),',
  'Pp and Ppk (over the overall s) belong to one quality characteristic of one machine, so they are no figure of a scope:',
  '`/api/v1/quality/capability` gives them (ISO 22400-2: machine capability index, critical machine capability index, process',
  'capability index, critical process capability index). Figures of people, stock and material are absent with the status',
  '`not_declared` until an entry of kind `declared_input` states their inputs for exactly the window, or for parts that fill it;',
  'a declaration is never divided. Results say of every figure whether it is `measured` or `declared`.',
].join('\n');

function kpiSection(kpi: KpiDefinition): string[] {
  const { calculation, value } = kpi.example;
  const shown = kpi.unit === '%' ? `${value}` : `${value} ${kpi.unit}`;
  const lines = [
    `- **Formula**: ${kpi.formula}`,
    `- **Unit**: ${kpi.unit}, ${directions[kpi.direction]}`,
    `- **Source**: ${kpi.source}`,
    `- **Computed from**: ${(kpi.inputs ?? []).map(code).join(', ')} (formula version ${kpi.version})`,
    ...(kpi.target ? [`- **Asked for**: ${kpi.target.value} (${kpi.target.source})`] : []),
    `- **Example**: ${calculation} = ${shown}`,
  ];
  return [`## ${kpi.id.replaceAll('_', ' ')}`, `${kpi.name.en} · ${kpi.name.zh}`, lines.join('\n')];
}

function errorPage(): string {
  const rows = Object.entries(errorCodes).map(([name, meaning]) => [code(name), meaning]);
  return page([
    '# Reference: error codes',
    generatedNote,
    [
      'Log lines and counters carry these codes as `code`, and so does every API problem (RFC 9457).',
      'The program ends with status 0 when done, 1 when it failed and 2 when it did not understand its command line.',
    ].join('\n'),
    table(['Code', 'Meaning'], rows),
  ]);
}

function page(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}
