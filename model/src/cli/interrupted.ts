/** Two signals closer than this are one keypress: npm passes on the one that the terminal already sent. */
const samePressMs = 500;

/**
 * Aborts on the first SIGINT or SIGTERM; a later second one ends the process at once, as a person expects.
 * Under a supervisor, SIGINT is its to answer (the terminal sends it to all), and only SIGTERM counts.
 */
export function interrupted(): AbortSignal {
  const supervised = process.env['BENCHLINE_SUPERVISED'] === '1';
  const controller = new AbortController();
  let abortedAt = 0;
  const onSignal = (name: string) => {
    if (supervised && name === 'SIGINT') return;
    if (!controller.signal.aborted) {
      abortedAt = Date.now();
      controller.abort(name);
    } else if (!supervised && Date.now() - abortedAt > samePressMs) process.exit(130);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}
