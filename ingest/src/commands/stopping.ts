/** A service ends within 5 s of being told to; this leaves something for the runtime. */
const grace_ms = 4500;

/** Resolves once the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Ends the process when closing takes too long: a store that does not answer must not hold it up. */
export function exitLater(status: number): void {
  setTimeout(() => process.exit(status), grace_ms).unref();
}
