import { declaredInputs } from '@benchline/model';

/**
 * Figures that need more than the sums of their scope: its machines each for itself, what the plant plans, what people
 * declared and inspected. Tables besides those of facts, counts and figures: `station` (of key processes), `chain`.
 */

/** The scope that is a machine or meter alone. */
const own = `SELECT DISTINCT machine, scope FROM member WHERE scope LIKE '%/' || machine`;

/** Of what was declared about the same stretch, what came in last. */
const declaration = `
  SELECT scope, input, f, t, arg_max(value, (entered, id)) AS value FROM (
    SELECT coalesce(own.scope, h.machine) AS scope, h.* EXCLUDE (machine) FROM holding h LEFT JOIN own USING (machine)
    WHERE kind = 'declared_input') GROUP BY ALL`;

/** What was declared for exactly a window, or for stretches that fill it one after the other. */
const declared = `
  WITH inside AS (SELECT id, w.f AS wf, w.t AS wt, d.*, d.f = w.f AND d.t = w.t AS whole,
      lag(d.t) OVER (PARTITION BY id, scope, input ORDER BY d.f, d.t) AS before
    FROM win w JOIN declaration d ON d.f >= w.f AND d.t <= w.t)
  SELECT scope, id, input, CASE WHEN bool_or(whole) THEN max(value) FILTER (WHERE whole)
      WHEN bool_and(f = coalesce(before, wf)) AND max(t) = any_value(wt) THEN
        CASE input WHEN 'average_inventory' THEN sum(value * ((t - f) / (wt - wf))) ELSE sum(value) END END AS value
  FROM inside GROUP BY scope, id, input`;

/** Counts of each machine over each window; NULL where nobody knew its counters. */
const counted = `
  SELECT own.machine, told.id, coalesce(c.items, 0) / 1e9 AS items, coalesce(c.judged, 0) / 1e9 AS judged,
    coalesce(c.good, 0) / 1e9 AS good, coalesce(c.scrap, 0) / 1e9 AS scrap
  FROM own JOIN told USING (scope) LEFT JOIN (SELECT * FROM tallies WHERE what = 'count') c USING (scope, id)
  WHERE told.counts`;

/** Planned busy time of each machine, s. */
const busyTime = `
  SELECT own.machine, w.id, (coalesce(sum(amount) FILTER (WHERE what = 'planned'), 0)
    - coalesce(sum(amount) FILTER (WHERE what = 'element' AND key = 'pmt'), 0)) / 1e9 AS pbt
  FROM own CROSS JOIN win w LEFT JOIN sums s ON s.scope = own.scope AND s.id = w.id GROUP BY ALL`;

const load = `
  SELECT scope, b.id, CASE WHEN bool_or(told.counts) AND sum(capacity * pbt) > 0
    THEN sum(coalesce(items, 0)) / (sum(capacity * pbt) / 3600) END AS equipment_load_ratio
  FROM member JOIN machine USING (machine) JOIN busy_time b USING (machine) LEFT JOIN counted c USING (machine, id)
  LEFT JOIN told USING (scope, id) WHERE capacity IS NOT NULL GROUP BY scope, b.id`;

const scrapPlan = `
  SELECT scope, id, sum(x.scrap) / 1e9 AS scrap, sum(p.scrap * x.judged) / 1e9 AS planned
  FROM tallies x JOIN product p USING (product) WHERE what = 'product_count' AND p.scrap IS NOT NULL GROUP BY scope, id`;

const inspected = `
  SELECT process, w.id, sum(submitted)::DOUBLE AS submitted, sum(passed)::DOUBLE AS passed
  FROM holding h JOIN win w ON h.t > w.f AND h.t <= w.t WHERE kind = 'inspection' GROUP BY process, w.id`;

/** First pass yield of a process: by inspections where there are any, else by its counters. */
const processYield = `
  WITH submissions AS (
    SELECT process, id, coalesce(any_value(i.submitted), sum(judged) FILTER (WHERE judged > 0)) AS submitted,
      coalesce(any_value(i.passed), sum(good) FILTER (WHERE judged > 0)) AS passed
    FROM station CROSS JOIN win LEFT JOIN counted c USING (machine, id) LEFT JOIN inspected i USING (process, id) GROUP BY ALL)
  SELECT process, id, CASE WHEN passed >= 0 AND passed <= submitted AND submitted > 0 THEN passed / submitted END AS yield
  FROM submissions`;

