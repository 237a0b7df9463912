import { BenchlineError } from '../error.ts';
import type { Asset, PlantIndex } from '../plant/index-of.ts';
import type { Slug } from '../slug.ts';
import { scalingOf } from './convert.ts';
import type { SignalMapping } from './mapper.ts';
import type { Scaling } from './reading.ts';

/** One machine as one source feeds it: which signals, from where, changed how. */
export interface MachineTags {
  machine: Slug;
  tags: ReadonlyMap<Slug, SourceTag>;
}

export interface SourceTag extends Scaling {
  /** Where the tag stands in the controller, as text; part of the mapping's digest. */
  address: string;
}

/**
 * Looks the tags of a machine up in the plant file.
 * @param where what names the tags, for messages: `source 'opc'`.
 * @throws BenchlineError `config_invalid` with what to do.
 */
export function settleMappings(
  where: string,
  { machine, tags }: MachineTags,
  plant: PlantIndex,
): { asset: Asset; mappings: ReadonlyMap<Slug, SignalMapping> } {
  const asset = plant.assets.get(machine);
  if (!asset)
    throw invalid(where, `there is no machine or meter '${machine}' in the plant file`, {
      hint: `it has: ${[...plant.assets.keys()].join(', ')}`,
    });
  const mappings = new Map<Slug, SignalMapping>();
  for (const [id, tag] of tags) {
    const signal = Object.hasOwn(asset.type.signals, id) ? asset.type.signals[id] : undefined;
    if (!signal)
      throw invalid(where, `machine type '${asset.type.id}' of '${machine}' has no signal '${id}'`, {
        hint: `it has: ${Object.keys(asset.type.signals).join(', ')}; mend the tag, or add the signal to the type`,
      });
    const mapping = { ...tag, signal };
    assertScaling(where, `${machine}.${id}`, mapping);
    mappings.set(id, mapping);
  }
  return { asset, mappings };
}

function assertScaling(where: string, name: string, { signal, scale, offset }: SignalMapping): void {
  if (scale === undefined && offset === undefined) return;
  const allowed = scalingOf(signal);
  if (allowed === 'none')
    throw invalid(where, `${name} is no number, so it cannot be scaled`, {
      hint: 'leave scale and offset out',
    });
  const whole = Number.isSafeInteger(scale ?? 1) && Number.isSafeInteger(offset ?? 0);
  if (allowed === 'whole' && !whole)
    throw invalid(where, `${name} holds whole numbers, so scale and offset have to be whole`, {
      hint: 'for counts, set counts_per_item in the machine type instead',
    });
}

function invalid(where: string, fact: string, options: { hint: string }): BenchlineError {
  return new BenchlineError('config_invalid', `${where}: ${fact}`, options);
}
