const least_ms = 1000;

/** Tells listeners that figures may have changed, at most once a second. */
export class Updates {
  readonly #listeners = new Set<() => void>();
  #resting: NodeJS.Timeout | undefined;
  #missed = false;

  notify(): void {
    if (this.#resting) {
      this.#missed = true;
      return;
    }
    for (const listener of this.#listeners) listener();
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      if (!this.#missed) return;
      this.#missed = false;
      this.notify();
    }, least_ms).unref();
  }

  /** Returns the way to stop listening. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
