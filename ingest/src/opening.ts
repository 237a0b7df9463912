import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError, describeError, type Log, systemCode } from '@benchline/model';
import { openDoor, readCredentials } from '@benchline/model/door';
import { Exposition, Health, registerHealth } from '@benchline/model/health';
import type { IngestConfig } from './config.ts';

const retry_ms = 1000;

/** What a disk says that may be mended, or have room, without this process starting anew. */
const passing = new Set(['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'ENODEV', 'ESTALE', 'ETIMEDOUT']);

/**
 * Opens what is on the disk, again and again while the disk fails. Meanwhile the door stands open and says so: a
 * process that ended instead would be restarted without anybody learning why.
 * @param open what it has opened when it rejects is closed.
 * @returns what was opened, and the port that has been listened on, if any.
 * @throws what `open` says of anything but the disk, and its last word when the signal aborts.
 */
export async function onceTheDiskWorks<T>(
  open: (opened: AsyncDisposableStack) => Promise<T>,
  options: { config: IngestConfig; log: Log; signal: AbortSignal; opened: AsyncDisposableStack },
): Promise<{ result: T; port: number | undefined }> {
  const { config, log, signal, opened } = options;
  await using waiting = new AsyncDisposableStack();
  let reason: string | undefined;
  let port: number | undefined;
  for (;;) {
    await using attempt = new AsyncDisposableStack();
    try {
      const result = await open(attempt);
      opened.use(attempt.move());
      return { result, port };
    } catch (error) {
      if (!isPassing(error) || signal.aborted) throw error;
      const before = reason;
      reason = describeError(error);
      if (before !== reason) log.error({ reason }, 'the ledger cannot be opened; it is tried until it can');
    }
    port ??= await sayWhy(() => reason, config, log, waiting);
    await sleep(retry_ms, undefined, { signal }).catch(() => {});
  }
}

/** Opens the door with nothing behind it but the answer to how this service is. */
async function sayWhy(
  reason: () => string | undefined,
  { http: { host, port, credentials_file } }: IngestConfig,
  log: Log,
  opened: AsyncDisposableStack,
): Promise<number> {
  const health = new Health({
    look: () => [{ stage: 'ledger', ok: false, patience_ms: 0, reason: reason() }],
    log,
  });
  const exposition = new Exposition('ingest', {}, () => ({}));
  const credentials = credentials_file === undefined ? undefined : readCredentials(credentials_file);
  const door = await openDoor({ service: 'ingest', host, port, credentials, log }, (app) =>
    registerHealth(app, { health, exposition }),
  );
  opened.defer(() => door.close());
  health.start();
  opened.defer(() => health.stop());
  return door.port;
}

function isPassing(error: unknown): boolean {
  const cause = error instanceof BenchlineError ? error.cause : error;
  return passing.has(systemCode(cause) ?? '');
}
