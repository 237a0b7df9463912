import { indexPlant, nsFromIso, parsePlant } from '@benchline/model';
import { placementOf } from '@benchline/store';
import { openMemoryStore } from '@benchline/store/memory';
import { expect, test } from 'vitest';
import { kpiPage } from '../src/api/kpi-answer.ts';
import { Figures } from '../src/figures/figures.ts';
import { scopesOf } from '../src/figures/scopes.ts';
import { plantYaml } from './kit/plant.ts';

test('a list of figures lets others be answered between one and the next, however little it waits for', async () => {
  const plant = parsePlant(plantYaml, 'plant.yaml');
  const index = indexPlant(plant);
  const store = openMemoryStore({ placement: placementOf(index) });
  const figures = new Figures({ plant: index, store, lateness_ns: 0n });
  const [scope] = scopesOf(plant).values();
  const from_ns = nsFromIso('2026-03-02T00:00:00Z');
  const window = { from_ns, to_ns: from_ns + 86_400_000_000_000n };
  let answered = 0;
  let asking = true;
  const answer = () => {
    answered += 1;
    if (asking) setImmediate(answer);
  };
  setImmediate(answer);
  const { results } = await kpiPage(
    figures,
    {
      ...{ scopes: [scope!], window, grain: 'hour', kpis: ['oee'], now_ns: window.to_ns },
    },
    {},
  );
  asking = false;
  expect(results).toHaveLength(24);
  expect(answered).toBeGreaterThanOrEqual(23);
});
