/** Message types of edge nodes and devices (Sparkplug 3.0.0, 4.1). */
export const messageTypes = [
  'NBIRTH',
  'NDEATH',
  'NDATA',
  'NCMD',
  'DBIRTH',
  'DDEATH',
  'DDATA',
  'DCMD',
] as const;
export type MessageType = (typeof messageTypes)[number];

export interface SparkplugTopic {
  group: string;
  type: MessageType;
  /** Edge node id: the gateway. */
  node: string;
  /** Device id: the machine. Present exactly for D… messages. */
  device?: string;
}

const namespace = 'spBv1.0';

/** `spBv1.0/{group}/{type}/{node}[/{device}]`; `+` as group, node or device makes a subscription. */
export function sparkplugTopic(topic: SparkplugTopic): string {
  const { group, type, node, device } = topic;
  return [namespace, group, type, node, ...(device === undefined ? [] : [device])].join('/');
}

/** Takes a topic apart; undefined for anything that is no edge node's or device's topic. */
export function parseSparkplugTopic(text: string): SparkplugTopic | undefined {
  const [space, group, name, node, device, ...rest] = text.split('/');
  const type = messageTypes.find((known) => known === name);
  if (space !== namespace || !group || !type || !node || rest.length > 0) return undefined;
  if (type.startsWith('D') !== Boolean(device)) return undefined;
  return { group, type, node, ...(device ? { device } : {}) };
}
