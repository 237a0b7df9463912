import type { DeclaredInput, KpiId } from '@benchline/model';
import { absent, type Figure } from './figure.ts';
import type { Declared } from './plan-figures.ts';

/** What is divided by what, all of it declared. */
const ratios = {
  worker_efficiency: ['actual_personnel_work_time', 'actual_personnel_attendance_time'],
  inventory_turns: ['throughput', 'average_inventory'],
  finished_goods_ratio: ['finished_goods', 'consumed_material'],
  integrated_goods_ratio: ['integrated_goods', 'consumed_material'],
  production_loss_ratio: ['production_loss', 'consumed_material'],
  storage_transport_loss_ratio: ['storage_transport_loss', 'consumed_material'],
  other_loss_ratio: ['other_loss', 'consumed_material'],
} as const satisfies Partial<Record<KpiId, readonly [DeclaredInput, DeclaredInput]>>;
type DeclaredKpiId = keyof typeof ratios;

/** Figures of which no machine knows anything. */
export function declaredFigures(declared: Declared): Record<DeclaredKpiId, Figure> {
  const figures = Object.entries(ratios).map(([id, [part, whole]]) => [id, ratio(declared, part, whole)]);
  return Object.fromEntries(figures) as Record<DeclaredKpiId, Figure>;
}

function ratio(declared: Declared, part: DeclaredInput, whole: DeclaredInput): Figure {
  const [above, below] = [declared.get(part), declared.get(whole)];
  if (above === undefined || below === undefined) return { ...absent('not_declared'), basis: 'declared' };
  const inputs = { [part]: above, [whole]: below };
  if (below === 0) return { ...absent('no_items'), basis: 'declared', inputs };
  return { value: above / below, status: 'ok', basis: 'declared', inputs };
}
