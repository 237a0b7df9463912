import { type Asset, type Entry, type Nanoseconds, type PublishedPeriod, timeOfKind } from '@benchline/model';
import { entryReach } from '../entries/stretches.ts';
import { type Due, duesOf, keyOf } from '../figures/due.ts';
import { Reach } from '../figures/reach.ts';
import { isWithin, type Scope } from '../figures/scopes.ts';
import { partsOf } from '../figures/stays.ts';
import type { FeedPosition } from '../follower/position.ts';
import { type FeedRecord, newsOf } from '../follower/records.ts';
import { always, contains, everAfter, type Interval } from '../intervals.ts';
import type { PeriodKey, Revision, RevisionBook } from './book.ts';
import { type Evidence, Heard } from './evidence.ts';
import { type Far, FarNews } from './far-news.ts';
import { Watermarks } from './watermarks.ts';

/** A period that waits for something, and what was heard about it since. */
export interface Waiting {
  due: Due;
  heard: Heard;
}

export interface RevisionsOptions {
  book: RevisionBook;
  scopes: ReadonlyMap<string, Scope>;
  lateness_ns: Nanoseconds;
  /** Below this length a stop is a micro-stop, which belongs where it ends. */
  micro_stop_ns: Nanoseconds;
  /** Called with the periods of which another revision has come. */
  onPublished(dues: readonly Due[]): void;
}

/**
 * Follows the ledger for what is published, what is not yet, and what has to be looked at again because something
 * came behind the place of the ledger on which its figures rest. All of it depends on the ledger's order alone.
 */
export class Revisions {
  readonly book: RevisionBook;
  readonly #options: RevisionsOptions;
  readonly #scopesOf: Standings;
  readonly #marks: Watermarks;
  readonly #reach = new Reach();
  readonly #far = new FarNews();
  /** By key: have data and no revision. */
  readonly #open = new Map<string, Waiting>();
  /** By key: published, and touched behind the basis of that. */
  readonly #touched = new Map<string, Waiting>();
  /** By scope: the periods that news fell into last, and the time that all of them have in common. */
  readonly #current = new Map<string, { dues: readonly Due[]; common: Interval }>();
  #position: FeedPosition;
  /** A place of the feed, and what has to be settled before it can be remembered as done. */
  #checkpoint: { position: FeedPosition; waiting: Set<string> } | undefined;

  constructor(options: RevisionsOptions) {
    const { book, scopes, lateness_ns } = options;
    this.book = book;
    this.#options = options;
    this.#scopesOf = scopesByAsset(scopes);
    const claims = book.claims();
    // Publications behind the place that is settled come once more, if the ledger still has them.
    book.forget(book.position().next);
    this.#marks = new Watermarks(lateness_ns, claims);
    for (const { machine, until_ns } of claims)
      this.#reach.of(machine, { from_ns: until_ns, to_ns: until_ns });
    this.#position = book.position();
    this.#reopen();
  }

  /** How far the feed is in here. */
  get position(): FeedPosition {
    return this.#position;
  }

  /** Periods that have data and no revision. */
  get unpublished(): number {
    return this.#open.size;
  }

