/** Observations that are worth a commit before the interval is over. */
const worthACommit = 5000;
/** Above the upper bound sources are asked to wait, below the lower one to go on. */
const upper = 50_000;
const lower = 25_000;

export interface BacklogHandler {
  worthACommit(): void;
  full(): void;
  relieved(): void;
}

/**
 * Counts the observations of all streams that are not committed yet, so that a slow disk makes the sources wait,
 * where controllers and brokers have queues, and never fills this process's memory.
 */
export class Backlog {
  readonly #handler: BacklogHandler;
  #count = 0;
  #sinceCommit = 0;
  #full = false;

  constructor(handler: BacklogHandler) {
    this.#handler = handler;
  }

  get count(): number {
    return this.#count;
  }

  get full(): boolean {
    return this.#full;
  }

  add(observations: number): void {
    this.#count += observations;
    this.#sinceCommit += observations;
    if (this.#sinceCommit >= worthACommit) {
      this.#sinceCommit = 0;
      this.#handler.worthACommit();
    }
    if (!this.#full && this.#count > upper) {
      this.#full = true;
      this.#handler.full();
    }
  }

  /** There is no room for what is waiting: nothing more is to come until some of it is committed. */
  refused(): void {
    if (this.#full) return;
    this.#full = true;
    this.#handler.full();
  }

  committed(observations: number): void {
    this.#count -= observations;
    this.#sinceCommit = this.#count;
    if (this.#full && this.#count < lower) {
      this.#full = false;
      this.#handler.relieved();
    }
  }
}
