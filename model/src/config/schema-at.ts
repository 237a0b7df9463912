import type { Path } from './path.ts';

/** The part of JSON Schema that zod writes and that we read. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  const?: unknown;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
}

/** The schema of the value at a path; where a union leaves a choice, the data's own discriminators decide. */
export function schemaAt(root: JsonSchema, path: Path, data: unknown): JsonSchema | undefined {
  return candidatesAt(root, path, data)[0];
}

/** The keys that an object at a path may have. */
export function keysAt(root: JsonSchema, path: Path, data: unknown): string[] {
  const keys = candidatesAt(root, path, data).flatMap((schema) => Object.keys(schema.properties ?? {}));
  return [...new Set(keys)];
}

function candidatesAt(root: JsonSchema, path: Path, data: unknown): JsonSchema[] {
  let value = data;
  let schemas = alternatives(root, root, value);
  for (const part of path) {
    value = (value as Record<string | number, unknown> | null | undefined)?.[part];
    schemas = schemas.flatMap((schema) => {
      const next = typeof part === 'number' ? schema.items : memberOf(schema, part);
      return next ? alternatives(root, next, value) : [];
    });
  }
  return schemas;
}

function memberOf(schema: JsonSchema, key: string): JsonSchema | undefined {
  const rest = schema.additionalProperties;
  return schema.properties?.[key] ?? (typeof rest === 'object' ? rest : undefined);
}

/** A schema with references followed and unions opened, without the branches that the data rules out. */
function alternatives(root: JsonSchema, schema: JsonSchema, value: unknown): JsonSchema[] {
  const name = schema.$ref?.match(/^#\/\$defs\/(.+)$/)?.[1];
  const target = name === undefined ? schema : (root.$defs?.[name] ?? schema);
  const branches = target.anyOf ?? target.oneOf;
  if (!branches) return [target];
  const open = branches.flatMap((branch) => alternatives(root, branch, value));
  const fitting = open.filter((branch) => !contradicts(branch, value));
  return fitting.length > 0 ? fitting : open;
}

function contradicts(schema: JsonSchema, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(schema.properties ?? {}).some(
    ([key, member]) => 'const' in member && (value as Record<string, unknown>)[key] !== member.const,
  );
}
