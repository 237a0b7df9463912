/** What counters and registers rose by, and what of it belongs where: increments count in (from, to]. */

const amount = (number: string, whole: string) => `
  CASE WHEN ${whole} IS NOT NULL THEN ${whole}::HUGEINT * nano
    ELSE trunc(${number})::HUGEINT * nano + round((${number} - trunc(${number})) * nano)::HUGEINT END`;

/**
 * Readings in 10⁻⁹ items or kWh; the whole part of a number and the rest apart, as doubles have 53 bits. An exchange
 * says what both meters showed at its instant, and goes before what was recorded then.
 */
const reading = `
  WITH own AS (SELECT machine, signal, any_value(source) AS source FROM said GROUP BY machine, signal),
  taken AS (
    SELECT machine, signal, f AS moment, 0 AS seq, last AS number, false AS anew FROM holding WHERE last IS NOT NULL
    UNION ALL SELECT machine, signal, f, 1, first, kind = 'register_exchange' FROM holding WHERE first IS NOT NULL)
  SELECT machine, signal, kind, role, rollover, source, moment, 0 AS seq, false AS anew, ${amount('number', 'whole')} AS value
  FROM said JOIN signal USING (machine, signal) WHERE kind IN ('count', 'energy', 'gas') AND (number IS NOT NULL OR whole IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM taken x WHERE x.machine = said.machine AND x.signal = said.signal AND x.moment = said.moment AND x.anew)
  UNION ALL
  SELECT machine, signal, kind, role, rollover, source, moment, seq, anew, ${amount('number', 'NULL')}
  FROM taken JOIN signal USING (machine, signal) JOIN own USING (machine, signal)`;

/** By how much a counter rose since its reading before: a smaller one ran over or began at 0 again. */
const increment = `
  SELECT machine, signal, kind, role, source, since, moment, CASE WHEN value >= before THEN value - before
    WHEN rollover IS NULL THEN value ELSE value - before + rollover END AS delta
  FROM (SELECT *, lag(value) OVER w AS before, lag(moment) OVER w AS since FROM reading
    WINDOW w AS (PARTITION BY machine, signal ORDER BY moment, seq))
  WHERE before IS NOT NULL AND value <> before AND NOT anew`;

/** Increments with whether their source was watched throughout. */
const rise = `
  SELECT i.*, coalesce(i.moment <= w.t, false) AS watched FROM increment i
  ASOF LEFT JOIN watched w ON i.machine = w.machine AND i.source = w.source AND i.since >= w.f`;

/** Items with the stretch that they were surely made in: its counter watched throughout, no maintenance. */
const placed = `
  SELECT i.*, b.machine IS NOT NULL AS attributed, b.product
  FROM rise i LEFT JOIN busy b ON i.watched AND i.machine = b.machine AND b.f < i.moment AND i.moment <= b.t AND b.element <> 'pmt'
  WHERE i.kind = 'count'`;

/** Items that people added or took away, in 10⁻⁹. */
const corrected = `
  SELECT h.machine, h.f AS moment, h.good * 1000000000::HUGEINT AS good, h.scrap * 1000000000::HUGEINT AS scrap,
    h.rework * 1000000000::HUGEINT AS rework, b.machine IS NOT NULL AS attributed, b.product
  FROM holding h LEFT JOIN busy b ON h.machine = b.machine AND b.f < h.f AND h.f <= b.t AND b.element <> 'pmt'
  WHERE h.kind = 'correction'`;

/** Items of which people named why they are scrap or rework, with what was being made then. */
const named = `
  SELECT h.machine, h.f AS moment, h.items * 1000000000::HUGEINT AS items, h.cause = 'set-up-part' AS start_up, b.product
  FROM holding h JOIN busy b ON h.machine = b.machine AND b.f < h.f AND h.f <= b.t AND b.element <> 'pmt'
  JOIN machine m ON m.machine = h.machine WHERE h.cause IS NOT NULL AND h.items <> 0 AND m.good AND b.product IS NOT NULL`;

/**
 * Energy by what the machine did: of the one stretch that it was taken up in, or, where the register allows it and the
 * state was known throughout, of several by their time; each share is rounded so that what was given so far is exact.
 */
const used = `
  WITH part AS (
    SELECT i.machine, i.signal, i.role, i.since, i.moment, i.delta, k.state, k.product, k.an_order,
      greatest(k.f, i.since) AS a, least(k.t, i.moment) AS b FROM rise i
    JOIN known k ON i.machine = k.machine AND k.f < i.moment AND k.t > i.since WHERE i.kind = 'energy' AND i.watched),
  whole AS (
    SELECT part.machine, part.signal, since, moment FROM part JOIN signal USING (machine, signal)
    GROUP BY part.machine, part.signal, since, moment
    HAVING sum(b - a) = moment - since AND (count(*) = 1 OR moment - since <= any_value(coalesce(apportion, 0))))
  SELECT machine, role, moment, state, product, an_order,
    delta * (b - since) // (moment - since) - delta * (a - since) // (moment - since) AS delta
  FROM part JOIN whole USING (machine, signal, since, moment)
  UNION ALL
  SELECT i.machine, i.role, i.moment, 'unattributed', NULL, NULL, i.delta FROM rise i
  WHERE i.kind = 'energy' AND i.machine IN (SELECT machine FROM signal WHERE kind = 'state')
    AND NOT EXISTS (SELECT 1 FROM whole w WHERE w.machine = i.machine AND w.signal = i.signal AND w.moment = i.moment)`;

export const countTables: readonly (readonly [name: string, query: string])[] = [
  ['reading', reading],
  ['increment', increment],
  ['rise', rise],
  ['placed', placed],
  ['corrected', corrected],
  ['named', named],
  ['used', used],
];
