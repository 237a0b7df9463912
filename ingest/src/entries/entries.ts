import { randomUUID } from 'node:crypto';
import {
  assertEntryFits,
  BenchlineError,
  type Entry,
  type EntryRequest,
  entryFromJson,
  entryToJson,
  isoFromNs,
  type Nanoseconds,
  type PlantIndex,
  type Subject,
  timeOfKind,
} from '@benchline/model';
import type { Ledger } from '../ledger/ledger.ts';
import { decodeRecord } from '../ledger/record-line.ts';
import { aboutOf, type EntryMark } from '../ledger/summary.ts';

/** Who enters, and which principal vouched for them if another one. */
export interface Author {
  author: string;
  via?: string;
}

/** An entry in the ledger, and whether it is new there. */
export interface Entered {
  offset: number;
  entry: Entry;
  made: boolean;
}

/** Takes entries into the ledger, one after the other, so that each is checked against all before it. */
export class Entries {
  readonly #ledger: Pick<Ledger, 'append' | 'read' | 'book'>;
  readonly #plant: PlantIndex;
  readonly #now: () => Nanoseconds;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: {
    ledger: Pick<Ledger, 'append' | 'read' | 'book'>;
    plant: PlantIndex;
    now: () => Nanoseconds;
  }) {
    this.#ledger = options.ledger;
    this.#plant = options.plant;
    this.#now = options.now;
  }

  /**
   * Resolves once it is fsynced. The same request again is no second entry.
   * @throws BenchlineError `bad_request` for what does not fit the plant, `entry_conflict` for what contradicts an
   * entry without superseding it, `journal_full` or `journal_unwritable`.
   */
  add(subject: Subject, request: EntryRequest, author: Author): Promise<Entered> {
    const entered = this.#last.then(() => this.#add(subject, request, author));
    this.#last = entered.catch(() => undefined);
    return entered;
  }

  async #add(subject: Subject, request: EntryRequest, author: Author): Promise<Entered> {
    const { id = randomUUID(), reason, from: from_ns, to: to_ns, supersedes, statement } = request;
    const marks = [...this.#ledger.book.entries()];
    const entry: Entry = {
      id,
      ...author,
      entered_ns: this.#instant(marks.at(-1)),
      reason,
      subject: subject.name,
      from_ns,
      ...(to_ns !== undefined && { to_ns }),
      ...(supersedes !== undefined && { supersedes }),
      statement,
    };
    const known = marks.find((mark) => mark.id === id);
    if (known) return await this.#repeated(entry, known);
    assertEntryFits(this.#plant, subject, entry, entry.entered_ns);
    const about = marks.filter((mark) => mark.subject === subject.name);
    assertSupersedes(entry, about);
    assertNoContradiction(entry, about);
    await this.#ledger.append([{ kind: 'entry', entry: jsonOf(entry) }]);
    const made = [...this.#ledger.book.entries()].findLast((mark) => mark.id === id);
    return { offset: made?.offset ?? -1, entry, made: true };
  }

  /** Stores place entries by it: no two have the same. */
  #instant(last: EntryMark | undefined): Nanoseconds {
    const now = this.#now();
    const after = last === undefined ? now : BigInt(last.entered_ns) + 1n;
    return now > after ? now : after;
  }

  async #repeated(entry: Entry, { offset, id }: EntryMark): Promise<Entered> {
    const [line] = await this.#ledger.read(offset, 1);
    const record = line && decodeRecord(line.data);
    const there = record?.kind === 'entry' ? entryFromJson(record.entry) : undefined;
    const same = there && JSON.stringify(jsonOf({ ...entry, entered_ns: there.entered_ns }));
    if (there && JSON.stringify(jsonOf(there)) === same) return { offset, entry: there, made: false };
    throw conflict(
      `the entry ${id} is there already and says something else`,
      'leave id out, or make another',
    );
  }
}

/** As the ledger holds it, whatever order the keys came in. */
function jsonOf(entry: Entry) {
  return entryToJson(entryFromJson(entryToJson(entry))) as Extract<
    ReturnType<typeof decodeRecord>,
    { kind: 'entry' }
  >['entry'];
}

function assertSupersedes({ supersedes, subject }: Entry, about: readonly EntryMark[]): void {
  if (supersedes === undefined) return;
  if (!about.some(({ id }) => id === supersedes))
    throw conflict(
      `there is no entry ${supersedes} about ${subject}`,
      'name one that GET /api/v1/entries of metrics lists',
    );
  const other = about.find((mark) => mark.supersedes === supersedes);
  if (other) throw conflict(`the entry ${supersedes} is superseded already`, `supersede ${other.id} instead`);
}

/** What can be true of one thing only at a time. */
const exclusive = new Set(['stop_reason', 'state', 'declared_input']);

function assertNoContradiction(entry: Entry, about: readonly EntryMark[]): void {
  const { statement, from_ns, to_ns = from_ns } = entry;
  const gone = new Set([...about.flatMap(({ supersedes }) => supersedes ?? []), entry.supersedes]);
  const said = aboutOf(statement);
  const contradicts = (mark: EntryMark) => {
    if (timeOfKind[statement.kind] === 'open') return BigInt(mark.from_ns) === from_ns;
    if (!exclusive.has(statement.kind)) return false;
    return BigInt(mark.from_ns) < to_ns && BigInt(mark.to_ns ?? mark.from_ns) > from_ns;
  };
  const other = about.find((mark) => mark.about === said && !gone.has(mark.id) && contradicts(mark));
  if (!other) return;
  const time = [other.from_ns, other.to_ns ?? other.from_ns].map((ns) => isoFromNs(BigInt(ns)));
  throw conflict(
    `the entry ${other.id} says something else of ${time.join(' to ')}`,
    `let this one supersede it (supersedes: ${other.id}), or name another time`,
  );
}

function conflict(message: string, hint: string): BenchlineError {
  return new BenchlineError('entry_conflict', message, { hint });
}
