import { status } from '@benchline/model';
import {
  AttributeIds,
  type MonitoredItemCreateRequestOptions,
  MonitoringMode,
  TimestampsToReturn,
} from 'node-opcua-client';
import type { Session } from './link.ts';

/** A node to watch. `handle` names it in what comes back. */
export interface Item {
  handle: number;
  node: string;
  sampling_interval_ms: number;
  queue_size: number;
}

/** What came of asking for an item. */
export interface ItemResult {
  handle: number;
  /** OPC UA StatusCode, 0 for Good. */
  status: number;
  /** As the server revised it. */
  sampling_interval_ms: number;
}

/** A server that names no limit is still not asked for more in one request. */
const itemsPerRequest = 1000;
/** Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall (OPC 10000-5, 6.3.11). */
const maxMonitoredItemsPerCall = 'i=11714';

/** Asks a server to monitor items in a subscription, so many at a time as it takes; one result for each item, in order. */
export async function createItems(
  session: Session,
  subscriptionId: number,
  items: readonly Item[],
): Promise<ItemResult[]> {
  const limit = await limitOf(session);
  const results: ItemResult[] = [];
  for (let start = 0; start < items.length; start += limit) {
    const chunk = items.slice(start, start + limit);
    const response = await session.createMonitoredItems({
      subscriptionId,
      timestampsToReturn: TimestampsToReturn.Both,
      itemsToCreate: chunk.map(itemRequest),
    });
    for (const [index, item] of chunk.entries()) {
      const result = response.results?.[index];
      results.push({
        handle: item.handle,
        status: result?.statusCode.value ?? status.bad,
        sampling_interval_ms: result?.revisedSamplingInterval ?? item.sampling_interval_ms,
      });
    }
  }
  return results;
}

async function limitOf(session: Session): Promise<number> {
  const limit: unknown = (await session.read({ nodeId: maxMonitoredItemsPerCall })).value.value;
  return typeof limit === 'number' && limit > 0 ? Math.min(limit, itemsPerRequest) : itemsPerRequest;
}

function itemRequest(item: Item): MonitoredItemCreateRequestOptions {
  return {
    itemToMonitor: { nodeId: item.node, attributeId: AttributeIds.Value },
    monitoringMode: MonitoringMode.Reporting,
    requestedParameters: {
      clientHandle: item.handle,
      samplingInterval: item.sampling_interval_ms,
      queueSize: item.queue_size,
      discardOldest: true,
    },
  };
}
