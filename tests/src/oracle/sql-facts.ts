/**
 * What is known of machines, in SQL over raw rows, from the definitions alone: states hold over [from, to), what nobody
 * watched is unknown, what people stated lies over what was recorded. Tables to begin with: `raw`, `claim`, `stated`,
 * `work`, `pause`, `upkeep`, `signal`, `machine`, `product`.
 */

const everAfter = '9223372036854775807';
const everBefore = '(-9223372036854775807)';

/** One of each identity; of several deliveries the one with the latest gateway time. */
const said = `
  SELECT machine, signal, source, source_time + ordinal AS moment, ordinal, number, whole, text, native FROM raw
  QUALIFY row_number() OVER (PARTITION BY machine, signal, source_time, ordinal ORDER BY gateway_time DESC) = 1`;

/** Stretches that touch or overlap, as one. */
const islands = (of: string, by: string) => `
  SELECT ${by}, min(f) AS f, max(t) AS t FROM (
    SELECT *, sum(starts) OVER (PARTITION BY ${by} ORDER BY f, t ROWS UNBOUNDED PRECEDING) AS island
    FROM (SELECT *, CASE WHEN f <= max(t) OVER (PARTITION BY ${by} ORDER BY f, t
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS starts FROM (${of})))
  GROUP BY ${by}, island`;

/** Stretches over which one source watched one machine without a break, and over which any did. */
const watched = islands('SELECT machine, source, from_ns AS f, until_ns AS t FROM claim', 'machine, source');
const seen = islands('SELECT machine, from_ns AS f, until_ns AS t FROM claim', 'machine');

/** Working time, less what is cut out of it: between two edges everything is alike, so one covering question is enough. */
const working = (maintained: string) => `
  WITH edge AS (
    ${['work', 'pause', 'upkeep'].map((list) => `SELECT machine, from_ns AS moment FROM ${list} UNION SELECT machine, to_ns FROM ${list}`).join(' UNION ')}),
  piece AS (SELECT machine, moment AS f, lead(moment) OVER (PARTITION BY machine ORDER BY moment) AS t FROM edge)
  SELECT machine, f, t FROM piece WHERE t IS NOT NULL
    AND EXISTS (SELECT 1 FROM work w WHERE w.machine = piece.machine AND w.from_ns <= f AND w.to_ns >= t)
    AND NOT EXISTS (SELECT 1 FROM pause p WHERE p.machine = piece.machine AND p.from_ns <= f AND p.to_ns >= t)
    AND ${maintained} (SELECT 1 FROM upkeep u WHERE u.machine = piece.machine AND u.from_ns <= f AND u.to_ns >= t)`;
const planned = working('NOT EXISTS');
const maintained = working('EXISTS');

/** What people stated and nobody has taken back. */
const holding = `
  SELECT * FROM stated s WHERE kind <> 'withdrawal'
    AND NOT EXISTS (SELECT 1 FROM stated x WHERE x.machine = s.machine AND x.supersedes = s.id)`;

const stateEntry = `SELECT machine, f, t, entered, id, state, reason FROM holding WHERE kind = 'state'`;
const reasonEntry = `
  SELECT machine, f, t, entered, id, reason FROM holding WHERE kind IN ('state', 'stop_reason') AND reason IS NOT NULL`;
/** An order goes on until its end, the next one, or until somebody said that it ended. */
const orderEntry = `
  SELECT * FROM (
    SELECT machine, kind, f, least(coalesce(t, ${everAfter}),
      coalesce(lead(f) OVER (PARTITION BY machine ORDER BY f, entered, id), ${everAfter})) AS t, an_order, product
    FROM holding WHERE kind IN ('order', 'order_end')) WHERE kind = 'order' AND t > f`;

/** What a signal said last at each instant, until it said something else; before its first word \`before\`. */
const steps = (kind: string, value: string, before: string) => `
  WITH word AS (
    SELECT said.machine, moment, ${value} AS value, native FROM said
    JOIN signal USING (machine, signal) JOIN machine USING (machine) WHERE kind = '${kind}'
    QUALIFY row_number() OVER (PARTITION BY said.machine, moment ORDER BY ordinal DESC) = 1)
  SELECT machine, moment AS f, value, native FROM word
  UNION ALL SELECT machine, ${everBefore}, ${before}, NULL FROM machine`;

