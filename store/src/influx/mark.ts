import { encodePoint } from '../line-protocol/index.ts';
import type { InfluxQl } from './query.ts';

const hour_ms = 3_600_000;
const nsPerMs = 1_000_000n;

/** One point for each hour, at its end: a retention of an hour, the shortest there is, must not refuse it. */
export function markLine(ledger: string, next: number): string {
  const end_ms = (Math.floor(Date.now() / hour_ms) + 1) * hour_ms;
  return encodePoint({
    measurement: 'projection',
    tags: { ledger },
    fields: { next: BigInt(next) },
    time_ns: BigInt(end_ms) * nsPerMs,
  });
}

/** All records of the ledger below it are stored; undefined when no mark was left. @throws BenchlineError `store_unavailable`. */
export async function readMark(ql: InfluxQl, ledger: string): Promise<number | undefined> {
  const [series] = await ql.select(
    'SELECT max("next") FROM "projection" WHERE "ledger" = $ledger AND time >= 0',
    { ledger },
  );
  const next = series?.rows[0]?.[1];
  return next === undefined || next === null ? undefined : Number(next);
}
