import {
  canonicalJson,
  isoFromNs,
  type KpiId,
  kpiCatalogue,
  kpiIds,
  type PublicationRequestJson,
  type PublishedFigure,
  type PublishedPeriod,
  type RevisionReason,
  sha256Hex,
} from '@benchline/model';
import type { Account } from '../accounts/account.ts';
import type { Due } from '../figures/due.ts';
import type { Figure } from '../kpis/figure.ts';
import type { Revision } from './book.ts';
import type { Heard } from './evidence.ts';

type PeriodJson = PublicationRequestJson['periods'][number];
type Changes = NonNullable<PublishedPeriod['changes']>;

/** What figures rest on besides the data: digests of the plant file and of the formulas. */
export interface Rules {
  plant: string;
  formulas: string;
}

/**
 * Digest of how every figure is computed: another one where a formula or its version is another, or where the sums that
 * formulas start from are worked out in another way.
 * @param accounts version of what accounts mean.
 */
export function formulasDigest(accounts: number): string {
  const formulas = kpiIds.map((id) => [id, kpiCatalogue[id].formula, kpiCatalogue[id].version ?? 1]);
  return sha256Hex(canonicalJson({ accounts, formulas }));
}

/** Whether figures are those that were published. One that did not exist then says nothing against it. */
export function asPublished(figures: Record<KpiId, Figure>, published: PublishedPeriod['figures']): boolean {
  return Object.keys(changesOf(figures, published)).length === 0;
}

/** What was computed of a period, and from which sums. */
interface Computed {
  figures: Record<KpiId, Figure>;
  account: Account;
}

/** What becomes of a period that was looked at. */
export type Outcome =
  | { kind: 'publish'; period: PeriodJson }
  | { kind: 'unchanged' }
  /** Its figures are others than those published, and nothing says why. */
  | { kind: 'differs'; figures: readonly string[] };

/** Compares what was computed with what is published. */
export function outcomeOf(
  due: Due,
  result: Computed,
  known: { latest: Revision | undefined; heard: Heard | undefined; rules: Rules },
): Outcome {
  const { latest, heard, rules } = known;
  const base = {
    ...{ scope: due.scope.path, grain: due.grain },
    ...{ from_ns: `${due.period.from_ns}`, to_ns: `${due.period.to_ns}` },
    coverage: result.figures.coverage.value ?? null,
    accounts: sha256Hex(canonicalText(result.account)),
    figures: plainOf(result.figures),
  };
  if (!latest) return { kind: 'publish', period: { ...base, revision: 1 } };
  const changes = changesOf(result.figures, latest.figures);
  const changed = Object.keys(changes);
  if (changed.length === 0) return { kind: 'unchanged' };
  const { why, more } = reasonsOf(latest, heard, rules);
  if (why.length === 0) return { kind: 'differs', figures: changed };
  const reasons = { why, ...(more > 0 && { more_reasons: more }) };
  return { kind: 'publish', period: { ...base, revision: latest.revision + 1, changes, ...reasons } };
}

/** How a period is named in a log line. */
export function nameOf({ scope, grain, period }: Due): string {
  return `${grain} of ${scope.path} from ${isoFromNs(period.from_ns)}`;
}

function reasonsOf(latest: Revision, heard: Heard | undefined, { plant, formulas }: Rules) {
  const rules: RevisionReason[] = [];
  if (latest.plant !== plant) rules.push({ kind: 'plant_version', was: latest.plant, is: plant });
  if (latest.formulas !== formulas)
    rules.push({ kind: 'recomputed_formula', was: latest.formulas, is: formulas });
  const { why, more } = heard?.reasons() ?? { why: [], more: 0 };
  const room = why.slice(0, why.length - rules.length);
  const kept = why.length + rules.length > mostReasons ? room : why;
  return { why: [...rules, ...kept], more: more + why.length - kept.length };
}

/** As many as a ledger record takes. */
const mostReasons = 100;

function changesOf(figures: Record<KpiId, Figure>, published: PublishedPeriod['figures']): Changes {
  const changes: Changes = {};
  for (const [id, old] of Object.entries(published)) {
    const now = (figures as Record<string, Figure | undefined>)[id];
    if (!now || (now.value === old.value && now.status === old.status)) continue;
    changes[id] = { old, new: plain(now) };
  }
  return changes;
}

function plainOf(figures: Record<KpiId, Figure>): Record<string, PublishedFigure> {
  return Object.fromEntries(Object.entries(figures).map(([id, figure]) => [id, plain(figure)]));
}

function plain({ value, status }: Figure): PublishedFigure {
  return value === undefined ? { status } : { value, status };
}

/** One text for equal sums, whatever the order in which they were merged. */
function canonicalText(value: unknown): string {
  if (typeof value === 'bigint') return `${value}`;
  if (value instanceof Map) return canonicalText(Object.fromEntries(value));
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalText(member)}`).join(',')}}`;
}
