/** What a service says on stdout, once, when it can be used: one line of JSON with `ready: true`. */
export function ready(info: Readonly<Record<string, string | number | boolean>> = {}): void {
  process.stdout.write(`${JSON.stringify({ ready: true, ...info })}\n`);
}

/** How long a service may take to stop once its supervisor is gone, in milliseconds. */
const orphanGraceMs = 5000;

/**
 * A signal that aborts with `signal`, and also, under a supervisor (BENCHLINE_SUPERVISED=1), when stdin closes:
 * that happens however the supervisor ends, kill -9 included, so no child is left behind. A service that has
 * not stopped 5 s later is ended.
 */
export function exitWithSupervisor(signal: AbortSignal): AbortSignal {
  if (process.env['BENCHLINE_SUPERVISED'] !== '1') return signal;
  const orphaned = new AbortController();
  const abort = () => {
    if (orphaned.signal.aborted) return;
    orphaned.abort('supervisor ended');
    setTimeout(() => process.exit(1), orphanGraceMs).unref();
  };
  for (const event of ['end', 'close', 'error'] as const) process.stdin.once(event, abort);
  process.stdin.resume();
  // A pipe can be unreferenced, so that it does not keep a service alive that has otherwise ended.
  if ('unref' in process.stdin) process.stdin.unref();
  return AbortSignal.any([signal, orphaned.signal]);
}

/** Resolves once a signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** A service ends within 5 s of being told to; this leaves something for the runtime. */
const closingGraceMs = 4500;

/** Ends the process when closing takes too long: a peer that does not answer must not hold it up. */
export function exitLater(status: number): void {
  setTimeout(() => process.exit(status), closingGraceMs).unref();
}
