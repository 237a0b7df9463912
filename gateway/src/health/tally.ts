import type { GapReason, Slug } from '@benchline/model';
import type { BatchDraft } from '../spool/port.ts';

/** What has been committed to the spool since the start, by source. */
export class Tally {
  readonly #sources = new Map<Slug, { observations: number; gaps: Map<GapReason, number> }>();

  /** Sources that have committed nothing yet count too. */
  constructor(sources: Iterable<Slug>) {
    for (const source of sources) this.#sources.set(source, { observations: 0, gaps: new Map() });
  }

  add({ source, observations, gaps }: Pick<BatchDraft, 'source' | 'observations' | 'gaps'>): void {
    const row = this.#sources.get(source);
    if (!row) return;
    row.observations += observations.length;
    for (const { reason } of gaps) row.gaps.set(reason, (row.gaps.get(reason) ?? 0) + 1);
  }

  observations(): [source: Slug, count: number][] {
    return [...this.#sources].map(([source, row]) => [source, row.observations]);
  }

  gaps(): { source: Slug; reason: GapReason; count: number }[] {
    return [...this.#sources].flatMap(([source, row]) =>
      [...row.gaps].map(([reason, count]) => ({ source, reason, count })),
    );
  }
}