  /** Takes in records in the order of the feed; some may come again. */
  take(records: readonly FeedRecord[], position: FeedPosition): void {
    const [first] = records;
    if (!first) return;
    if (first.offset < this.#position.next) this.#retreat(first.offset);
    const published: Due[] = [];
    for (const record of records) {
      const { offset, received_ns, batch, entry, publication } = record;
      if (batch) this.#batch(record, batch);
      else if (entry) this.#entry(offset, entry);
      else if (publication) {
        this.book.take({ offset, received_ns, publication });
        for (const period of publication.periods)
          published.push(...this.#published(period, publication.basis));
      }
    }
    this.#position = position;
    if (published.length > 0) this.#options.onPublished(published);
  }

  /** The latest revision of a window that is a whole period. */
  latest(scope: string, window: Interval): Revision | undefined {
    return this.book.latest(scope, window);
  }

  /** Periods that were touched since they were published. */
  touched(): Waiting[] {
    return [...this.#touched.values()];
  }

  /**
   * Touches the periods that late data reach.
   * @param reachOf finds out until when they matter; what has been heard of reaches to `newest_ns`.
   * @throws what `reachOf` does; the rest is found out the next time.
   */
  async settle(reachOf: (far: Far, newest_ns: Nanoseconds) => Promise<Nanoseconds>): Promise<void> {
    await this.#far.settle(async (far) => {
      const { machine, from_ns, evidence } = far;
      const to_ns = await reachOf(far, this.#reach.newest(machine) ?? from_ns);
      // What has no data of its own by then is no period that anybody published.
      if (to_ns > from_ns) this.#touchAll(machine, { from_ns, to_ns: to_ns + 1n }, evidence, () => false);
    });
  }

  /** Unpublished periods of which all is known that is waited for, the latest first: people look at them. */
  ripe(now_ns: Nanoseconds): Due[] {
    const marks = new Map<string, Nanoseconds>();
    const markOf = (scope: Scope) => {
      let mark = marks.get(scope.path);
      if (mark === undefined) {
        mark = scope.assets.reduce((least, { id }) => {
          const own = this.#marks.of(id, now_ns);
          return own < least ? own : least;
        }, now_ns);
        marks.set(scope.path, mark);
      }
      return mark;
    };
    return [...this.#open.values()]
      .map(({ due }) => due)
      .filter(({ scope, period }) => period.to_ns + this.#options.lateness_ns <= markOf(scope))
      .sort((a, b) => Number(b.period.to_ns - a.period.to_ns));
  }

  /** A period that news touched was looked at, with everything below `basis`, and its figures are the same. */
  unchanged(due: Due, basis: number): void {
    const key = keyOf(due);
    const rest = this.#touched.get(key)?.heard.since(basis);
    if (rest) this.#touched.set(key, { due, heard: rest });
    else this.#touched.delete(key);
    this.#checkpoint?.waiting.delete(key);
  }

  /** Says that a period has data and is to be published. */
  open(due: Due): Waiting {
    const key = keyOf(due);
    const waiting = this.#open.get(key) ?? { due, heard: new Heard() };
    if (this.#open.has(key)) return waiting;
    this.#open.set(key, waiting);
    const { scope, grain, period } = due;
    this.book.open({ ...period, scope: scope.path, grain });
    return waiting;
  }

  /** Undefined when the plant no longer has the scope. */
  dueOf({ scope: path, grain, from_ns, to_ns }: PeriodKey): Due | undefined {
    const scope = this.#options.scopes.get(path);
    return scope && { scope, grain, period: { from_ns, to_ns } };
  }

  /** Remembers how far everything is settled. Not to be called while it is uncertain what is published. */
  save(): void {
    if (this.#far.pending) return;
    if (this.#touched.size > 0) {
      const { position, waiting } = this.#checkpoint ?? {};
      if (waiting && waiting.size > 0) return;
      if (position) this.book.savePosition(position, this.#marks.changes());
      this.#checkpoint = { position: this.#position, waiting: new Set(this.#touched.keys()) };
    } else {
      this.#checkpoint = undefined;
      this.book.savePosition(this.#position, this.#marks.changes());
    }
  }

  /** The ledger holds something else from an offset on than was read, or it is read once more. */
  #retreat(offset: number): void {
    this.book.forget(offset);
    this.#reopen();
    this.#touched.clear();
    this.#far.clear();
    this.#checkpoint = undefined;
  }

  #reopen(): void {
    this.#open.clear();
    for (const key of this.book.opened()) {
      const due = this.dueOf(key);
      if (due) this.#open.set(keyOf(due), { due, heard: new Heard() });
    }
  }

  #batch({ offset, received_ns }: FeedRecord, batch: NonNullable<FeedRecord['batch']>): void {
    const news = newsOf(batch);
    if (!news) return;
    const { machine, source } = news;
    const { gateway, marks } = batch.content;
    const interval = this.#reach.of(machine, news);
    const where = { from_offset: offset, to_offset: offset };
    const evidence = { kind: 'late_data', machine, source, gateway, ...where } as const;
    this.#touchAll(machine, interval, evidence);
    const beyond = this.#reach.beyond(machine, news.to_ns);
    if (beyond !== undefined) {
      const signals = new Set(batch.content.observations.map(({ signal }) => signal));
      this.#far.add({ machine, signals, from_ns: beyond, at_ns: news.to_ns, evidence });
    }
    const simulated = marks.includes('simulated_clock');
    this.#marks.heard({ machine, source, until_ns: news.to_ns, heard_ns: received_ns, simulated });
  }

  #touchAll(
    machine: string,
    interval: Interval,
    evidence: Far['evidence'],
    opens?: (due: Due) => boolean,
  ): void {
    for (const { scope, asset } of this.#scopesOf.get(machine) ?? [])
      for (const part of partsOf(asset, [interval]))
        this.#touch(scope, part, evidence, evidence.to_offset, opens);
  }

  #entry(offset: number, entry: Entry): void {
    const { id, author, subject, supersedes } = entry;
    const before = supersedes === undefined ? undefined : this.book.entry(subject, supersedes);
    const own = stretchOf(entry);
    this.book.entered(subject, id, own);
    for (const scope of this.#options.scopes.values()) {
      if (!concerns(subject, scope)) continue;
      const end = this.#heardTo(scope);
      const asset = scope.assets.find((one) => one.id === subject);
      const later = asset ? entryReach(entry, asset, this.#options.micro_stop_ns) : 0n;
      for (const { from_ns, to_ns } of before ? [own, before] : [own]) {
        // Nothing is known of later than what was heard of, so no figures of it are published.
        const until = to_ns + later < end ? to_ns + later : end;
        const interval = { from_ns: from_ns - 1n, to_ns: until > from_ns ? until + 1n : from_ns + 1n };
        const speaksOf = ({ period }: Due) => isAbout({ from_ns, to_ns }, period);
        for (const part of asset ? partsOf(asset, [interval]) : [interval])
          this.#touch(scope, part, { kind: 'entry', id, author, offset }, offset, speaksOf);
      }
    }
  }

  #heardTo(scope: Scope): Nanoseconds {
    return scope.assets.reduce((latest, { id }) => {
      const heard = this.#reach.newest(id) ?? 0n;
      return heard > latest ? heard : latest;
    }, 0n);
  }

  #published(period: PublishedPeriod, basis: number): Due[] {
    const due = this.dueOf(period);
    if (!due) return [];
    const key = keyOf(due);
    const rest = (this.#open.get(key) ?? this.#touched.get(key))?.heard.since(basis);
    this.#open.delete(key);
    if (rest) this.#touched.set(key, { due, heard: rest });
    else this.#touched.delete(key);
    this.#checkpoint?.waiting.delete(key);
    return [due];
  }

  /** @param opens which of the periods have something to be published by this, if they had nothing. */
  #touch(
    scope: Scope,
    interval: Interval,
    evidence: Evidence,
    offset: number,
    opens: (due: Due) => boolean = () => true,
  ): void {
    for (const due of this.#dues(scope, interval)) {
      const key = keyOf(due);
      const waiting = this.#open.get(key) ?? this.#touched.get(key) ?? this.#looked(due, offset, opens);
      waiting?.heard.add(evidence);
    }
  }

  /** The periods of a scope that overlap [from, to). News mostly fall into the same ones as those before. */
  #dues(scope: Scope, interval: Interval): readonly Due[] {
    const current = this.#current.get(scope.path);
    if (current && contains(current.common, interval)) return current.dues;
    const dues = duesOf(scope, interval);
    const common = dues.reduce((rest, { period }) => overlap(rest, period), always);
    if (contains(common, interval)) this.#current.set(scope.path, { dues, common });
    return dues;
  }

  #looked(due: Due, offset: number, opens: (due: Due) => boolean): Waiting | undefined {
    const latest = this.book.latest(due.scope.path, due.period, due.grain);
    if (!latest) return opens(due) ? this.open(due) : undefined;
    if (offset < latest.basis) return undefined;
    const waiting = { due, heard: new Heard() };
    this.#touched.set(keyOf(due), waiting);
    return waiting;
  }
}

/** The scopes that an asset counts in, and how it stands there. */
type Standings = ReadonlyMap<string, readonly { scope: Scope; asset: Asset }[]>;

function scopesByAsset(scopes: ReadonlyMap<string, Scope>): Standings {
  const standings = [...scopes.values()].flatMap((scope) => scope.assets.map((asset) => ({ scope, asset })));
  return Map.groupBy(standings, ({ asset }) => asset.id);
}

/** Whether an entry about a subject may change figures of a scope: one above it, below it, or the same. */
function concerns(subject: string, scope: Scope): boolean {
  if (!subject.includes('/') && scope.assets.some(({ id }) => id === subject)) return true;
  return isWithin(subject, scope.path) || isWithin(scope.path, subject);
}

/** The time over which an entry matters by itself; what goes on until something else is said has no end. */
function stretchOf({ from_ns, to_ns, statement: { kind } }: Entry): Interval {
  const goesOn = timeOfKind[kind] === 'open' || kind === 'order_end' || kind.startsWith('register_');
  return { from_ns, to_ns: to_ns ?? (goesOn ? everAfter : from_ns) };
}

/** Whether a stretch is one of a period, and does not merely adjoin it; an instant belongs to what it ends. */
function isAbout({ from_ns, to_ns }: Interval, period: Interval): boolean {
  return to_ns > period.from_ns && (from_ns < period.to_ns || to_ns === period.to_ns);
}

function overlap(a: Interval, b: Interval): Interval {
  return {
    from_ns: a.from_ns > b.from_ns ? a.from_ns : b.from_ns,
    to_ns: a.to_ns < b.to_ns ? a.to_ns : b.to_ns,
  };
}
