/** Sums over windows and the figures from them. Tables: those of the facts, `member` (of scopes) and `win` (windows). */

const part = 'least(b.t, w.t) - greatest(b.f, w.f)';
const within = 'b.f < w.t AND w.f < b.t';
const inside = 'i.moment > w.f AND i.moment <= w.t';

const here = 'SELECT scope, machine, energy, id, f, t FROM member CROSS JOIN win';

/** Rows of scope, window, what, key, amount. Of a scope they are the sums over its machines. */
const sums = `
  WITH here AS (${here}),
  part AS (
    SELECT scope, id, 'calendar' AS what, '' AS key, (w.t - w.f)::HUGEINT AS amount FROM here w
      WHERE machine IN (SELECT machine FROM signal WHERE kind = 'state')
    UNION ALL SELECT scope, id, 'planned', '', ${part} FROM here w JOIN planned b USING (machine) WHERE ${within}
    UNION ALL SELECT scope, id, unnest(['planned', 'element']), unnest(['', 'pmt']), ${part}
      FROM here w JOIN maintained b USING (machine) WHERE ${within}
    UNION ALL SELECT scope, id, 'element', element, ${part} FROM here w JOIN busy b USING (machine) WHERE ${within}
    UNION ALL SELECT scope, id, 'stop_time', state || '/' || coalesce(reason, ''), ${part}
      FROM here w JOIN busy b USING (machine) WHERE ${within} AND state <> 'producing'
    UNION ALL SELECT scope, id, 'product_pbt', product, ${part} FROM here w JOIN busy b USING (machine) JOIN machine m USING (machine)
      WHERE ${within} AND m.good AND product IS NOT NULL AND element <> 'pmt'
    UNION ALL SELECT scope, id, 'product_apt', product, ${part} FROM here w JOIN busy b USING (machine) JOIN machine m USING (machine)
      WHERE ${within} AND m.good AND product IS NOT NULL AND element = 'apt'
    UNION ALL SELECT scope, id, 'stop_times', state || '/' || coalesce(reason, ''), 1
      FROM here w JOIN entry i USING (machine) WHERE i.moment >= w.f AND i.moment < w.t
    UNION ALL SELECT scope, id, 'micro_stop_time', i.state || '/' || i.reason, length
      FROM here w JOIN micro_stop i USING (machine) WHERE i.moment >= w.f AND i.moment < w.t
    UNION ALL SELECT scope, id, 'micro_stop_times', i.state || '/' || i.reason, 1
      FROM here w JOIN micro_stop i USING (machine) WHERE i.moment >= w.f AND i.moment < w.t
    UNION ALL SELECT scope, id, 'failures', '', 1 FROM here w JOIN entry i USING (machine) WHERE i.moment >= w.f AND i.moment < w.t AND failure
    UNION ALL SELECT scope, id, 'count', machine || '/' || role, delta FROM here w JOIN placed i USING (machine) WHERE ${inside}
    UNION ALL SELECT scope, id, 'attributed', machine || '/' || role, delta FROM here w JOIN placed i USING (machine)
      WHERE ${inside} AND attributed
    UNION ALL SELECT scope, id, 'product_count', machine || '/' || role || '/' || product, delta
      FROM here w JOIN placed i USING (machine) JOIN machine m USING (machine)
      WHERE ${inside} AND attributed AND m.good AND product IS NOT NULL
    UNION ALL SELECT scope, id, 'energy', role, delta FROM here w JOIN increment i USING (machine)
      WHERE ${inside} AND kind = 'energy' AND w.energy
    UNION ALL SELECT scope, id, 'gas', role, delta FROM here w JOIN increment i USING (machine) WHERE ${inside} AND kind = 'gas'
    UNION ALL SELECT scope, id, 'product_named', product, items FROM here w JOIN named i USING (machine) WHERE ${inside}
    UNION ALL SELECT scope, id, 'product_start_up', product, items FROM here w JOIN named i USING (machine) WHERE ${inside} AND start_up
    UNION ALL SELECT scope, id, 'energy_use', state || '/' || coalesce(product, '') || ' ' || role, delta
      FROM here w JOIN used i USING (machine) WHERE ${inside}
    UNION ALL SELECT scope, id, 'energy_order', an_order || ' ' || role, delta
      FROM here w JOIN used i USING (machine) WHERE ${inside} AND an_order IS NOT NULL)
  SELECT scope, id, what, key, sum(amount) AS amount FROM part GROUP BY scope, id, what, key`;

