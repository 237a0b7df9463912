import { type Asset, BenchlineError, loadPlant, type PlantIndex } from '@benchline/model';

/** A machine or meter of a plant. @throws BenchlineError `usage` when the plant has none of this id. */
export function assetOf(plant: PlantIndex, id: string): Asset {
  const asset = plant.assets.get(id);
  if (asset) return asset;
  throw new BenchlineError('usage', `the plant has no machine or meter '${id}'`, {
    hint: `it has: ${[...plant.assets.keys()].join(', ')}`,
  });
}

/** @throws BenchlineError `config_invalid`, `plant_invalid`. */
export function readPlant(file: string): PlantIndex {
  return loadPlant(file).index;
}
