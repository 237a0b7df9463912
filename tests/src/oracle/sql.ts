/**
 * The accounts once more, in SQL over raw rows, from the definitions alone: states hold over [from, to), increments
 * count in (from, to], what nobody watched is unknown. Tables to begin with: `raw`, `claim`, `work`, `pause`,
 * `signal`, `machine`, `product`, `member` (of scopes) and `win` (the windows asked for).
 */

/** One of each identity; of several deliveries the one with the latest gateway time. */
const said = `
  SELECT machine, signal, source, source_time + ordinal AS moment, ordinal, number, whole, text, native FROM raw
  QUALIFY row_number() OVER (PARTITION BY machine, signal, source_time, ordinal ORDER BY gateway_time DESC) = 1`;

/** Stretches over which one source watched one machine without a break. */
const watched = `
  SELECT machine, source, min(from_ns) AS f, max(until_ns) AS t FROM (
    SELECT *, sum(starts) OVER (PARTITION BY machine, source ORDER BY from_ns, until_ns ROWS UNBOUNDED PRECEDING) AS island
    FROM (SELECT *, CASE WHEN from_ns <= max(until_ns) OVER (PARTITION BY machine, source ORDER BY from_ns, until_ns
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS starts FROM claim))
  GROUP BY machine, source, island`;

/** Planned time: between two edges everything is alike, so one covering question is enough. */
const planned = `
  WITH edge AS (
    SELECT machine, from_ns AS moment FROM work UNION SELECT machine, to_ns FROM work
    UNION SELECT machine, from_ns FROM pause UNION SELECT machine, to_ns FROM pause),
  piece AS (SELECT machine, moment AS f, lead(moment) OVER (PARTITION BY machine ORDER BY moment) AS t FROM edge)
  SELECT machine, f, t FROM piece WHERE t IS NOT NULL
    AND EXISTS (SELECT 1 FROM work w WHERE w.machine = piece.machine AND w.from_ns <= f AND w.to_ns >= t)
    AND NOT EXISTS (SELECT 1 FROM pause p WHERE p.machine = piece.machine AND p.from_ns <= f AND p.to_ns >= t)`;

const everAfter = '9223372036854775807';
const everBefore = '(-9223372036854775807)';

/** What a signal said last at each instant, until it said something else; before its first word \`before\`. */
const steps = (kind: string, value: string, before: string) => `
  WITH word AS (
    SELECT said.machine, said.source, moment, ${value} AS value, native FROM said
    JOIN signal USING (machine, signal) JOIN machine USING (machine) WHERE kind = '${kind}'
    QUALIFY row_number() OVER (PARTITION BY said.machine, moment ORDER BY ordinal DESC) = 1),
  change AS (
    SELECT * FROM word WINDOW w AS (PARTITION BY machine ORDER BY moment)
    QUALIFY row_number() OVER w = 1
      OR (value, native, source) IS DISTINCT FROM (lag(value) OVER w, lag(native) OVER w, lag(source) OVER w)),
  step AS (
    SELECT machine, source, moment AS f, coalesce(lead(moment) OVER w, ${everAfter}) AS t, value, native,
      lag(value) OVER w AS value_before, lag(native) OVER w AS native_before
    FROM change WINDOW w AS (PARTITION BY machine ORDER BY moment))
  SELECT * FROM step
  UNION ALL
  SELECT machine, NULL, ${everBefore}, coalesce((SELECT min(f) FROM step WHERE step.machine = machine.machine), ${everAfter}),
    ${before}, NULL, NULL, NULL FROM machine`;

const stateSteps = steps('state', 'text', 'NULL');
const orderSteps = steps('order', "coalesce(text, '') <> ''", 'false');
/** A product without planned run time is none; an empty text stands for the usual one, a bad quality for none. */
const productSteps = steps(
  'product',
  "CASE WHEN text = '' THEN usual ELSE (SELECT product FROM product WHERE product = text) END",
  'usual',
);

/** What is common to two lists of stretches of a machine. */
const both = (a: string, b: string, columns: string, on = '') => `
  SELECT a.machine, greatest(a.f, b.f) AS f, least(a.t, b.t) AS t, ${columns}
  FROM ${a} a JOIN ${b} b ON a.machine = b.machine AND a.f < b.t AND b.f < a.t ${on}`;