/** Items, good ones and scrap of each machine by which of them it counts, with what people corrected, summed up. */
const tallies = `
  WITH role AS (SELECT scope, id, what, split_part(key, '/', 1) AS machine, split_part(key, '/', 3) AS product,
    coalesce(sum(amount) FILTER (WHERE split_part(key, '/', 2) = 'total'), 0) AS total,
    coalesce(sum(amount) FILTER (WHERE split_part(key, '/', 2) = 'good'), 0) AS good,
    coalesce(sum(amount) FILTER (WHERE split_part(key, '/', 2) = 'scrap'), 0) AS scrap,
    coalesce(sum(amount) FILTER (WHERE split_part(key, '/', 2) = 'rework'), 0) AS rework
    FROM sums WHERE what IN ('count', 'attributed', 'product_count') GROUP BY ALL),
  here AS (${here}),
  entered AS (SELECT w.scope, w.id, machine, i.* EXCLUDE (machine, moment), m.good AS rated FROM here w
    JOIN corrected i USING (machine) JOIN machine m USING (machine) WHERE ${inside}),
  tallied AS (SELECT scope, id, what, product, CASE tally
      WHEN 'total, scrap' THEN {items: total, judged: total, good: total - scrap, scrap: scrap, rework: rework}
      WHEN 'good, scrap, rework' THEN {items: good + scrap + rework, judged: good + scrap + rework, good: good, scrap: scrap, rework: rework}
      WHEN 'total' THEN {items: total, judged: 0, good: 0, scrap: 0, rework: 0} END AS x
    FROM role JOIN (SELECT machine, tally FROM machine) USING (machine)
    UNION ALL SELECT scope, id, what, CASE what WHEN 'product_count' THEN product ELSE '' END,
      {items: good + scrap + rework, judged: good + scrap + rework, good: good, scrap: scrap, rework: rework}
    FROM entered CROSS JOIN (VALUES ('count'), ('attributed'), ('product_count')) AS k(what)
    WHERE what = 'count' OR (what = 'attributed' AND attributed) OR (what = 'product_count' AND attributed AND rated AND product IS NOT NULL))
  SELECT scope, id, what, product, sum(x.items) AS items, sum(x.judged) AS judged, sum(x.good) AS good,
    sum(x.scrap) AS scrap, sum(x.rework) AS rework FROM tallied GROUP BY ALL`;

/** What was done for each order: when it was first and last seen open, and for how long, and how many items. */
const orders = `
  WITH here AS (${here}),
  made AS (SELECT machine, moment, delta AS items FROM placed i JOIN machine m USING (machine)
      WHERE CASE WHEN m.tally LIKE 'total%' THEN role = 'total' ELSE role IN ('good', 'scrap', 'rework') END
    UNION ALL SELECT machine, moment, good + scrap + rework FROM corrected),
  part AS (
    SELECT scope, id, an_order, greatest(b.f, w.f) AS first, least(b.t, w.t) AS last, 0 AS busy, 0 AS apt, 0 AS items
      FROM here w JOIN executed b USING (machine) WHERE ${within}
    UNION ALL SELECT scope, id, an_order, greatest(b.f, w.f), least(b.t, w.t), ${part}, CASE element WHEN 'apt' THEN ${part} ELSE 0 END, 0
      FROM here w JOIN busy b USING (machine) WHERE ${within} AND an_order IS NOT NULL AND element IN ('apt', 'aust', 'adet')
    UNION ALL SELECT scope, id, an_order, NULL, NULL, 0, 0, i.items
      FROM here w JOIN made i USING (machine) JOIN executed b USING (machine) WHERE ${inside} AND b.f < i.moment AND i.moment <= b.t)
  SELECT scope, id, an_order, min(first) AS first, max(last) AS last, sum(busy)::HUGEINT AS busy, sum(apt)::HUGEINT AS apt,
    sum(items)::HUGEINT AS items FROM part GROUP BY scope, id, an_order HAVING min(first) IS NOT NULL`;

