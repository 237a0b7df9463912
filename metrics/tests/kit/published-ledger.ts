import {
  type Entry,
  indexPlant,
  nsNow,
  openLog,
  PublicationRequest,
  type PublicationRequestJson,
  parsePlant,
  placeBatch,
  type SignedBatch,
} from '@benchline/model';
import { placementOf, type TelemetryStore } from '@benchline/store';
import { openMemoryStore } from '@benchline/store/memory';
import { microStopNs } from '../../src/accounts/micro-stops.ts';
import type { Due } from '../../src/figures/due.ts';
import { Figures } from '../../src/figures/figures.ts';
import { type Scope, scopesOf } from '../../src/figures/scopes.ts';
import { type FeedRecord, newsOf, writeOf } from '../../src/follower/records.ts';
import { RevisionBook } from '../../src/revisions/book.ts';
import { Publisher } from '../../src/revisions/publisher.ts';
import { Revisions } from '../../src/revisions/revisions.ts';
import { plantYaml } from './plant.ts';

interface Rules {
  plant: string;
  formulas: string;
}

interface LedgerOptions {
  yaml?: string;
  rules?: Rules;
  /** The service that wrote the ledger so far, and is started again now: its file of revisions is still there. */
  after?: PublishedLedger;
}

const usualRules: Rules = { plant: 'a'.repeat(64), formulas: 'b'.repeat(64) };

/** A ledger in memory with a metrics service's revisions behind it: what is published stands in it, too. */
export class PublishedLedger {
  readonly records: FeedRecord[] = [];
  readonly book: RevisionBook;
  readonly published: Due[] = [];
  readonly scopes: ReadonlyMap<string, Scope>;
  readonly figures: Figures;
  readonly revisions: Revisions;
  readonly publisher: Publisher;
  readonly #store: TelemetryStore;

  constructor({ yaml = plantYaml, rules = usualRules, after }: LedgerOptions = {}) {
    const plant = parsePlant(yaml, 'plant.yaml');
    const index = indexPlant(plant);
    this.scopes = scopesOf(plant);
    this.book = after?.book ?? RevisionBook.open(':memory:', { log: openLog('test') });
    this.#store = openMemoryStore({ placement: placementOf(index) });
    this.figures = new Figures({ plant: index, store: this.#store, lateness_ns: 0n });
    this.revisions = new Revisions({
      ...{ book: this.book, scopes: this.scopes, lateness_ns: 0n, micro_stop_ns: microStopNs(index) },
      onPublished: (dues) => this.published.push(...dues),
    });
    this.publisher = new Publisher({
      revisions: this.revisions,
      figures: this.figures,
      rules,
      caughtUp: () => true,
      record: (publication) => this.#record(publication),
      now: nsNow,
      log: openLog('test'),
    });
  }

  /** Has the store what a ledger holds already, and the service behind it what it remembered of that. */
  async resume(records: readonly FeedRecord[]): Promise<void> {
    this.records.push(...records);
    await this.#store.write(writeOf(records));
  }

  async deliver(...batches: readonly SignedBatch[]): Promise<void> {
    for (const { content } of batches) {
      const received_ns = nsNow();
      await this.take({ received_ns, line: '', batch: { content: placeBatch(content, received_ns) } });
    }
  }

  async enter(entry: Entry): Promise<void> {
    await this.take({ received_ns: nsNow(), line: '', entry });
  }

  /** Appends a record, and has the service read it. */
  async take(record: Omit<FeedRecord, 'offset'>): Promise<void> {
    await this.read({ ...record, offset: this.records.length });
  }

  async read(record: FeedRecord): Promise<void> {
    this.records[record.offset] = record;
    await this.#store.write(writeOf([record]));
    const news = record.batch && newsOf(record.batch);
    if (news) this.figures.touched(news);
    if (record.entry) this.figures.entered({ machine: record.entry.subject, from_ns: 0n, to_ns: nsNow() });
    this.revisions.take([record], { next: record.offset + 1, line: undefined });
  }

  /** Has everything published that is to be. */
  async publish(): Promise<void> {
    const { signal } = new AbortController();
    // A turn has 300 ms. On a busy computer it may end with nothing recorded and more to look at.
    const state = () => `${this.records.length} ${this.revisions.touched().length}`;
    for (let before = ''; before !== state(); ) {
      before = state();
      // The second turn settles what the first had recorded.
      for (let turn = 0; turn < 2; turn += 1) await this.publisher.turn(signal);
    }
  }

  async #record(json: PublicationRequestJson): Promise<number> {
    const { previous, ...content } = PublicationRequest.parse(json);
    const offset = this.records.length;
    if (previous !== (this.book.newest() ?? null)) throw new Error('published without having read all');
    await this.take({ received_ns: nsNow(), line: '', publication: { by: 'metrics', ...content } });
    return offset;
  }
}
