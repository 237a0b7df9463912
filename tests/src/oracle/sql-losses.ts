/** Where the time went, in 10⁻¹⁸ s: items are counted in 10⁻⁹ and run times are whole nanoseconds. */

const sum = (what: string, key = 'true') =>
  `coalesce(sum(amount) FILTER (WHERE what = '${what}' AND ${key}), 0)`;
const stopped = (state: string) => `${sum('stop_time', `key LIKE '${state}/%'`)} * 1000000000 AS ${state}`;

/** The bars of the waterfall from calendar time down to the planned run time of good items, one row for each. */
const bars = `
  WITH made AS (SELECT scope, id, sum(run * items) AS earned, sum(run * good) AS good, sum(run * judged) AS judged
    FROM (SELECT *, round(run_time * 1e9)::HUGEINT AS run FROM tallies JOIN product USING (product) WHERE what = 'product_count')
    GROUP BY scope, id),
  why AS (SELECT scope, id, sum(run * amount) FILTER (WHERE what = 'product_named') AS named,
      sum(run * amount) FILTER (WHERE what = 'product_start_up') AS start_up
    FROM (SELECT *, round(run_time * 1e9)::HUGEINT AS run FROM sums JOIN product ON product = key
      WHERE what IN ('product_named', 'product_start_up')) GROUP BY scope, id),
  time AS (SELECT scope, id, ${sum('calendar')} * 1000000000 AS calendar,
      (${sum('calendar')} - ${sum('planned')}) * 1000000000 AS no_shift,
      ${sum('element', "key = 'pmt'")} * 1000000000 AS planned_maintenance,
      (${sum('planned')} - ${sum('element')}) * 1000000000 AS unobserved,
      ${['fault', 'setup', 'no_order', 'waiting', 'short_stop'].map(stopped).join(', ')},
      (${sum('element', "key = 'apt'")} - ${sum('product_apt')}) * 1000000000 AS unrated, ${sum('product_apt')} * 1000000000 AS rated
    FROM sums GROUP BY scope, id),
  bar AS (SELECT t.* EXCLUDE (rated), rated - coalesce(earned, 0) AS speed, coalesce(start_up, 0) AS start_up,
      coalesce(earned, 0) - coalesce(good, 0) - coalesce(start_up, 0) AS defects, coalesce(good, 0) AS fully_productive,
      CASE WHEN coalesce(judged, 0) = coalesce(earned, 0) AND coalesce(named, 0) >= coalesce(earned, 0) - coalesce(good, 0) THEN 2
        WHEN coalesce(named, 0) > 0 THEN 1 ELSE 0 END AS told
    FROM time t LEFT JOIN made USING (scope, id) LEFT JOIN why USING (scope, id))
  SELECT scope, id, 'bar' AS what, bar AS key, amount::HUGEINT AS amount
  FROM (UNPIVOT (SELECT scope, id, COLUMNS(* EXCLUDE (scope, id))::HUGEINT FROM bar) ON COLUMNS(* EXCLUDE (scope, id)) INTO NAME bar VALUE amount)`;

export const lossTables: readonly (readonly [name: string, query: string])[] = [['bars', bars]];
