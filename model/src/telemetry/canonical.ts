import { hash } from 'node:crypto';
import { BenchlineError } from '../error.ts';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/**
 * JSON in the one form that a digest may be taken of: RFC 8785 (JSON Canonicalization Scheme). Object keys
 * sorted by UTF-16 code units, no white space, numbers and strings as ECMAScript writes them; members that are
 * undefined are left out.
 * @throws BenchlineError `value_unrepresentable` for NaN, infinities and lone surrogates (RFC 8785, 3.2.2.2–3).
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw unrepresentable(String(value));
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw unrepresentable('a text with a lone surrogate');
    return JSON.stringify(value);
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${canonicalJson(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function unrepresentable(what: string): BenchlineError {
  return new BenchlineError('value_unrepresentable', `no canonical JSON for ${what}`);
}

/** SHA-256 of a text's UTF-8 bytes, as 64 lower-case hexadecimal digits. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}
