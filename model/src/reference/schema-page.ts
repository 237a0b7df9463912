import { z } from 'zod';
import { branchesOf, defaultText, type FieldSchema, isGroup, rangeText, typeText } from './field.ts';
import { anchor, code, table } from './markdown.ts';

/** One group of keys: its heading, and its schema. */
interface Section {
  heading: string;
  schema: FieldSchema;
}

/** The reference of a configuration schema in Markdown: a table for each group of keys, in the order of the file. */
export function schemaTables(schema: z.ZodType): string {
  const root = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  }) as FieldSchema;
  const sections = new Map<string, Section>();
  collect(root, { path: '', branch: '' }, sections);
  return [...sections.values()].map((section) => sectionText(section, sections)).join('\n\n');
}

/** Where a group stands in the file, and in which branch of a union: two branches may have a key of one name. */
interface Place {
  path: string;
  branch: string;
}

/** Groups that look alike (a name in English and Chinese) share the section of the first. */
function collect(schema: FieldSchema, place: Place, sections: Map<string, Section>): void {
  const { path, branch } = place;
  if (isGroup(schema)) {
    const key = identity(schema);
    if (sections.has(key)) return;
    sections.set(key, { heading: headingOf(place), schema });
    // A branch named by its first key is in the path of what that key holds.
    const inherited = branch.includes(': ') ? branch : '';
    for (const [name, member] of Object.entries(schema.properties ?? {}))
      collect(member, { path: path === '' ? name : `${path}.${name}`, branch: inherited }, sections);
    return;
  }
  for (const option of branchesOf(schema) ?? [])
    collect(option, { path, branch: branchName(option) ?? branch }, sections);
  if (schema.items) collect(schema.items, { path: `${path}[]`, branch }, sections);
  const rest = schema.additionalProperties;
  if (typeof rest === 'object') collect(rest, { path: `${path}.NAME`, branch }, sections);
}

function headingOf({ path, branch }: Place): string {
  if (path === '') return 'Top level';
  return branch === '' ? path : `${path} with ${branch}`;
}

/** What tells a branch of a union from the others: a constant that it asks for, else its first key. */
function branchName(branch: FieldSchema): string | undefined {
  const members = Object.entries(branch.properties ?? {});
  const constant = members.find(([, member]) => member.const !== undefined);
  return constant ? `${constant[0]}: ${String(constant[1].const)}` : members[0]?.[0];
}

function identity(schema: FieldSchema): string {
  return JSON.stringify({ ...schema, description: undefined, default: undefined });
}

function sectionText({ heading, schema }: Section, sections: ReadonlyMap<string, Section>): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const field: FieldSchema = member;
    return [
      code(name),
      linked(field, sections),
      defaultText(field, schema.required?.includes(name) === true && field.default === undefined),
      rangeText(field),
      field.description ?? '',
    ];
  });
  const intro = schema.description ? [`${schema.description}.`.replace(/\.\.$/, '.')] : [];
  return [`## ${heading}`, ...intro, table(['Key', 'Type', 'Default', 'Range', 'Meaning'], rows)].join(
    '\n\n',
  );
}

/** The type of a value, with a link to each section that describes a group in it. */
function linked(schema: FieldSchema, sections: ReadonlyMap<string, Section>): string {
  const groups = groupsIn(schema).flatMap((group) => sections.get(identity(group))?.heading ?? []);
  const headings = [...new Set(groups)];
  const label = (heading: string) =>
    headings.length > 1 ? (heading.split(' with ').at(-1) ?? heading) : heading;
  const links = headings.map((heading) => `[${label(heading)}](#${anchor(heading)})`);
  return links.length > 0 ? `${typeText(schema)}: ${links.join(', ')}` : typeText(schema);
}

function groupsIn(schema: FieldSchema): FieldSchema[] {
  if (isGroup(schema)) return [schema];
  const rest = schema.additionalProperties;
  const inner = [schema.items, typeof rest === 'object' ? rest : undefined, ...(branchesOf(schema) ?? [])];
  return inner.flatMap((part) => (part ? groupsIn(part) : []));
}
