import type { PlantIndex } from '@benchline/model';
import type { Placement } from './port.ts';

/** Where the observations of a plant's signals belong. */
export function placementOf(plant: PlantIndex): Placement {
  const place = (machine: string, signal: string) => {
    const asset = plant.assets.get(machine);
    if (!asset || !Object.hasOwn(asset.type.signals, signal)) return undefined;
    const measurement = asset.type.signals[signal]?.measurement;
    return measurement && { measurement, location: asset.location };
  };
  return Object.assign(place, { location: (machine: string) => plant.assets.get(machine)?.location });
}