/** Stretches of observed, planned time with a known state, its time element and the product. */
const busy = `
  WITH seen AS (${both('state_step', 'watched', 'a.value AS state, a.native AS reason', 'AND a.source = b.source WHERE a.value IS NOT NULL')}),
  due AS (${both('seen', 'planned', 'a.state, a.reason')}),
  ordered AS (${both('due', 'order_step', 'a.state, a.reason, b.value AS an_order')}),
  made AS (${both('ordered', 'product_step', 'a.state, a.reason, a.an_order, b.value AS product')})
  SELECT *, CASE state WHEN 'producing' THEN 'apt' WHEN 'setup' THEN 'aust' WHEN 'waiting' THEN 'adet'
    WHEN 'short_stop' THEN 'adet' WHEN 'fault' THEN CASE WHEN an_order THEN 'adet' ELSE 'adot' END
    WHEN 'no_order' THEN 'adot' WHEN 'planned_maintenance' THEN 'pmt' END AS element FROM made`;

/** Changes from one known state to another that is not producing, seen in planned time. */
const entry = `
  SELECT s.machine, s.f AS moment, s.value AS state, s.native AS reason, s.value = 'fault' AND s.value_before <> 'fault' AS failure
  FROM state_step s WHERE s.value IS NOT NULL AND s.value_before IS NOT NULL AND s.value <> 'producing'
    AND (s.value, s.native) IS DISTINCT FROM (s.value_before, s.native_before)
    AND EXISTS (SELECT 1 FROM busy b WHERE b.machine = s.machine AND b.f <= s.f AND s.f < b.t)`;

/** Readings in 10⁻⁹ items or kWh; the whole part of a number and the rest apart, as doubles have 53 bits. */
const reading = `
  SELECT machine, signal, kind, role, rollover, source, moment, CASE WHEN whole IS NOT NULL THEN whole::HUGEINT * nano
    ELSE trunc(number)::HUGEINT * nano + round((number - trunc(number)) * nano)::HUGEINT END AS value
  FROM said JOIN signal USING (machine, signal) WHERE kind IN ('count', 'energy') AND (number IS NOT NULL OR whole IS NOT NULL)`;

/** By how much a counter rose since its reading before: a smaller one ran over or began at 0 again. */
const increment = `
  SELECT machine, signal, kind, role, source, since, moment, CASE WHEN value >= before THEN value - before
    WHEN rollover IS NULL THEN value ELSE value - before + rollover END AS delta
  FROM (SELECT *, lag(value) OVER w AS before, lag(moment) OVER w AS since FROM reading
    WINDOW w AS (PARTITION BY machine, signal ORDER BY moment))
  WHERE before IS NOT NULL AND value <> before`;

/** Items with the stretch that they were surely made in: its counter watched throughout, no maintenance. */
const placed = `
  SELECT i.*, b.machine IS NOT NULL AS attributed, b.product
  FROM (SELECT i.*, coalesce(i.moment <= w.t, false) AS watched
    FROM (SELECT * FROM increment WHERE kind = 'count') i
    ASOF LEFT JOIN watched w ON i.machine = w.machine AND i.source = w.source AND i.since >= w.f) i
  LEFT JOIN busy b ON i.watched AND i.machine = b.machine AND b.f < i.moment AND i.moment <= b.t AND b.element <> 'pmt'`;

/** In the order in which they build on each other. */
export const oracleTables: readonly (readonly [name: string, query: string])[] = [
  ['said', said],
  ['watched', watched],
  ['planned', planned],
  ['state_step', stateSteps],
  ['order_step', orderSteps],
  ['product_step', productSteps],
  ['busy', busy],
  ['entry', entry],
  ['reading', reading],
  ['increment', increment],
  ['placed', placed],
];

const part = 'least(b.t, w.t) - greatest(b.f, w.f)';
const within = 'b.f < w.t AND w.f < b.t';
const inside = 'i.moment > w.f AND i.moment <= w.t';

