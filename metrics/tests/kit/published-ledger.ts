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
import { placementOf } from '@benchline/store';
import { openMemoryStore } from '@benchline/store/memory';
import type { Due } from '../../src/figures/due.ts';
import { Figures } from '../../src/figures/figures.ts';
import { scopesOf } from '../../src/figures/scopes.ts';
import { type FeedRecord, newsOf, writeOf } from '../../src/follower/records.ts';
import { RevisionBook } from '../../src/revisions/book.ts';
import { Publisher } from '../../src/revisions/publisher.ts';
import { Revisions } from '../../src/revisions/revisions.ts';
import { plantYaml } from './plant.ts';

const plant = parsePlant(plantYaml, 'plant.yaml');
const index = indexPlant(plant);

/** A ledger in memory with a metrics service's revisions behind it: what is published stands in it, too. */
export class PublishedLedger {
  readonly records: FeedRecord[] = [];
  readonly book = RevisionBook.open(':memory:', openLog('test'));
  readonly published: Due[] = [];
  readonly #store = openMemoryStore({ placement: placementOf(index) });
  readonly figures = new Figures({ plant: index, store: this.#store, lateness_ns: 0n });
  readonly revisions = new Revisions({
    book: this.book,
    scopes: scopesOf(plant),
    lateness_ns: 0n,
    onPublished: (dues) => this.published.push(...dues),
  });
  readonly publisher: Publisher;

  constructor(rules = { plant: 'a'.repeat(64), formulas: 'b'.repeat(64) }) {
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
    for (let before = -1; before !== this.records.length; ) {
      before = this.records.length;
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
