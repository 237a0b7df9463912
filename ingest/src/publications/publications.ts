import { BenchlineError, type PublicationRequestJson } from '@benchline/model';
import type { Ledger } from '../ledger/ledger.ts';
import { decodeRecord } from '../ledger/record-line.ts';

/** Where a publication stands, and whether it is new there. */
export interface Recorded {
  offset: number;
  made: boolean;
}

/**
 * Takes what is published into the ledger, one after the other. Whoever publishes has to have read all publications
 * before: a period is so never published twice under one number, whoever repeats a request or runs beside another.
 */
export class Publications {
  readonly #ledger: Pick<Ledger, 'append' | 'read' | 'book'>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(ledger: Pick<Ledger, 'append' | 'read' | 'book'>) {
    this.#ledger = ledger;
  }

  /**
   * Resolves once it is fsynced. The same request again is no second publication.
   * @throws BenchlineError `publication_behind` when there are publications that the request does not know of,
   * `journal_full` or `journal_unwritable`.
   */
  add(request: PublicationRequestJson, by: string): Promise<Recorded> {
    const recorded = this.#last.then(() => this.#add(request, by));
    this.#last = recorded.catch(() => undefined);
    return recorded;
  }

  async #add({ previous, ...content }: PublicationRequestJson, by: string): Promise<Recorded> {
    const publication = { by, ...content };
    const newest = this.#newest();
    // One that was damaged meanwhile is no longer the newest for us, but the request knows of it.
    if (newest > (previous ?? -1)) {
      if (await this.#holds(newest, publication)) return { offset: newest, made: false };
      throw new BenchlineError(
        'publication_behind',
        `record ${newest} of the ledger is a publication that this one does not know of`,
        { hint: 'read the feed up to it, and publish what is then still to be published' },
      );
    }
    await this.#ledger.append([{ kind: 'publication', publication }]);
    return { offset: this.#newest(), made: true };
  }

  #newest(): number {
    return this.#ledger.book.publication?.offset ?? -1;
  }

  async #holds(offset: number, publication: object): Promise<boolean> {
    const [line] = await this.#ledger.read(offset, 1);
    const record = line && decodeRecord(line.data);
    return (
      record?.kind === 'publication' && JSON.stringify(record.publication) === JSON.stringify(publication)
    );
  }
}