/** Of which kinds something is known: a counter was read in the window, or watched in it after it had been read. */
const told = `
  WITH here AS (${here}),
  counter AS (SELECT machine, signal, kind, role, source, min(moment) AS since FROM reading GROUP BY ALL)
  SELECT scope, id, bool_or(kind = 'count') AS counts, coalesce(bool_or(kind = 'energy' AND energy), false) AS energy,
    bool_or(kind = 'gas') AS gas FROM (
    SELECT DISTINCT scope, id, kind, energy FROM here w JOIN reading i USING (machine) WHERE ${inside}
    UNION SELECT DISTINCT scope, id, kind, energy FROM here w JOIN counter c USING (machine) JOIN watched b USING (machine, source)
      WHERE c.since <= w.f AND ${within}
    UNION SELECT DISTINCT scope, id, 'count', energy FROM here w JOIN corrected i USING (machine) WHERE ${inside})
  GROUP BY scope, id`;

/** What the unobserved part of planned busy time leaves open: it earned nothing, or all of its time. */
const bounds = (id: string, earned: string, known: string) =>
  `CASE WHEN ${known} AND pbt > observed THEN (${earned}) / pbt END AS ${id}_lower,
    CASE WHEN ${known} AND pbt > observed THEN (${earned} + pbt - observed) / pbt END AS ${id}_upper`;
const bounded = (id: string, earned: string) =>
  `CASE WHEN observed > 0 THEN (${earned}) / observed END AS ${id}, ${bounds(id, earned, 'observed > 0')}`;

