import { setTimeout as sleep } from 'node:timers/promises';
import {
  BenchlineError,
  describeError,
  type Log,
  type Nanoseconds,
  type PublicationRequestJson,
} from '@benchline/model';
import { type Due, duesOf, keyOf } from '../figures/due.ts';
import type { Figures } from '../figures/figures.ts';
import type { PeriodKey } from './book.ts';
import { nameOf, type Outcome, outcomeOf, type Rules } from './compose.ts';
import type { Heard } from './evidence.ts';
import type { Revisions } from './revisions.ts';

export interface PublisherOptions {
  revisions: Revisions;
  figures: Pick<Figures, 'of' | 'accounts'>;
  rules: Rules;
  /** Whether everything that the ledger has is taken in. */
  caughtUp(): boolean;
  /** Has a publication recorded, see `recordPublication`. */
  record(publication: PublicationRequestJson, signal: AbortSignal): Promise<number | undefined>;
  now(): Nanoseconds;
  log: Log;
}

const every_ms = 2000;
/** How long a turn waits for everything that the ledger has to be taken in. */
const momentWithin_ms = 1000;
/** After a refusal that only a person can mend. */
const refused_ms = 60_000;
/** A turn computes for so long at most, and then leaves the processor to others. */
const turn_ms = 300;
/** Looking through what is published, for its own sake. */
const auditTurn_ms = 50;
/** Periods of one record. */
const mostAtOnce = 50;

/**
 * Publishes: has the figures of whole periods recorded in the ledger, once as revision 1 and again whenever they
 * change. It decides by what the ledger holds, and learns what is published from the ledger alone; whatever it does
 * at the wrong moment, or twice, ingest refuses.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  /** A request was sent and not answered: it may be recorded or not until a later one is answered. */
  #uncertain = false;
  /** The request that was answered, until what it says is there has come in the feed. */
  #sent: { before: number | undefined; offset: number | undefined } | undefined;
  readonly #differing = new Set<string>();
  #complaint: string | undefined;
  #rest_ms = every_ms;
  /** The published period that was looked through last since the start; done when none comes after it. */
  #audited: { after: PeriodKey | undefined; done: boolean } = { after: undefined, done: false };

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Published periods whose figures are others now, and nothing says why. */
  get differing(): number {
    return this.#differing.size;
  }

  /** Resolves once `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#rest_ms = every_ms;
        await this.turn(signal);
        this.#complaint = undefined;
      } catch (error) {
        if (!signal.aborted) this.#explain(error);
      }
      await sleep(this.#rest_ms, undefined, { signal }).catch(() => undefined);
    }
    this.#save();
  }

  #explain(error: unknown): void {
    const reason = describeError(error);
    if (reason !== this.#complaint)
      this.#options.log.warn({ reason }, 'figures not published; that follows later');
    this.#complaint = reason;
    if (error instanceof BenchlineError && error.code === 'not_authorized') this.#rest_ms = refused_ms;
  }

  /** Publishes what is to be published now, as far as it gets. @throws BenchlineError when ingest or the store cannot. */
  async turn(signal: AbortSignal): Promise<void> {
    const { revisions, figures } = this.#options;
    await revisions.settle((far, newest_ns) => figures.accounts.takenOverAt(far.machine, far, newest_ns));
    this.#save();
    if (!this.#settled() || !(await this.#caughtUp(signal))) return;
    const basis = revisions.position.next;
    const periods = await this.#due(basis);
    if (periods.length > 0) await this.#publish(basis, periods, signal);
  }

  /** Waits for a moment at which nothing is on its way: while data come, most are not. */
  async #caughtUp(signal: AbortSignal): Promise<boolean> {
    const until = performance.now() + momentWithin_ms;
    while (!this.#options.caughtUp()) {
      if (signal.aborted || performance.now() > until) return false;
      await sleep(20, undefined, { signal }).catch(() => undefined);
    }
    return true;
  }

  #save(): void {
    if (this.#settled() && !this.#uncertain) this.#options.revisions.save();
  }

  /** Whether it is known what became of the last request. */
  #settled(): boolean {
    if (!this.#sent) return true;
    const newest = this.#options.revisions.book.newest() ?? -1;
    const { before, offset } = this.#sent;
    if (offset === undefined ? newest > (before ?? -1) : newest >= offset) this.#sent = undefined;
    return this.#sent === undefined;
  }

  async #publish(
    basis: number,
    periods: PublicationRequestJson['periods'],
    signal: AbortSignal,
  ): Promise<void> {
    const { revisions, rules, record } = this.#options;
    const before = revisions.book.newest();
    const request = { previous: before ?? null, basis, ...rules, periods };
    this.#uncertain = true;
    // Refused, too, means waiting: for the publication that has to be read first.
    this.#sent = { before, offset: await record(request, signal) };
    this.#uncertain = false;
  }

  /** What is to be published now, as far as there is time for it. */
  async #due(basis: number): Promise<PublicationRequestJson['periods']> {
    const { revisions, figures, now } = this.#options;
    const found: PublicationRequestJson['periods'] = [];
    const take = (outcome: Outcome) => {
      if (outcome.kind === 'publish') found.push(outcome.period);
    };
    const until = performance.now() + turn_ms;
    const time = () => found.length < mostAtOnce && performance.now() < until;
    for (const { due, heard } of revisions.touched()) {
      if (!time()) return found;
      const outcome = await this.#look(due, heard);
      if (outcome.kind !== 'publish') revisions.unchanged(due, basis);
      take(outcome);
    }
    for (const due of revisions.ripe(now())) {
      if (!time()) return found;
      await figures.accounts.prepare(due.scope.assets, due.period, now());
      take(await this.#look(due, undefined));
    }
    if (found.length === 0) for (const period of await this.#audit()) found.push(period);
    return found;
  }

  /** Goes on to look through what is published, the latest first: whether it still comes out the same. */
  async #audit(): Promise<PublicationRequestJson['periods']> {
    const { revisions, rules, log } = this.#options;
    const found: PublicationRequestJson['periods'] = [];
    const until = performance.now() + auditTurn_ms;
    while (!this.#audited.done && found.length < mostAtOnce && performance.now() < until) {
      const [key] = revisions.book.keysAfter(this.#audited.after, 1);
      this.#audited = { after: key, done: key === undefined };
      const due = key && revisions.dueOf(key);
      if (!due) continue;
      const plant = revisions.book.latest(due.scope.path, due.period, due.grain)?.plant;
      // Another calendar may have shifts there that nobody has published.
      if (plant !== rules.plant && due.grain === 'day')
        for (const each of duesOf(due.scope, due.period))
          if (each.grain === 'shift' && !revisions.book.latest(due.scope.path, each.period, each.grain))
            revisions.open(each);
      const outcome = await this.#look(due, undefined);
      if (outcome.kind === 'publish') found.push(outcome.period);
      if (outcome.kind === 'differs')
        log.error(
          { period: nameOf(due), figures: outcome.figures },
          'figures differ from what was published; rebuild the store from the ledger',
        );
    }
    return found;
  }

  async #look(due: Due, heard: Heard | undefined): Promise<Outcome> {
    const { figures, revisions, rules, now } = this.#options;
    const result = await figures.of(due.scope, due.period, now());
    const latest = revisions.book.latest(due.scope.path, due.period, due.grain);
    const outcome = outcomeOf(due, result, { latest, heard, rules });
    if (outcome.kind === 'differs') this.#differing.add(keyOf(due));
    else this.#differing.delete(keyOf(due));
    return outcome;
  }
}
