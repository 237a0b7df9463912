import { BenchlineError } from '../error.ts';

const quote = 0x22;
const backslash = 0x5c;

/**
 * Parses JSON that came from outside, after a look at its length and at how deep it nests: what a parser and a schema
 * make of a megabyte of brackets is not worth finding out.
 * @param max length in UTF-16 units; depth of arrays and objects within each other.
 * @throws BenchlineError `batch_malformed`, or SyntaxError.
 */
export function parseBoundedJson(text: string, max: { length: number; depth: number }): unknown {
  if (text.length > max.length)
    throw new BenchlineError('batch_malformed', `JSON of ${text.length} characters; at most ${max.length}`);
  if (nestsDeeper(text, max.depth))
    throw new BenchlineError('batch_malformed', `JSON that nests deeper than ${max.depth}`);
  return JSON.parse(text);
}

function nestsDeeper(text: string, max: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (inString) {
      if (unit === backslash) at += 1;
      else if (unit === quote) inString = false;
    } else if (unit === quote) inString = true;
    // [ and {, ] and }: each pair differs in one bit, which is set here.
    else if ((unit | 0x20) === 0x7b) {
      depth += 1;
      if (depth > max) return true;
    } else if ((unit | 0x20) === 0x7d) depth -= 1;
  }
  return false;
}