/** Figures from the sums, by the formulas of ISO 22400-2 over the observed part; NULL where they do not exist. */
const figures = `
  WITH t AS (SELECT scope, id,
      coalesce(sum(amount) FILTER (WHERE what = 'calendar'), 0) / 1e9 AS calendar,
      (coalesce(sum(amount) FILTER (WHERE what = 'planned'), 0)
        - coalesce(sum(amount) FILTER (WHERE what = 'element' AND key = 'pmt'), 0)) / 1e9 AS pbt,
      coalesce(sum(amount) FILTER (WHERE what = 'element' AND key <> 'pmt'), 0) / 1e9 AS observed,
      ${['apt', 'aust', 'adet', 'pmt'].map((e) => `coalesce(sum(amount) FILTER (WHERE what = 'element' AND key = '${e}'), 0) / 1e9 AS ${e}`).join(', ')},
      ${['fault', 'waiting', 'short_stop'].map((s) => `coalesce(sum(amount) FILTER (WHERE what = 'stop_time' AND key LIKE '${s}/%'), 0) / 1e9 AS ${s}`).join(', ')},
      coalesce(sum(amount) FILTER (WHERE what = 'failures'), 0)::DOUBLE AS failures,
      coalesce(sum(amount) FILTER (WHERE what = 'micro_stop_times'), 0)::DOUBLE AS micro_stops,
      coalesce(sum(amount) FILTER (WHERE what = 'micro_stop_time'), 0) / 1e9 AS micro_stop_time,
      coalesce(sum(amount) FILTER (WHERE what = 'product_pbt'), 0) / 1e9 AS rated_pbt,
      coalesce(sum(amount) FILTER (WHERE what = 'product_apt'), 0) / 1e9 AS rated_apt,
      coalesce(sum(CASE key WHEN 'import' THEN amount ELSE -amount END) FILTER (WHERE what = 'energy'), 0) / 1e9 AS kwh,
      sum(CASE WHEN key LIKE '%import' THEN amount ELSE -amount END) FILTER (WHERE what = 'energy_use' AND key NOT LIKE 'unattributed/%') AS powered,
      coalesce(sum(CASE WHEN key LIKE '%import' THEN amount ELSE -amount END)
        FILTER (WHERE what = 'energy_use' AND (key LIKE 'producing/%' OR key LIKE 'setup/%')), 0) AS useful
    FROM sums GROUP BY scope, id),
  earned AS (SELECT scope, id, sum(run_time * items / 1e9) AS items, sum(run_time * good / 1e9) AS good
    FROM tallies JOIN product USING (product) WHERE what = 'product_count' GROUP BY scope, id),
  attributed AS (SELECT * FROM tallies WHERE what = 'attributed'),
  counted AS (SELECT * FROM tallies WHERE what = 'count'),
  ordered AS (SELECT scope, id, sum(last - first) / 1e9 AS aoet, sum(busy) / 1e9 AS busy, sum(apt) / 1e9 AS apt,
    sum(items) / 1e9 AS items FROM orders GROUP BY scope, id),
  counts AS (SELECT scope, bool_or(tally IS NOT NULL) AS items, coalesce(bool_or(tally <> 'total'), false) AS good,
    coalesce(bool_or(tally LIKE '%rework'), false) AS rework FROM member LEFT JOIN machine USING (machine) GROUP BY scope)
  SELECT t.scope, t.id,
    ${bounded('availability', 't.apt')},
    ${bounded('allocation_efficiency', 't.apt + aust + adet')},
    ${bounded('nakajima_availability', 't.apt + waiting + short_stop')},
    ${bounds('oee', 'coalesce(e.good, 0)', 'rated_pbt > 0 AND rated_pbt = observed')},
    CASE WHEN rated_apt > 0 THEN coalesce(e.items, 0) / rated_apt END AS effectiveness,
    CASE WHEN observed > 0 AND a.judged > 0 THEN a.good / a.judged END AS quality_ratio,
    CASE WHEN rated_pbt > 0 THEN coalesce(e.good, 0) / rated_pbt END AS oee,
    CASE WHEN rated_pbt > 0 AND t.apt > 0 THEN coalesce(e.good, 0) / rated_pbt * (t.apt + aust) / t.apt END AS nee,
    CASE WHEN rated_pbt > 0 THEN coalesce(e.good, 0) / rated_pbt * pbt / calendar END AS teep,
    CASE WHEN rated_pbt > 0 AND rated_pbt = observed AND t.apt + waiting + short_stop > 0
      THEN coalesce(e.items, 0) / (t.apt + waiting + short_stop) END AS nakajima_performance,
    CASE WHEN t.apt + aust + adet > 0 THEN t.apt / (t.apt + aust + adet) END AS utilization_efficiency,
    CASE WHEN t.apt + adet > 0 THEN t.apt / (t.apt + adet) END AS technical_efficiency,
    CASE WHEN t.apt + aust > 0 THEN aust / (t.apt + aust) END AS setup_ratio,
    CASE WHEN failures > 0 THEN (observed - fault) / failures / 3600 END AS mtbf,
    CASE WHEN failures > 0 THEN t.apt / failures / 3600 END AS mttf,
    CASE WHEN failures > 0 THEN fault / failures / 3600 END AS mttr,
    CASE WHEN (observed > 0 OR pbt = 0) AND fault + pmt > 0 THEN fault / (fault + pmt) END AS corrective_maintenance_ratio,
    CASE WHEN observed > 0 THEN micro_stops END AS micro_stops,
    CASE WHEN observed > 0 THEN micro_stop_time END AS micro_stop_time,
    CASE WHEN pbt > 0 THEN observed / pbt END AS coverage,
    CASE WHEN k.items AND told.counts THEN coalesce(c.items, 0) / 1e9 END AS items,
    CASE WHEN k.good AND told.counts THEN coalesce(c.good, 0) / 1e9 END AS good_items,
    CASE WHEN c.judged > 0 THEN c.scrap / c.judged END AS defect_ratio,
    CASE WHEN c.judged > 0 THEN c.good / c.judged END AS first_pass_yield,
    CASE WHEN k.rework AND c.items > 0 THEN c.rework / c.items END AS rework_ratio,
    CASE WHEN told.energy THEN kwh END AS energy_kwh,
    CASE WHEN told.energy AND k.good AND c.good > 0 THEN kwh / (c.good / 1e9) END AS energy_kwh_per_good_item,
    CASE WHEN powered > 0 THEN (powered - useful) / powered END AS idle_energy_share,
    CASE WHEN aoet > 0 AND (pbt = 0 OR observed > 0) THEN o.busy / aoet END AS allocation_ratio,
    CASE WHEN aoet > 0 THEN o.items * 3600 / aoet END AS throughput_rate,
    CASE WHEN aoet > 0 AND (pbt = 0 OR observed > 0) THEN o.apt / aoet END AS production_process_ratio
  FROM t LEFT JOIN earned e USING (scope, id) LEFT JOIN attributed a USING (scope, id) LEFT JOIN counted c USING (scope, id)
    LEFT JOIN ordered o USING (scope, id) LEFT JOIN told USING (scope, id) LEFT JOIN counts k USING (scope)`;

export const resultTables: readonly (readonly [name: string, query: string])[] = [
  ['sums', sums],
  ['tallies', tallies],
  ['orders', orders],
  ['told', told],
  ['figures', figures],
];
