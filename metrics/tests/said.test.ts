import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexPlant, type MachineObservation, parsePlant } from '@benchline/model';
import { placementOf } from '@benchline/store';
import { openEmbeddedStore } from '@benchline/store/embedded';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Figures } from '../src/figures/figures.ts';
import { scopesOf } from '../src/figures/scopes.ts';
import { plantYaml } from './kit/plant.ts';

const plant = indexPlant(parsePlant(plantYaml, 'plant.yaml'));
const scope = scopesOf(plant.plant).get('acme/north/shop/turning/lathe')!;
const start = 1_772_467_200_000_000_000n;
const second = 1_000_000_000n;
const at = fc.integer({ min: 0, max: 1800 });
const ordinal = fc.integer({ min: 0, max: 1 });
const gateway = fc.integer({ min: 0, max: 3 });

/** States that repeat, texts, numbers that rise and fall, bad qualities, identities that are delivered twice. */
const anything = fc.oneof(
  fc.record({
    signal: fc.constant('state'),
    value: fc.constantFrom('producing', 'waiting', 'fault', undefined),
  }),
  fc.record({ signal: fc.constant('order'), value: fc.constantFrom('A', 'B', '', 7, undefined) }),
  fc.record({
    signal: fc.constantFrom('total', 'scrap'),
    value: fc.option(fc.bigInt({ min: 0n, max: 900n }), { nil: undefined }),
  }),
  fc.record({ signal: fc.constant('energy'), value: fc.double({ min: 0, max: 9e6, noNaN: true }) }),
);

test('accounts from columns are those from observations', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'benchline-said-'));
  const said = fc.array(fc.tuple(anything, at, ordinal, gateway), { maxLength: 60 });
  let runs = 0;
  try {
    await fc.assert(
      fc.asyncProperty(said, fc.boolean(), async (list, compacted) => {
        runs += 1;
        const file = join(folder, `${runs}.duckdb`);
        const store = await openEmbeddedStore({ file, placement: placementOf(plant) });
        try {
          const observations = list.map(([what, s, n, g]): MachineObservation => {
            const { value, signal } = what;
            const source_time_ns = start + BigInt(s) * second;
            return {
              ...{ machine: 'lathe', source: 'plc', gateway: 'edge', mapping: 'm', signal, source_time_ns },
              ...{ ordinal: n, gateway_time_ns: BigInt(g), status: value === undefined ? 0x8000_0000 : 0 },
              ...(value !== undefined && { value }),
              ...(signal === 'state' && { native: String(value) }),
            };
          });
          const observed = [
            { machine: 'lathe', source: 'plc', from_ns: start, until_ns: start + 1500n * second },
          ];
          await store.write({ observations, observed, gaps: [] });
          if (compacted) await store.compact();
          const window = { from_ns: start + 60n * second, to_ns: start + 1700n * second };
          const rows = {
            observations: store.observations.bind(store),
            latest: store.latest.bind(store),
            observed: store.observed.bind(store),
            entries: store.entries.bind(store),
          };
          const [columns, objects] = [store, rows].map((reads) =>
            new Figures({ plant, store: reads, lateness_ns: 0n }).of(scope, window, start * 2n),
          );
          expect((await columns!).account).toEqual((await objects!).account);
        } finally {
          await store.close();
        }
      }),
      { numRuns: 25 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
