import type { RevisionReason } from '@benchline/model';

type Late = Extract<RevisionReason, { kind: 'late_data' }>;
type Stated = Extract<RevisionReason, { kind: 'entry' }>;

/** Records of the ledger that may have changed the figures of a period: of one source, or an entry. */
export type Evidence = Late | Stated;

/** Reasons that one revision lists; further ones are counted. */
const listed = 100;

/** What was heard about a period: one item for each source, one for each entry. */
export class Heard {
  readonly #items = new Map<string, Evidence>();

  /** Evidence comes in the order of the ledger, or late by how far it reaches. */
  add(evidence: Evidence): void {
    const key = nameOf(evidence);
    const before = this.#items.get(key);
    const extended =
      before?.kind === 'late_data' && evidence.kind === 'late_data'
        ? {
            ...before,
            from_offset: Math.min(before.from_offset, evidence.from_offset),
            to_offset: Math.max(before.to_offset, evidence.to_offset),
          }
        : evidence;
    this.#items.set(key, extended);
  }

  /** What of it stands at an offset or behind it; undefined when that is nothing. */
  since(offset: number): Heard | undefined {
    const rest = new Heard();
    for (const [key, item] of this.#items)
      if (item.kind === 'entry' ? item.offset >= offset : item.to_offset >= offset)
        rest.#items.set(
          key,
          item.kind === 'entry' ? item : { ...item, from_offset: Math.max(item.from_offset, offset) },
        );
    return rest.#items.size > 0 ? rest : undefined;
  }

  reasons(): { why: Evidence[]; more: number } {
    const all = [...this.#items.values()];
    return { why: all.slice(0, listed), more: Math.max(0, all.length - listed) };
  }
}

function nameOf(evidence: Evidence): string {
  if (evidence.kind === 'entry') return `entry ${evidence.id}`;
  return `${evidence.machine} ${evidence.source} ${evidence.gateway}`;
}