const stateStep = steps('state', 'text', 'NULL');
const orderStep = steps('order', "nullif(text, '')", 'NULL');
/** A product without planned run time is none; an empty text stands for the usual one, a bad quality for none. */
const productStep = steps(
  'product',
  "CASE WHEN text = '' THEN usual ELSE (SELECT product FROM product WHERE product = text) END",
  'usual',
);

/** Cuts steps at the edges of what people stated: between two cuts, everything is alike. */
const pieces = (step: string, entries: readonly string[]) => `
  cut AS (SELECT machine, f FROM ${step} ${entries
    .flatMap((e) => [`UNION SELECT machine, f FROM ${e}`, `UNION SELECT machine, t FROM ${e}`])
    .join(' ')}),
  piece AS (
    SELECT cut.machine, cut.f, s.value, s.native FROM cut ASOF JOIN ${step} s ON cut.machine = s.machine AND cut.f >= s.f)`;

/** Adjoining pieces that say the same, as one, with what was before. */
const joined = (of: string, columns: readonly string[]) => `
  changed AS (SELECT * FROM ${of} WINDOW w AS (PARTITION BY machine ORDER BY f)
    QUALIFY row_number() OVER w = 1 OR ${columns.map((c) => `${c} IS DISTINCT FROM lag(${c}) OVER w`).join(' OR ')})
  SELECT machine, f, coalesce(lead(f) OVER w, ${everAfter}) AS t, ${columns.join(', ')},
    ${columns.map((c) => `lag(${c}) OVER w AS ${c}_before`).join(', ')}
  FROM changed WINDOW w AS (PARTITION BY machine ORDER BY f)`;

/** What holds over a piece of all that was stated of it: the entry that came in last. */
const latest = (column: string, entries: string, where = 'true') => `
  (SELECT max_by(e.${column}, (e.entered, e.id)) FROM ${entries} e
    WHERE e.machine = piece.machine AND e.f <= piece.f AND e.t > piece.f AND ${where})`;

/** Where somebody says what a machine did and not why, what the controller called it does not stay. */
const stateSaid = `
  WITH ${pieces('state_step', ['state_entry', 'reason_entry'])},
  over AS (SELECT machine, f, coalesce(${latest('state', 'state_entry')}, value) AS state,
    CASE WHEN ${latest('id', 'reason_entry')} IS NOT NULL THEN ${latest('reason', 'reason_entry')}
      WHEN ${latest('id', 'state_entry', 'e.reason IS NULL')} IS NOT NULL THEN NULL ELSE native END AS reason FROM piece),
  ${joined('over', ['state', 'reason'])}`;

const orderSaid = `
  WITH ${pieces('order_step', ['order_entry'])},
  over AS (SELECT piece.machine, piece.f, coalesce(e.an_order, value) AS an_order FROM piece
    LEFT JOIN order_entry e ON e.machine = piece.machine AND e.f <= piece.f AND e.t > piece.f),
  ${joined('over', ['an_order'])}`;

const productSaid = `
  WITH ${pieces('product_step', ['order_entry'])},
  over AS (SELECT piece.machine, piece.f, CASE WHEN e.machine IS NULL THEN value ELSE p.product END AS product FROM piece
    LEFT JOIN order_entry e ON e.machine = piece.machine AND e.f <= piece.f AND e.t > piece.f
    LEFT JOIN product p ON p.product = e.product),
  ${joined('over', ['product'])}`;

/** Where the source of the states was watched, or somebody said what the machine did. */
const stateSeen = islands(
  `SELECT w.machine, f, t FROM watched w
     WHERE source IN (SELECT source FROM said JOIN signal USING (machine, signal) WHERE kind = 'state' AND said.machine = w.machine)
   UNION ALL SELECT machine, f, t FROM state_entry`,
  'machine',
);

/** What is common to two lists of stretches of a machine. */
const both = (a: string, b: string, columns: string, on = '') => `
  SELECT a.machine, greatest(a.f, b.f) AS f, least(a.t, b.t) AS t, ${columns}
  FROM ${a} a JOIN ${b} b ON a.machine = b.machine AND a.f < b.t AND b.f < a.t ${on}`;