/** Chains are whole in scopes with all of their stations; of several the lowest counts. */
const chained = `
  WITH whole AS (SELECT scope FROM member JOIN station USING (machine) JOIN chain USING (process)
    GROUP BY scope HAVING count(DISTINCT machine) = (SELECT count(DISTINCT machine) FROM chain JOIN station USING (process))),
  rolled AS (SELECT chain, id, CASE WHEN count(yield) = count(*) THEN product(yield) END AS yield
    FROM chain JOIN process_yield USING (process) GROUP BY chain, id),
  lowest AS (SELECT id, CASE WHEN count(yield) = count(*) THEN min(yield) END AS yield FROM rolled GROUP BY id),
  first AS (SELECT w.id, count(c.items) = count(*) AS known, sum(c.items) AS items
    FROM chain JOIN station USING (process) CROSS JOIN win w LEFT JOIN counted c USING (machine, id) WHERE place = 1 GROUP BY w.id),
  lost AS (SELECT id, sum(scrap) AS scrap FROM counted
    WHERE machine IN (SELECT machine FROM chain JOIN station USING (process)) GROUP BY id)
  SELECT scope, id, l.yield AS rolled_throughput_yield,
    CASE WHEN first.known AND first.items > 0 THEN lost.scrap / first.items END AS fall_off_ratio
  FROM whole CROSS JOIN lowest l LEFT JOIN first USING (id) LEFT JOIN lost USING (id)`;

/** What a machine was seen and did in a window, planned or not. */
const shown = `
  SELECT machine, w.id, controlled, controlled AND EXISTS (SELECT 1 FROM seen s WHERE s.machine = m.machine AND s.f < w.t AND s.t > w.f) AS connected,
    controlled AND (EXISTS (SELECT 1 FROM known k WHERE k.machine = m.machine AND k.f < w.t AND k.t > w.f AND k.state = 'producing')
      OR EXISTS (SELECT 1 FROM placed i WHERE i.machine = m.machine AND i.moment > w.f AND i.moment <= w.t AND i.delta > 0)
      OR EXISTS (SELECT 1 FROM corrected i WHERE i.machine = m.machine AND i.moment > w.f AND i.moment <= w.t
        AND i.good + i.scrap + i.rework > 0)) AS active
  FROM machine m CROSS JOIN win w WHERE machine IN (SELECT machine FROM station)`;

/** Share of key processes; a process with stations of both kinds counts by its rule. */
const cnc = `
  WITH share AS (SELECT scope, id, process, ${['controlled', 'connected', 'active']
    .map(
      (what) =>
        `CASE WHEN rule = 'fraction' THEN avg(${what}::INT) ELSE bool_and(${what})::INT END AS ${what}`,
    )
    .join(', ')}
    FROM member JOIN station USING (machine) JOIN shown USING (machine)
    WHERE scope NOT IN (SELECT scope FROM own) GROUP BY scope, id, process, rule)
  SELECT scope, id, avg(controlled) AS cnc_ratio_declared, avg(connected) AS cnc_ratio_connected, avg(active) AS cnc_ratio_active
  FROM share GROUP BY scope, id`;

/** 10⁻⁹ of a carrier times a factor of ten-thousandths, rounded half away from zero. */
const times = (net: string, factor: number) =>
  `CASE WHEN ${net} IS NOT NULL THEN (2 * ${net} * ${factor} + sign(${net})::HUGEINT * 10000) // 20000 END`;

/** Of electricity by its grid (north, 2023), of gas by the plant's own factor from 15 March on. */
const gasKnown = 'SELECT id FROM win WHERE f >= 1773529200000000000';

/** Standard coal by GB/T 2589-2020 and CO₂, each carrier rounded by itself; none while a carrier has no factor. */
const converted = `
  WITH net AS (SELECT told.scope, told.id,
    CASE WHEN any_value(told.energy) THEN coalesce(sum(CASE key WHEN 'import' THEN amount ELSE -amount END) FILTER (WHERE what = 'energy'), 0) END AS kwh,
    CASE WHEN any_value(told.gas) THEN coalesce(sum(amount) FILTER (WHERE what = 'gas'), 0) END AS gas
    FROM told LEFT JOIN sums USING (scope, id) GROUP BY told.scope, told.id)
  SELECT scope, id, (coalesce(${times('kwh', 1229)}, 0) + coalesce(${times('gas', 13300)}, 0)) / 1e9 AS kgce,
    CASE WHEN gas IS NULL OR id IN (${gasKnown})
      THEN (coalesce(${times('kwh', 6361)}, 0) + coalesce(${times('gas', 21622)}, 0)) / 1e9 END AS co2
  FROM net WHERE kwh IS NOT NULL OR gas IS NOT NULL`;