/** Sums over windows: rows of scope, window, what, key, amount. Of a scope they are the sums over its machines. */
const sums = `
  WITH here AS (SELECT scope, machine, energy, id, f, t FROM member CROSS JOIN win),
  part AS (
    SELECT scope, id, 'calendar' AS what, '' AS key, (w.t - w.f)::HUGEINT AS amount FROM here w
      WHERE machine IN (SELECT machine FROM signal WHERE kind = 'state')
    UNION ALL SELECT scope, id, 'planned', '', ${part} FROM here w JOIN planned b USING (machine) WHERE ${within}
    UNION ALL SELECT scope, id, 'element', element, ${part} FROM here w JOIN busy b USING (machine) WHERE ${within}
    UNION ALL SELECT scope, id, 'stop_time', state || '/' || coalesce(reason, ''), ${part}
      FROM here w JOIN busy b USING (machine) WHERE ${within} AND state <> 'producing'
    UNION ALL SELECT scope, id, 'product_pbt', product, ${part} FROM here w JOIN busy b USING (machine) JOIN machine m USING (machine)
      WHERE ${within} AND m.good AND product IS NOT NULL AND element <> 'pmt'
    UNION ALL SELECT scope, id, 'product_apt', product, ${part} FROM here w JOIN busy b USING (machine) JOIN machine m USING (machine)
      WHERE ${within} AND m.good AND product IS NOT NULL AND element = 'apt'
    UNION ALL SELECT scope, id, 'stop_times', state || '/' || coalesce(reason, ''), 1
      FROM here w JOIN entry i USING (machine) WHERE i.moment >= w.f AND i.moment < w.t
    UNION ALL SELECT scope, id, 'failures', '', 1 FROM here w JOIN entry i USING (machine) WHERE i.moment >= w.f AND i.moment < w.t AND failure
    UNION ALL SELECT scope, id, 'count', machine || '/' || role, delta FROM here w JOIN placed i USING (machine) WHERE ${inside}
    UNION ALL SELECT scope, id, 'attributed', machine || '/' || role, delta FROM here w JOIN placed i USING (machine)
      WHERE ${inside} AND attributed
    UNION ALL SELECT scope, id, 'product_count', machine || '/' || role || '/' || product, delta
      FROM here w JOIN placed i USING (machine) JOIN machine m USING (machine)
      WHERE ${inside} AND attributed AND m.good AND product IS NOT NULL
    UNION ALL SELECT scope, id, 'energy', role, delta FROM here w JOIN increment i USING (machine)
      WHERE ${inside} AND kind = 'energy' AND w.energy)
  SELECT scope, id, what, key, sum(amount) AS amount FROM part GROUP BY scope, id, what, key`;

/** Items, good ones and scrap of each machine by which of them it counts, summed up. */
const tallies = `
  WITH role AS (SELECT scope, id, what, split_part(key, '/', 1) AS machine, split_part(key, '/', 3) AS product,
    coalesce(sum(amount) FILTER (WHERE split_part(key, '/', 2) = 'total'), 0) AS total,
    coalesce(sum(amount) FILTER (WHERE split_part(key, '/', 2) = 'good'), 0) AS good,
    coalesce(sum(amount) FILTER (WHERE split_part(key, '/', 2) = 'scrap'), 0) AS scrap,
    coalesce(sum(amount) FILTER (WHERE split_part(key, '/', 2) = 'rework'), 0) AS rework
    FROM sums WHERE what IN ('count', 'attributed', 'product_count') GROUP BY ALL),
  tallied AS (SELECT scope, id, what, product, CASE tally
      WHEN 'total, scrap' THEN {items: total, judged: total, good: total - scrap, scrap: scrap, rework: rework}
      WHEN 'good, scrap, rework' THEN {items: good + scrap + rework, judged: good + scrap + rework, good: good, scrap: scrap, rework: rework}
      WHEN 'total' THEN {items: total, judged: 0, good: 0, scrap: 0, rework: 0} END AS x
    FROM role JOIN (SELECT machine, tally FROM machine) USING (machine))
  SELECT scope, id, what, product, sum(x.items) AS items, sum(x.judged) AS judged, sum(x.good) AS good,
    sum(x.scrap) AS scrap, sum(x.rework) AS rework FROM tallied GROUP BY ALL`;

