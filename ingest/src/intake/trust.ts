import { BenchlineError, describeError, type Log, readTrustedKeys, type TrustedKeys } from '@benchline/model';

/** A flood of unknown keys must not become a flood of directory reads. */
const rereadPause_ms = 2000;

/** The gateways trusted by a folder; one whose key is put there while the service runs is trusted from then on. */
export function trustFolder(folder: string, log: Log): TrustedKeys {
  let keys = readTrustedKeys(folder);
  let readAt = Date.now();
  const reread = () => {
    if (Date.now() - readAt < rereadPause_ms) return false;
    readAt = Date.now();
    try {
      keys = readTrustedKeys(folder);
    } catch (error) {
      log.error({ reason: describeError(error) }, 'cannot read the trusted keys again; the old ones stay');
      return false;
    }
    return true;
  };
  return {
    owners: () => keys.owners(),
    verify(owner, id, text, signature) {
      try {
        keys.verify(owner, id, text, signature);
      } catch (error) {
        const unknown = error instanceof BenchlineError && error.code === 'key_unknown';
        if (!unknown || !reread()) throw error;
        keys.verify(owner, id, text, signature);
      }
    },
  };
}
