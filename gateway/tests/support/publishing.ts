import { openLog, type Signal } from '@benchline/model';
import { expect, vi } from 'vitest';
import { openPublisher } from '../../src/publisher/index.ts';
import type { Publisher, PublisherOptions } from '../../src/publisher/port.ts';
import type { Spool } from '../../src/spool/port.ts';
import { gatewayKey } from './batches.ts';
import { TestBroker } from './broker.ts';
import { ScriptedLedger, trustedLedgers } from './scripted-ledger.ts';
import { SpoolPlace } from './spool-place.ts';

const log = openLog('publisher-test');
log.level = 'silent';
const signals: Record<string, Signal> = {
  power: { measurement: 'signal', type: 'number', unit: 'kW' },
};

/** A broker and a ledger, and publishers that send to them. */
export class Publishing {
  readonly place = new SpoolPlace();
  readonly broker: TestBroker;
  readonly ledger: ScriptedLedger;
  readonly #publishers: Publisher[] = [];

  private constructor(broker: TestBroker, ledger: ScriptedLedger) {
    this.broker = broker;
    this.ledger = ledger;
  }

  static async begin(): Promise<Publishing> {
    const broker = await TestBroker.start();
    return new Publishing(broker, await ScriptedLedger.start(broker));
  }

  publish(spool: Spool, options: Partial<PublisherOptions> = {}): Publisher {
    const publisher = openPublisher({
      gateway: 'gw-1',
      group: 'plant',
      spool,
      key: gatewayKey,
      ledgers: trustedLedgers,
      broker: { url: this.broker.url },
      devices: [{ machine: 'mill-1', signals }],
      log,
      ...options,
    });
    this.#publishers.push(publisher);
    publisher.start();
    return publisher;
  }

  async end(): Promise<void> {
    for (const publisher of this.#publishers) await publisher.stop();
    await this.ledger.stop();
    await this.broker.stop();
    await this.place.remove();
  }
}

export async function untilTrue(condition: () => boolean, within_ms = 15_000): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: within_ms, interval: 10 });
}
