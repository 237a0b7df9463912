/** Where a total will lie in nine cases of ten. */
export interface Band {
  /** In kWh; both absent while too few forecasts could be checked. */
  low_kwh?: number;
  high_kwh?: number;
  /** In kWh: by how much forecasts erred in the mean; absent while none could be checked. */
  mean_error_kwh?: number;
  /** How many forecasts could be checked. */
  checked: number;
}

const missed = 0.1;
/** Fewer say nothing of one case in ten. */
const leastErrors = 20;
/** How much an independent miss changes the share of errors that is left outside (Gibbs and Candès, 2021). */
const learningRate = 0.05;
/** Quiet times make no band narrower than this does: the next holiday is not announced. */
const mostLeftOut = 0.15;

/** What is known at an origin of the errors of forecasts made before it. Sizes are in units of expected scatter. */
interface Known {
  checked: number;
  mean_size: number;
  /** Size of the largest error inside the band; absent while too few are known. */
  reach?: number;
}

/**
 * Bands that nine of ten earlier forecasts of the same kind would have needed (conformal prediction: no distribution is
 * assumed), with two corrections. Spans of several days overlap, so there are only as many independent ones as follow
 * one another; the fewer, the larger is the share of errors that has to lie inside. And where bands missed more or
 * fewer than one in ten, later ones leave out fewer or more errors (adaptive conformal inference).
 */
export class Bands {
  readonly #days: number;
  readonly #sizeOf: (origin: number) => number | undefined;
  readonly #known: Known[] = [];
  /** Of what was over before the last origin that was looked at, ascending. */
  readonly #sizes: number[] = [];
  #sum = 0;
  #leftOut = missed;

  /**
   * @param days that a span has; one begins on each day.
   * @param sizeOf error of the forecast of the span from a day on, in units of the scatter that was expected of it;
   * undefined where it cannot be told. Asked once the span is over.
   */
  constructor(days: number, sizeOf: (origin: number) => number | undefined) {
    this.#days = days;
    this.#sizeOf = sizeOf;
  }

  /** @param scatter expected of the total, in kWh a unit of size. */
  at(origin: number, expected_kwh: number, scatter: number): Band {
    while (this.#known.length <= origin) this.#known.push(this.#learn(this.#known.length));
    const { checked, mean_size, reach } = this.#known[origin] ?? { checked: 0, mean_size: 0 };
    if (checked === 0) return { checked };
    const known = { checked, mean_error_kwh: mean_size * scatter };
    if (reach === undefined) return known;
    const half = reach * scatter;
    return { ...known, low_kwh: Math.max(0, expected_kwh - half), high_kwh: expected_kwh + half };
  }

  /** The span that was over by an origin and not by the one before teaches what the origin knows more. */
  #learn(origin: number): Known {
    const over = origin - this.#days;
    const size = over < 0 ? undefined : this.#sizeOf(over);
    if (size !== undefined) {
      const reach = this.#known[over]?.reach;
      if (reach !== undefined) this.#leftOut = taught(this.#leftOut, size > reach, this.#days);
      insert(this.#sizes, size);
      this.#sum += size;
    }
    const checked = this.#sizes.length;
    const known = { checked, mean_size: this.#sum / checked };
    if (checked < leastErrors) return known;
    return { ...known, reach: quantileOf(this.#sizes, shareInside(this.#leftOut, checked, this.#days)) };
  }
}

/** Each of as many overlapping spans as a span has days teaches that part of what an independent one would. */
function taught(leftOut: number, wasOutside: boolean, days: number): number {
  const next = leftOut + (learningRate / days) * (missed - Number(wasOutside));
  return Math.min(mostLeftOut, Math.max(0, next));
}

function shareInside(leftOut: number, checked: number, days: number): number {
  const independent = Math.max(1, checked / days);
  return Math.min(1, (1 - leftOut) * (1 + 1 / independent));
}

function quantileOf(ascending: readonly number[], share: number): number {
  // A whole rank must not become the next one by what floating point adds to it.
  const rank = Math.max(Math.ceil(ascending.length * share - 1e-9), 1);
  return ascending[rank - 1] ?? 0;
}

function insert(ascending: number[], value: number): void {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  ascending.splice(low, 0, value);
}
