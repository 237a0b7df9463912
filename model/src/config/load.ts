import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { BenchlineError, systemCode } from '../error.ts';
import { explainIssues } from './explain.ts';
import { type Problem, problemsError } from './problem.ts';
import type { JsonSchema } from './schema-at.ts';
import { readSourceText, type SourceText } from './source-text.ts';

/**
 * Reads a configuration file (YAML or JSON) against its schema.
 * @throws BenchlineError `config_invalid` that lists every problem with file, line, column and what to do.
 */
export function loadConfig<S extends z.ZodType>(schema: S, file: string): z.output<S> {
  return parseConfig(schema, readText(file), file);
}

/** The same for a text; `file` is the name that messages show. */
export function parseConfig<S extends z.ZodType>(schema: S, text: string, file: string): z.output<S> {
  const source = readSourceText(text, file);
  const result = check(schema, source);
  if ('problems' in result) throw problemsError(source, 'config_invalid', result.problems);
  return result.value;
}

/** A path that a file names, taken relative to the folder of that file. */
export function resolveFrom(file: string, path: string): string {
  return resolve(dirname(file), path);
}

/** The value that a source text has by a schema, or everything that keeps it from having one. */
export function check<S extends z.ZodType>(
  schema: S,
  source: SourceText,
): { value: z.output<S> } | { problems: Problem[] } {
  const result = schema.safeParse(source.data);
  if (result.success) return { value: result.data };
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return { problems: explainIssues(result.error.issues, shape, source.data) };
}

/** @throws BenchlineError `config_invalid` when the file cannot be read, or is no UTF-8: a name would change unseen. */
export function readText(file: string): string {
  const bytes = readBytes(file);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  // Where bytes do not fit, decoding puts this character.
  const [before = ''] = bytes.toString('utf8').split('\uFFFD');
  throw new BenchlineError(
    'config_invalid',
    `${file}:${before.split('\n').length} is not UTF-8 text → save the file in UTF-8`,
  );
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const code = systemCode(cause);
    throw new BenchlineError(
      'config_invalid',
      code === 'ENOENT' ? `there is no file ${resolve(file)}` : `cannot read ${resolve(file)}: ${code}`,
      { hint: 'give the path of an existing, readable file', cause },
    );
  }
}
