import type { Signal } from '../plant/schema.ts';
import type { Slug } from '../slug.ts';
import { canonicalJson, type Json, sha256Hex } from '../telemetry/canonical.ts';

/**
 * The digest that names a mapping: SHA-256 of the canonical JSON of everything that decides which value a tag
 * becomes. Names and descriptions do not decide; the address in the controller, the scaling, the state table
 * and the signal's type do.
 */
export function mappingDigest(
  machine: Slug,
  source: Slug,
  signals: ReadonlyMap<Slug, { signal: Signal; address: Json }>,
): string {
  const rows: Record<string, Json> = {};
  for (const [id, { signal, address }] of signals) {
    const { name: _name, description: _description, ...meaning } = signal;
    rows[id] = { meaning: meaning as unknown as Json, address };
  }
  return sha256Hex(canonicalJson({ v: 1, machine, source, signals: rows }));
}
