import type { JsonSchema } from '../config/schema-at.ts';
import { slugPattern } from '../slug.ts';
import { code } from './markdown.ts';

/** JSON Schema as far as a reference page shows it. */
export interface FieldSchema extends JsonSchema {
  default?: unknown;
  enum?: readonly unknown[];
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  /** Said by the schema itself (`.meta({ range })`) where a pattern would tell a person nothing. */
  range?: string;
}

/** Whether a value of this schema is a group of keys with a table of its own. */
export function isGroup(schema: FieldSchema): boolean {
  return schema.properties !== undefined;
}

export function branchesOf(schema: FieldSchema): FieldSchema[] | undefined {
  return schema.oneOf ?? schema.anyOf;
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
};

/** What kind of value it is, in words. */
export function typeText(schema: FieldSchema): string {
  const branches = branchesOf(schema);
  if (branches) return [...new Set(branches.map(typeText))].join(' or ');
  if (schema.items) return `list of ${plural(typeText(schema.items))}`;
  if (typeof schema.additionalProperties === 'object') {
    const inner = typeText(schema.additionalProperties);
    return inner.endsWith(' by name') ? inner : `${plural(inner)} by name`;
  }
  if (isGroup(schema)) return 'group';
  if (schema.const !== undefined) return words[typeof schema.const] ?? 'number';
  if (schema.enum) return 'choice';
  if (schema.pattern === slugPattern.source) return 'identifier';
  const type = String(schema.type ?? 'any value');
  return schema.format === 'uri' ? 'URL' : (words[type] ?? type);
}

function plural(type: string): string {
  return type === 'true or false' ? type : type.replace(/^(\w+( number)?)/, '$1s');
}

/** Which values it takes. */
export function rangeText(schema: FieldSchema): string {
  if (schema.range !== undefined) return schema.range;
  const branches = branchesOf(schema);
  if (branches) return [...new Set(branches.map(rangeText).filter((text) => text !== ''))].join('; ');
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum) return schema.enum.map(literal).join(', ');
  if (schema.items && !isGroup(schema.items)) {
    const inner = rangeText(schema.items);
    return [sizeText(schema.minItems, schema.maxItems, 'items'), inner && `each ${inner}`]
      .filter(Boolean)
      .join('; ');
  }
  if (schema.items) return sizeText(schema.minItems, schema.maxItems, 'items');
  if (typeof schema.additionalProperties === 'object' && !isGroup(schema.additionalProperties))
    return rangeText(schema.additionalProperties);
  return numberRange(schema) || textRange(schema);
}

function literal(value: unknown): string {
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}

function numberRange(schema: FieldSchema): string {
  const parts: string[] = [];
  if (schema.exclusiveMinimum !== undefined) parts.push(`> ${schema.exclusiveMinimum}`);
  if (schema.minimum !== undefined && schema.minimum !== Number.MIN_SAFE_INTEGER)
    parts.push(`≥ ${schema.minimum}`);
  if (schema.exclusiveMaximum !== undefined) parts.push(`< ${schema.exclusiveMaximum}`);
  if (schema.maximum !== undefined && schema.maximum !== Number.MAX_SAFE_INTEGER)
    parts.push(`≤ ${schema.maximum}`);
  return parts.join(', ');
}

function textRange(schema: FieldSchema): string {
  if (schema.pattern === slugPattern.source) return '';
  if (schema.pattern !== undefined && schema.format === undefined) return code(schema.pattern);
  if (schema.minLength === 1 && schema.maxLength === undefined) return 'not empty';
  return sizeText(schema.minLength, schema.maxLength, 'characters');
}

function sizeText(least: number | undefined, most: number | undefined, what: string): string {
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return `at least ${least} ${what}`.replace(/ 1 items$/, ' one');
  return least === undefined ? `at most ${most} ${what}` : `${least} to ${most} ${what}`;
}

/** What holds when the key is left out. */
export function defaultText(schema: FieldSchema, required: boolean): string {
  if (required) return '**required**';
  if (schema.default === undefined) return '';
  const empty = ['[]', '{}'].includes(JSON.stringify(schema.default));
  return empty ? 'none' : literal(schema.default);
}