const ratio = (part: string, whole: string) => `CASE WHEN d.${whole} <> 0 THEN d.${part} / d.${whole} END`;

/** Columns of what may be declared, there whether anybody declared it or not. */
const declarable = Object.keys(declaredInputs).map((input) => `'${input}'`);

/** One row with one column for each figure, for every scope and window. */
const contextFigures = `
  WITH d AS (PIVOT declared ON input IN (${declarable.join(', ')}) USING any_value(value) GROUP BY scope, id),
  judged AS (SELECT scope, coalesce(bool_or(tally <> 'total'), false) AS judged FROM member LEFT JOIN machine USING (machine) GROUP BY scope),
  pmt AS (SELECT scope, id, sum(amount) / 1e9 AS pmt FROM sums WHERE what = 'element' AND key = 'pmt' GROUP BY scope, id),
  scrapped AS (SELECT scope, id, scrap / 1e9 AS scrap FROM tallies WHERE what = 'count')
  SELECT scope, id, load.equipment_load_ratio,
    CASE WHEN j.judged THEN CASE WHEN d.planned_scrap IS NULL THEN CASE WHEN s.planned <> 0 THEN s.scrap / s.planned END
      WHEN told.counts AND d.planned_scrap <> 0 THEN coalesce(x.scrap, 0) / d.planned_scrap END END AS actual_to_planned_scrap_ratio,
    chained.fall_off_ratio, chained.rolled_throughput_yield, cnc.cnc_ratio_declared, cnc.cnc_ratio_connected, cnc.cnc_ratio_active,
    c.kgce AS comprehensive_energy_kgce, c.co2 AS co2_kg,
    CASE WHEN f.good_items > 0 THEN c.kgce / f.good_items END AS comprehensive_energy_kgce_per_good_item,
    CASE WHEN d.corrective_maintenance_time IS NULL THEN f.corrective_maintenance_ratio
      WHEN d.corrective_maintenance_time * 3600 + coalesce(pmt.pmt, 0) <> 0
        THEN d.corrective_maintenance_time * 3600 / (d.corrective_maintenance_time * 3600 + coalesce(pmt.pmt, 0)) END AS corrective_maintenance_ratio,
    ${ratio('actual_personnel_work_time', 'actual_personnel_attendance_time')} AS worker_efficiency,
    ${ratio('throughput', 'average_inventory')} AS inventory_turns,
    ${ratio('finished_goods', 'consumed_material')} AS finished_goods_ratio,
    ${ratio('integrated_goods', 'consumed_material')} AS integrated_goods_ratio,
    ${ratio('production_loss', 'consumed_material')} AS production_loss_ratio,
    ${ratio('storage_transport_loss', 'consumed_material')} AS storage_transport_loss_ratio,
    ${ratio('other_loss', 'consumed_material')} AS other_loss_ratio
  FROM figures f LEFT JOIN d USING (scope, id) LEFT JOIN judged j USING (scope) LEFT JOIN told USING (scope, id)
    LEFT JOIN load USING (scope, id) LEFT JOIN scrap_plan s USING (scope, id) LEFT JOIN scrapped x USING (scope, id)
    LEFT JOIN chained USING (scope, id) LEFT JOIN cnc USING (scope, id) LEFT JOIN converted c USING (scope, id)
    LEFT JOIN pmt USING (scope, id)`;

export const contextTables: readonly (readonly [name: string, query: string])[] = [
  ['own', own],
  ['declaration', declaration],
  ['declared', declared],
  ['busy_time', busyTime],
  ['counted', counted],
  ['load', load],
  ['scrap_plan', scrapPlan],
  ['inspected', inspected],
  ['process_yield', processYield],
  ['chained', chained],
  ['shown', shown],
  ['cnc', cnc],
  ['converted', converted],
  ['context_figures', contextFigures],
];
