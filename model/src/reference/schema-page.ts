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
  collect(root, 'Top level', '', sections);
  return [...sections.values()].map((section) => sectionText(section, sections)).join('\n\n');
}

/** Groups that look alike (a name in English and Chinese) share the section of the first. */
function collect(schema: FieldSchema, heading: string, path: string, sections: Map<string, Section>): void {
  if (isGroup(schema)) {
    const key = identity(schema);
    if (sections.has(key)) return;
    sections.set(key, { heading, schema });
    for (const [name, member] of Object.entries(schema.properties ?? {})) {
      const memberPath = path === '' ? name : `${path}.${name}`;
      collect(member, memberPath, memberPath, sections);
    }
    return;
  }
  for (const branch of branchesOf(schema) ?? [])
    collect(branch, branchHeading(heading, branch), path, sections);
  if (schema.items) collect(schema.items, `${heading}[]`, `${path}[]`, sections);
  const rest = schema.additionalProperties;
  if (typeof rest === 'object') collect(rest, `${heading}.NAME`, `${path}.NAME`, sections);
}

/** What tells a branch of a union from the others: a constant it asks for, else its first key. */
function branchHeading(heading: string, branch: FieldSchema): string {
  const members = Object.entries(branch.properties ?? {});
  const constant = members.find(([, member]) => member.const !== undefined);
  if (constant) return `${heading} with ${constant[0]}: ${String(constant[1].const)}`;
  return members[0] ? `${heading} with ${members[0][0]}` : heading;
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
  const links = [...new Set(groups)].map(
    (heading) => `[${heading.split(' with ').at(-1)}](#${anchor(heading)})`,
  );
  return links.length > 0 ? `${typeText(schema)}: ${links.join(', ')}` : typeText(schema);
}

function groupsIn(schema: FieldSchema): FieldSchema[] {
  if (isGroup(schema)) return [schema];
  const rest = schema.additionalProperties;
  const inner = [schema.items, typeof rest === 'object' ? rest : undefined, ...(branchesOf(schema) ?? [])];
  return inner.flatMap((part) => (part ? groupsIn(part) : []));
}
