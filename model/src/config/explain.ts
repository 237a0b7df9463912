import type { z } from 'zod';
import { slugPattern } from '../slug.ts';
import { nearest } from './nearest.ts';
import { type Path, pathText } from './path.ts';
import { type Problem, suggestion } from './problem.ts';
import { type JsonSchema, keysAt, schemaAt } from './schema-at.ts';

type Issue = z.core.$ZodIssue;

/** Turns zod's issues into sentences that say what is wrong and what to do. */
export function explainIssues(issues: readonly Issue[], schema: JsonSchema, data: unknown): Problem[] {
  const problems = issues.flatMap((issue) => explain(issue, schema, data));
  const misspelt = new Set(problems.flatMap((problem) => problem.meant ?? []));
  return problems.filter((problem) => problem.what !== isMissing || !misspelt.has(pathText(problem.path)));
}

const isMissing = 'is missing';

/** `meant` is the path of the key that a misspelt one stands for: it is not reported as missing besides. */
interface Explained extends Problem {
  meant?: string;
}

function explain(issue: Issue, schema: JsonSchema, data: unknown): Explained[] {
  const path = issue.path as Path;
  const found = valueAt(data, path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey([...path, key], schema, data));
  if (found === undefined && path.length > 0) return [missing(path, schema, data, choices(issue))];
  const problem = (what: string, todo: string, at: Problem['at'] = 'value'): Problem[] => [
    { path, at, what, todo },
  ];
  switch (issue.code) {
    case 'invalid_type':
      return problem(`${shown(found)} is not ${article(issue.expected)}`, repair(issue.expected, found));
    case 'invalid_value':
      return problem(
        `${shown(found)} is not allowed here`,
        suggestion(String(found), choices(issue), 'see the reference'),
      );
    case 'invalid_key':
      return problem(`${shown(path.at(-1))} cannot be a key here`, slugAdvice(String(path.at(-1))), 'key');
    case 'invalid_format':
      if (issue.format === 'regex' && issue.pattern === String(slugPattern))
        return problem(`${shown(found)} is no identifier`, slugAdvice(String(found)));
      return problem(
        `${shown(found)} does not fit`,
        `write ${issue.format === 'regex' ? issue.message : article(issue.format)}`,
      );
    case 'too_small':
    case 'too_big':
      return problem(...outOfRange(issue, found));
    case 'invalid_union':
      return explainUnion(issue, schema, data);
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
      break;
  }
  return problem(`${shown(found)} does not fit`, `write ${lowerFirst(issue.message)}`);
}

function unknownKey(path: Path, schema: JsonSchema, data: unknown): Explained {
  const known = keysAt(schema, path.slice(0, -1), data);
  const own = Object.keys(valueAt(data, path.slice(0, -1)) ?? {});
  const free = known.filter((key) => !own.includes(key));
  const near = nearest(String(path.at(-1)), free);
  const todo = near ? `did you mean '${near}'?` : `remove it; the keys here are: ${known.join(', ')}`;
  const meant = near && { meant: pathText([...path.slice(0, -1), near]) };
  return { path, at: 'key', what: 'is not a key that belongs here', todo, ...meant };
}

function missing(path: Path, schema: JsonSchema, data: unknown, options: readonly string[]): Problem {
  const description = schemaAt(schema, path, data)?.description;
  const choice = options.length > 0 ? ` (${options.join(', ')})` : '';
  const todo = `add ${String(path.at(-1))}${choice}${description ? `: ${lowerFirst(description)}` : ''}`;
  return { path, at: 'value', what: isMissing, todo };
}

/** Of a union's branches, the one that fits best is the one that the writer meant. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  schema: JsonSchema,
  data: unknown,
): Explained[] {
  const path = issue.path as Path;
  const found = valueAt(data, path);
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const ranked = branches.toSorted((a, b) => misfit(a) - misfit(b));
  const best = ranked[0];
  if (best === undefined || misfit(best) >= wrongKind)
    return [
      {
        path,
        at: 'value',
        what: `${shown(found)} is not allowed here`,
        todo: suggestion(String(found), choices(issue), 'see the reference for the forms it may have'),
      },
    ];
  return best.flatMap((inner) => explain({ ...inner, path: [...issue.path, ...inner.path] }, schema, data));
}

const wrongKind = 1000;

function misfit(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => {
    if (issue.path.length === 0 && ['invalid_type', 'invalid_value'].includes(issue.code ?? ''))
      return sum + wrongKind;
    return sum + (issue.code === 'unrecognized_keys' ? 10 * issue.keys.length : 1);
  }, 0);
}

function choices(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code !== 'invalid_union') return [];
  const literals = issue.errors.flat().filter((inner) => inner.path.length === 0);
  if (literals.length > 0)
    return literals.flatMap((inner) => (inner.code === 'invalid_value' ? choices(inner) : []));
  return ((issue as { options?: readonly unknown[] }).options ?? []).map(String);
}

function outOfRange(
  issue: Extract<Issue, { code: 'too_small' | 'too_big' }>,
  found: unknown,
): [what: string, todo: string] {
  const [bound, limit] =
    issue.code === 'too_small'
      ? [issue.inclusive === false ? 'more than' : 'at least', issue.minimum]
      : [issue.inclusive === false ? 'less than' : 'at most', issue.maximum];
  const unit = issue.origin === 'array' ? ' items' : issue.origin === 'string' ? ' characters' : '';
  const size = Array.isArray(found) ? `${found.length} items are` : `${shown(found)} is`;
  return [`${size} too ${issue.code === 'too_small' ? 'little' : 'much'}`, `give ${bound} ${limit}${unit}`];
}

function slugAdvice(text: string): string {
  const slug = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  const rule = 'use lower-case letters, digits and hyphens, at most 63';
  return slugPattern.test(slug)
    ? `write '${slug}' (${rule})`
    : `${rule}; names that people read go into 'name'`;
}

function repair(expected: string, found: unknown): string {
  if (found === null) return `give it a value: ${article(expected)}`;
  if (expected === 'string' && (typeof found === 'number' || typeof found === 'boolean'))
    return `put it in quotes: '${found}'`;
  if (typeof found === 'string' && expected === 'number') return 'write a number without quotes or unit';
  return `write ${article(expected)}`;
}

function article(expected: string): string {
  const words: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a group of keys',
    record: 'a group of keys',
    url: 'a URL such as http://127.0.0.1:8086',
  };
  return words[expected] ?? `a valid ${expected}`;
}

function shown(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of keys';
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'nothing';
  // In one line whatever is in it: control characters as JSON escapes them, but ordinary quotes as they are.
  const text = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"');
  return `'${text.length > 60 ? `${text.slice(0, 57)}…` : text}'`;
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (value as Record<string | number, unknown> | null)?.[part],
    data,
  );
}
