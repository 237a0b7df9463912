import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isoFromNs, nsFromIso } from '@benchline/model';
import { type Finding, type Home, MetricsApi, reconcile, type Stored } from '@benchline/simulators/box';
import { type WrongFigure, wrongFigures } from './figures.ts';
import { influxStored } from './influx.ts';
import { wrongPoints } from './kpi-points.ts';
import type { Quarantined } from './quarantined.ts';
import type { Stretch, Tolls } from './tolls.ts';
import { readMachines } from './truth.ts';

/** Where everything that was emitted is, by the worse of the two stores. */
export interface Verdict {
  emitted: number;
  stored: number;
  declared_gaps: number;
  quarantined: number;
  /** Neither stored nor quarantined, nor in a declared gap that a fault accounts for. */
  lost: number;
  /** An identity stored twice, or stored though nobody emitted it. */
  double_counted: number;
  /** Values other than emitted, and figures of the API other than the truth logs give. */
  wrong_figures: number;
  findings: VerdictFinding[];
}

interface Judgement extends Verdict {
  /** Of each machine the newest of what a spool had given up and a lost ledger took with it, declared. */
  given_up: ReadonlyMap<string, bigint>;
}

/** What is wrong, for a person, and the source times that it is about. */
export interface VerdictFinding extends Stretch {
  text: string;
}

export interface Evidence {
  home: Home;
  urls: { influxd: string; metrics: string };
  tolls: Tolls;
  quarantined: Quarantined;
  /** Windows over which figures are compared. Between their ends nothing was under way. */
  windows: readonly Stretch[];
  /** Whether metrics writes its figures into InfluxDB, for boards. */
  boards: boolean;
}

/** Findings of one kind that are written down. */
const mostFindings = 200;
const attempts = 4;
const attemptPauseMs = 5000;

/** Compares both stores and the API's figures with the truth logs, once everything stands still. */
export async function judge(evidence: Evidence): Promise<Verdict> {
  const plant = readFileSync(evidence.home.config('plant.yaml'), 'utf8');
  const api = new MetricsApi(evidence.urls.metrics);
  const stores: [string, Stored][] = [
    ["metrics' store", api],
    ['InfluxDB', influxStored(evidence.urls.influxd, 'benchline')],
  ];
  const verdicts: Judgement[] = [];
  for (const [name, store] of stores) verdicts.push(await patiently(() => judgeStore(name, store, evidence)));
  const { given_up: _, ...worse } = verdicts.reduce((a, b) =>
    b.lost + b.wrong_figures > a.lost + a.wrong_figures ? b : a,
  );
  const sum = (count: (v: Verdict) => number) => verdicts.reduce((total, v) => total + count(v), 0);
  const figures = await compareFigures(api, evidence, plant, verdicts[0]?.given_up ?? new Map());
  const points = evidence.boards ? await comparePoints(api, evidence) : [];
  return {
    ...worse,
    double_counted: sum((v) => v.double_counted),
    wrong_figures: sum((v) => v.wrong_figures) + figures.length + points.length,
    findings: [...verdicts.flatMap((v) => v.findings), ...figures.map(figureFinding), ...points],
  };
}

/** A store may take a moment to show what it has accepted. */
async function patiently(look: () => Promise<Judgement>): Promise<Judgement> {
  for (let attempt = 1; ; attempt++) {
    const verdict = await look();
    if (attempt === attempts || verdict.findings.length === 0) return verdict;
    await sleep(attemptPauseMs);
  }
}

async function judgeStore(
  name: string,
  store: Stored,
  { home, tolls, quarantined }: Evidence,
): Promise<Judgement> {
  const given_up = new Map<string, bigint>();
  const findings: VerdictFinding[] = [];
  const tell = ({ machine, signal, time_ns }: Finding, what: string) => {
    const text = `${name}: ${machine}/${signal} ${isoFromNs(time_ns)} ${what}`;
    if (findings.length < mostFindings) findings.push({ text, from_ns: time_ns, to_ns: time_ns });
  };
  let excused = 0;
  let setAside = 0;
  const account = await reconcile(home.truth_folder, store, (finding) => {
    const { what, machine, signal, time_ns, gap } = finding;
    const unstored = what === 'missing' || what === 'declared';
    if (unstored && quarantined.has(machine, signal, time_ns)) {
      if (tolls.covers('quarantine', machine, time_ns)) setAside += 1;
      else tell(finding, 'is in quarantine, which no fault accounts for');
    } else if (what === 'declared' && tolls.covers('gap', machine, time_ns, gap?.reason)) {
      excused += 1;
      if (gap?.reason === 'evicted') given_up.set(machine, latest(given_up.get(machine), time_ns));
    } else tell(finding, gap ? `is in a gap (${gap.reason}) that no fault accounts for` : `is ${what}`);
  });
  return {
    emitted: account.emitted,
    stored: account.stored,
    declared_gaps: excused,
    quarantined: setAside,
    lost: account.missing + account.declared_gaps - excused - setAside,
    double_counted: account.doubled + account.invented,
    wrong_figures: account.wrong,
    findings,
    given_up,
  };
}

function latest(known: bigint | undefined, time_ns: bigint): bigint {
  return known === undefined || time_ns > known ? time_ns : known;
}

async function compareFigures(
  api: MetricsApi,
  { home, tolls, windows }: Evidence,
  plant: string,
  givenUp: Judgement['given_up'],
): Promise<WrongFigure[]> {
  const wrong: WrongFigure[] = [];
  for (const truth of (await readMachines(home.truth_folder, plant)).values()) {
    // Where the beginning is lost, nobody can say by how much counters rose since.
    const known_ns = givenUp.get(truth.asset.id) ?? 0n;
    for (const window of windows)
      if (window.from_ns > known_ns) wrong.push(...(await wrongFigures(api, truth, window, tolls)));
  }
  return wrong;
}

/** The day before is over, and a meter brings all of it. */
const shown_ns = 48n * 3_600_000_000_000n;

/** What boards show, once the writer of it has had time. */
async function comparePoints(api: MetricsApi, { home, urls, windows }: Evidence): Promise<VerdictFinding[]> {
  const to_ns = windows[0]?.to_ns ?? 0n;
  const window = { from_ns: to_ns - shown_ns, to_ns };
  for (let attempt = 1; ; attempt++) {
    const wrong = await wrongPoints(api, { home, influxd: urls.influxd, window });
    if (wrong.length === 0 || attempt === attempts) return wrong.slice(0, mostFindings);
    await sleep(attemptPauseMs);
  }
}

function figureFinding({ machine, figure, from, to, served, true: real }: WrongFigure): VerdictFinding {
  return {
    text: `figure: ${machine} ${figure} from ${from} to ${to} is served as ${served}, and was ${real}`,
    from_ns: nsFromIso(from),
    to_ns: nsFromIso(to),
  };
}
