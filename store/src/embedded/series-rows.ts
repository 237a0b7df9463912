/** By what rows are ordered, and by which one of several deliveries of an identity is taken; columns of one length. */
export interface Ordered {
  at_ns: BigInt64Array;
  ordinals: Int32Array;
  gateway_ns: BigInt64Array;
}

/** Rows first ≤ row < end of some columns. */
export interface Piece<C extends Ordered> {
  cells: C;
  first: number;
  end: number;
}

/**
 * The rows of one series, added in the order in which they were stored. Most lie in time order; what came late begins
 * another run of rows that do. Rows stay where they are: only the places at which runs change are looked for.
 */
export class SeriesRows<C extends Ordered> {
  readonly #runs: Piece<C>[][] = [];

  /** Adds rows first ≤ row < end; the columns must not change from then on. */
  add(cells: C, first: number, end: number): void {
    let from = first;
    const last = this.#runs.at(-1)?.at(-1);
    if (last && compare(last.cells, last.end - 1, cells, first) < 0)
      this.#runs.at(-1)!.push({ cells, first, end: (from = runEnd(cells, first, end)) });
    while (from < end) {
      const begins = from;
      from = runEnd(cells, from, end);
      this.#runs.push([{ cells, first: begins, end: from }]);
    }
  }

  /** Of several deliveries of one identity the one with the latest gateway time, of these the one stored last. */
  inTimeOrder(): readonly Piece<C>[] {
    let runs = this.#runs;
    while (runs.length > 1)
      runs = runs.flatMap((run, i) => (i % 2 === 1 ? [] : [merged(run, runs[i + 1] ?? [])]));
    return runs[0] ?? [];
  }
}

/** Rows of several series, by series. */
export class RowsBySeries<C extends Ordered> {
  readonly #series = new Map<number, SeriesRows<C>>();

  /** Adds rows in the order in which they were stored. @param series of each row. */
  add(series: Int32Array, cells: C): void {
    for (let first = 0; first < series.length; ) {
      const id = series[first]!;
      let end = first + 1;
      while (end < series.length && series[end] === id) end += 1;
      let rows = this.#series.get(id);
      if (!rows) this.#series.set(id, (rows = new SeriesRows()));
      rows.add(cells, first, end);
      first = end;
    }
  }

  /** Each series with its rows in time order, the one with the lowest number first. */
  inTimeOrder(): (readonly [id: number, pieces: readonly Piece<C>[]])[] {
    const series = [...this.#series].sort(([a], [b]) => a - b);
    return series.map(([id, rows]) => [id, rows.inTimeOrder()] as const);
  }
}

/** Where the rows cease to lie in time order, each after the one before. */
function runEnd({ at_ns, ordinals }: Ordered, first: number, end: number): number {
  let row = first + 1;
  while (
    row < end &&
    (at_ns[row]! > at_ns[row - 1]! || (at_ns[row] === at_ns[row - 1] && ordinals[row]! > ordinals[row - 1]!))
  )
    row += 1;
  return row;
}

/** @param later was stored after the other. */
function merged<C extends Ordered>(run: readonly Piece<C>[], later: readonly Piece<C>[]): Piece<C>[] {
  const [a, b] = [new Cursor(run), new Cursor(later)];
  const pieces: Piece<C>[] = [];
  while (a.piece && b.piece) {
    const order = compare(a.piece.cells, a.piece.first, b.piece.cells, b.piece.first);
    if (order < 0) put(pieces, a.takeBefore(b.piece));
    else if (order > 0) put(pieces, b.takeBefore(a.piece));
    else {
      const [first, second] = [a.takeOne(a.piece), b.takeOne(b.piece)];
      const isNewer = second.cells.gateway_ns[second.first]! >= first.cells.gateway_ns[first.first]!;
      put(pieces, isNewer ? second : first);
    }
  }
  for (const { rest } of [a, b]) for (const piece of rest) put(pieces, piece);
  return pieces;
}

/** Goes through the pieces of a run. */
class Cursor<C extends Ordered> {
  readonly #pieces: readonly Piece<C>[];
  #next = 1;
  /** What is left of the piece that it is in; undefined at the end. */
  piece: Piece<C> | undefined;

  constructor(pieces: readonly Piece<C>[]) {
    this.#pieces = pieces;
    this.piece = pieces[0];
  }

  get rest(): readonly Piece<C>[] {
    return this.piece ? [this.piece, ...this.#pieces.slice(this.#next)] : [];
  }

  takeOne(piece: Piece<C>): Piece<C> {
    return this.#take(piece, piece.first + 1);
  }

  /** Takes the rows of its piece that come before the first row of another, of which there is one at least. */
  takeBefore(other: Piece<C>): Piece<C> {
    const piece = this.piece!;
    const isBefore = (row: number) => compare(piece.cells, row, other.cells, other.first) < 0;
    if (isBefore(piece.end - 1)) return this.#take(piece, piece.end);
    let [low, high] = [piece.first + 1, piece.end - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(middle)) low = middle + 1;
      else high = middle;
    }
    return this.#take(piece, low);
  }

  #take(piece: Piece<C>, end: number): Piece<C> {
    this.piece = end < piece.end ? { ...piece, first: end } : this.#pieces[this.#next++];
    return { ...piece, end };
  }
}

function put<C extends Ordered>(pieces: Piece<C>[], piece: Piece<C>): void {
  const last = pieces.at(-1);
  if (last && last.cells === piece.cells && last.end === piece.first) last.end = piece.end;
  else pieces.push({ ...piece });
}

function compare(a: Ordered, row: number, b: Ordered, other: number): number {
  const [first, second] = [a.at_ns[row]!, b.at_ns[other]!];
  if (first !== second) return first < second ? -1 : 1;
  return a.ordinals[row]! - b.ordinals[other]!;
}