/** Figures from the sums, by the formulas of ISO 22400-2 over the observed part; NULL where they do not exist. */
const figures = `
  WITH t AS (SELECT scope, id,
      coalesce(sum(amount) FILTER (WHERE what = 'calendar'), 0) / 1e9 AS calendar,
      (coalesce(sum(amount) FILTER (WHERE what = 'planned'), 0)
        - coalesce(sum(amount) FILTER (WHERE what = 'element' AND key = 'pmt'), 0)) / 1e9 AS pbt,
      coalesce(sum(amount) FILTER (WHERE what = 'element' AND key <> 'pmt'), 0) / 1e9 AS observed,
      ${['apt', 'aust', 'adet', 'pmt'].map((e) => `coalesce(sum(amount) FILTER (WHERE what = 'element' AND key = '${e}'), 0) / 1e9 AS ${e}`).join(', ')},
      coalesce(sum(amount) FILTER (WHERE what = 'stop_time' AND key LIKE 'fault/%'), 0) / 1e9 AS fault,
      coalesce(sum(amount) FILTER (WHERE what = 'failures'), 0)::DOUBLE AS failures,
      coalesce(sum(amount) FILTER (WHERE what = 'product_pbt'), 0) / 1e9 AS rated_pbt,
      coalesce(sum(amount) FILTER (WHERE what = 'product_apt'), 0) / 1e9 AS rated_apt,
      sum(CASE key WHEN 'import' THEN amount ELSE -amount END) FILTER (WHERE what = 'energy') / 1e9 AS kwh
    FROM sums GROUP BY scope, id),
  earned AS (SELECT scope, id, sum(run_time * items / 1e9) AS items, sum(run_time * good / 1e9) AS good
    FROM tallies JOIN product USING (product) WHERE what = 'product_count' GROUP BY scope, id),
  attributed AS (SELECT * FROM tallies WHERE what = 'attributed'),
  counted AS (SELECT * FROM tallies WHERE what = 'count')
  SELECT t.scope, t.id,
    CASE WHEN observed > 0 THEN apt / observed END AS availability,
    CASE WHEN rated_apt > 0 THEN coalesce(e.items, 0) / rated_apt END AS effectiveness,
    CASE WHEN observed > 0 AND a.judged > 0 THEN a.good / a.judged END AS quality_ratio,
    CASE WHEN rated_pbt > 0 THEN coalesce(e.good, 0) / rated_pbt END AS oee,
    CASE WHEN rated_pbt > 0 AND apt > 0 THEN coalesce(e.good, 0) / rated_pbt * (apt + aust) / apt END AS nee,
    CASE WHEN rated_pbt > 0 THEN coalesce(e.good, 0) / rated_pbt * pbt / calendar END AS teep,
    CASE WHEN observed > 0 THEN (apt + aust + adet) / observed END AS allocation_efficiency,
    CASE WHEN apt + aust + adet > 0 THEN apt / (apt + aust + adet) END AS utilization_efficiency,
    CASE WHEN apt + adet > 0 THEN apt / (apt + adet) END AS technical_efficiency,
    CASE WHEN apt + aust > 0 THEN aust / (apt + aust) END AS setup_ratio,
    CASE WHEN failures > 0 THEN (observed - fault) / failures / 3600 END AS mtbf,
    CASE WHEN failures > 0 THEN apt / failures / 3600 END AS mttf,
    CASE WHEN failures > 0 THEN fault / failures / 3600 END AS mttr,
    CASE WHEN observed > 0 AND fault + pmt > 0 THEN fault / (fault + pmt) END AS corrective_maintenance_ratio,
    CASE WHEN pbt > 0 THEN observed / pbt END AS coverage,
    CASE WHEN c.judged > 0 THEN c.scrap / c.judged END AS defect_ratio,
    CASE WHEN c.judged > 0 THEN c.good / c.judged END AS first_pass_yield,
    kwh AS energy_kwh
  FROM t LEFT JOIN earned e USING (scope, id) LEFT JOIN attributed a USING (scope, id) LEFT JOIN counted c USING (scope, id)`;

export const oracleResults: readonly (readonly [name: string, query: string])[] = [
  ['sums', sums],
  ['tallies', tallies],
  ['figures', figures],
];
