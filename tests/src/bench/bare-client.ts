/**
 * node-opcua alone: subscribes to signals of a machine of a simulator, counts their changes and does nothing else.
 * `node bare-client.ts ENDPOINT MACHINE SIGNAL…` says `{"ready":true}`, and at the end of its stdin what it saw.
 */
import {
  AttributeIds,
  ClientSubscription,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  TimestampsToReturn,
} from 'node-opcua-client';

const namespaceUri = 'urn:benchline:simulator';
const [endpoint = '', machine = '', ...signals] = process.argv.slice(2);

const client = OPCUAClient.create({
  clientName: 'Benchline bench',
  applicationName: 'Benchline bench',
  securityMode: MessageSecurityMode.None,
  securityPolicy: SecurityPolicy.None,
  endpointMustExist: false,
});
await client.connect(endpoint);
const session = await client.createSession();
const namespace = (await session.readNamespaceArray()).indexOf(namespaceUri);
// The same settings as the gateway's, and those under which a simulator loses nothing.
const subscription = ClientSubscription.create(session, {
  requestedPublishingInterval: 100,
  requestedMaxKeepAliveCount: 15,
  requestedLifetimeCount: 600,
  maxNotificationsPerPublish: 10_000,
  publishingEnabled: true,
  priority: 1,
});
let values = 0;
let first_ms = 0;
let last_ms = 0;
// Simulated time stands still until somebody watches the clock.
const nodes = [...signals.map((signal) => `${machine}.${signal}`), 'Clock'];
const group = await subscription.monitorItems(
  nodes.map((node) => ({ nodeId: `ns=${namespace};s=${node}`, attributeId: AttributeIds.Value })),
  { samplingInterval: 0, queueSize: 10_000, discardOldest: true },
  TimestampsToReturn.Both,
);
const cpu = process.cpuUsage();
group.on('changed', (_item, _value, index) => {
  if (index >= signals.length) return;
  values += 1;
  // The first value of each signal is what it was before anything moved.
  if (values === signals.length + 1) first_ms = Date.now();
  last_ms = Date.now();
});
process.stdout.write('{"ready":true}\n');
for await (const _chunk of process.stdin);
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(
  `${JSON.stringify({ values, cpu_s: (user + system) / 1e6, wall_s: (last_ms - first_ms) / 1000 })}\n`,
);
await session.close(true);
await client.disconnect();
