import { decodePayload, type SparkplugTopic } from '@benchline/model/sparkplug';
import { FailureBudget } from '../failures.ts';
import { Births } from './births.ts';
import { isControl } from './session.ts';
import type { UnlistedMetrics } from './unlisted.ts';

const maxNodes = 100;
const maxDeclared = 500;

/** Edge nodes that no configuration lists: heard as far as it takes to show what they have, and no further. */
export class Strangers {
  readonly #unlisted: UnlistedMetrics;
  readonly #births = new Map<string, Births>();
  readonly #budget = new FailureBudget();

  constructor(unlisted: UnlistedMetrics) {
    this.#unlisted = unlisted;
  }

  /** @throws BenchlineError `batch_malformed`. */
  overhear({ group, type, node, device }: SparkplugTopic, bytes: Uint8Array, now_ms: number): void {
    const key = `${group}/${node}`;
    if (!this.#budget.allows(key, now_ms)) return;
    this.#budget.spend(key, now_ms);
    const { metrics } = decodePayload(bytes);
    const births = this.#of(key);
    if (type === 'NBIRTH') births?.node(metrics);
    else if (type === 'DBIRTH') births?.device(device, metrics);
    const place = device === undefined ? key : `${key}/${device}`;
    for (const metric of metrics) {
      const declared = births?.find(device, metric);
      if (!isControl(metric.name ?? declared?.name)) this.#unlisted.note(place, metric, declared, now_ms);
    }
  }

  #of(key: string): Births | undefined {
    let births = this.#births.get(key);
    if (!births && this.#births.size < maxNodes) this.#births.set(key, (births = new Births(maxDeclared)));
    return births;
  }
}
