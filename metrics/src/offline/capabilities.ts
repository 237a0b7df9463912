import { capabilityView } from '../api/quality-views.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import { characteristicsOf } from '../quality/measured.ts';
import { characteristicCapability, type QualityParts } from '../quality/scope-quality.ts';

export type CapabilityOfFile = Awaited<ReturnType<typeof capabilitiesOf>>[number];

/**
 * Capability of every characteristic of a scope, as the API gives it: Cp and Cpk with the spread within subgroups, Pp
 * and Ppk, of a short run Cm and Cmk, with that of all values.
 * @param size consecutive values that make a subgroup; 1: individuals.
 */
export async function capabilitiesOf(
  parts: Pick<QualityParts, 'figures' | 'store'>,
  scope: Scope,
  window: Interval,
  size: number,
) {
  const views = [];
  // One after the other: each reads its values of the whole window.
  for (const characteristic of characteristicsOf(scope.assets)) {
    const found = await characteristicCapability(parts, characteristic, window, size);
    const process = capabilityView(found, window, { subgroup: size, study: 'process' });
    const { cm, cmk } = capabilityView(found, window, { subgroup: size, study: 'machine' });
    const { study: _, customary_samples: __, ...view } = process;
    views.push({ ...view, cm, cmk });
  }
  return views;
}