/** Stretches with a known state, and what was being made for what. */
const known = `
  WITH observed AS (${both('state_said', 'state_seen', 'a.state, a.reason', 'WHERE a.state IS NOT NULL')}),
  ordered AS (${both('observed', 'order_said', 'a.state, a.reason, b.an_order')})
  ${both('ordered', 'product_said', 'a.state, a.reason, a.an_order, b.product')}`;

/** The part of them that was planned, with its time element. */
const busy = `
  WITH due AS (${both('known', 'planned', 'a.state, a.reason, a.an_order, a.product')})
  SELECT *, CASE state WHEN 'producing' THEN 'apt' WHEN 'setup' THEN 'aust' WHEN 'waiting' THEN 'adet'
    WHEN 'short_stop' THEN 'adet' WHEN 'fault' THEN CASE WHEN an_order IS NOT NULL THEN 'adet' ELSE 'adot' END
    WHEN 'no_order' THEN 'adot' WHEN 'planned_maintenance' THEN 'pmt' END AS element FROM due`;

/** Changes from one known state to another that is not producing, seen in planned time. */
const entry = `
  SELECT s.machine, s.f AS moment, s.state, s.reason, s.state = 'fault' AND s.state_before <> 'fault' AS failure
  FROM state_said s WHERE s.state IS NOT NULL AND s.state_before IS NOT NULL AND s.state <> 'producing'
    AND EXISTS (SELECT 1 FROM busy b WHERE b.machine = s.machine AND b.f <= s.f AND s.f < b.t)`;

/** Below this length a stop is a micro-stop in the plant of the month. */
const microStop = '2500000000000';

/**
 * Stops shorter than that, from producing to producing without a hole or a planned stop between, at the instant at which
 * they ended and with what they began with.
 */
const microStops = `
  WITH kind AS (SELECT *, CASE WHEN state = 'producing' THEN 'run' WHEN state IN ('waiting', 'short_stop', 'fault') THEN 'stop'
    ELSE 'other' END AS class FROM busy),
  step AS (SELECT *, CASE WHEN lag(t) OVER w = f AND lag(class) OVER w = class THEN 0 ELSE 1 END AS starts
    FROM kind WINDOW w AS (PARTITION BY machine ORDER BY f)),
  run AS (SELECT *, sum(starts) OVER (PARTITION BY machine ORDER BY f ROWS UNBOUNDED PRECEDING) AS island FROM step),
  stretch AS (SELECT machine, class, min(f) AS f, max(t) AS t, arg_min(state, f) AS state,
    arg_min(coalesce(reason, ''), f) AS reason FROM run GROUP BY machine, island, class)
  SELECT machine, t AS moment, t - f AS length, state, reason FROM (
    SELECT *, lag(class) OVER w AS before, lag(t) OVER w AS since, lead(class) OVER w AS after, lead(f) OVER w AS until
    FROM stretch WINDOW w AS (PARTITION BY machine ORDER BY f))
  WHERE class = 'stop' AND before = 'run' AND since = f AND after = 'run' AND until = t AND t - f < ${microStop}`;

/** Where an order was open and somebody watched. */
const executed = both('order_said', 'seen', 'a.an_order', 'WHERE a.an_order IS NOT NULL');

/** In the order in which they build on each other. */
export const factTables: readonly (readonly [name: string, query: string])[] = [
  ['said', said],
  ['watched', watched],
  ['seen', seen],
  ['planned', planned],
  ['maintained', maintained],
  ['holding', holding],
  ['state_entry', stateEntry],
  ['reason_entry', reasonEntry],
  ['order_entry', orderEntry],
  ['state_step', stateStep],
  ['order_step', orderStep],
  ['product_step', productStep],
  ['state_said', stateSaid],
  ['order_said', orderSaid],
  ['product_said', productSaid],
  ['state_seen', stateSeen],
  ['known', known],
  ['busy', busy],
  ['entry', entry],
  ['micro_stop', microStops],
  ['executed', executed],
];
