/** How far the feed has been read. */
export interface FeedPosition {
  /** Offset of the next record wanted. */
  next: number;
  /** SHA-256 (hexadecimal) of the line before it, by which ingest tells whether its ledger is the one that was read. */
  line: string | undefined;
}

export const feedStart: FeedPosition = { next: 0, line: undefined };

/** The one of two that has read less. */
export function earlier(a: FeedPosition, b: FeedPosition): FeedPosition {
  return a.next <= b.next ? a : b;
}

const most = 64;

/** Where reading has been, the newest last, ever sparser towards the beginning. */
export class Trail {
  #positions: FeedPosition[];
  /** How many to give up next where nothing else tells which. */
  #step = 1;

  constructor(start: FeedPosition) {
    this.#positions = [start];
  }

  get newest(): FeedPosition {
    return this.#positions.at(-1) ?? feedStart;
  }

  add(position: FeedPosition): void {
    this.#positions.push(position);
    this.#step = 1;
    if (this.#positions.length <= most) return;
    this.#positions = this.#positions.filter((_, index) => index >= most / 2 || index % 2 === 0);
  }

  /**
   * The ledger holds another line than was read before the newest position: goes back to one where they may agree, in
   * a few steps to the ledger's beginning.
   * @param ledger the offsets at which it begins and ends now.
   */
  retreat({ floor, end }: { floor: number; end: number }): void {
    const before = this.#positions.length;
    let left = this.#positions.filter(({ next }) => next > floor && next <= end);
    if (left.length === before) {
      left = left.slice(0, -this.#step);
      this.#step *= 2;
    }
    this.#positions = left.length > 0 ? left : [{ next: floor, line: undefined }];
  }
}
