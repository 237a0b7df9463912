/**
 * An OPC UA server whose tags change at a given pace, and that does little else: it has to share the computer with
 * what is measured. `node load-server.ts MACHINES SIGNALS FIRST` says `{"endpoint":…}`. Each line of its stdin is the
 * changes a second that it makes from then on, answered with what it made so far; the end of its stdin ends it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  DataType,
  MessageSecurityMode,
  nodesets,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  StatusCodes,
  type UAVariable,
} from 'node-opcua';
import { loadMachine, loadNamespace, loadSignal } from './load-names.ts';

const tick_ms = 20;
const [machines = 1, signals = 1, first = 0] = process.argv.slice(2).map(Number);

const folder = mkdtempSync(join(tmpdir(), 'benchline-load-'));
const server = new OPCUAServer({
  host: '127.0.0.1',
  hostname: '127.0.0.1',
  port: 0,
  nodesets: [nodesets.standard],
  securityModes: [MessageSecurityMode.None],
  securityPolicies: [SecurityPolicy.None],
  serverCertificateManager: new OPCUACertificateManager({ rootFolder: folder, disableFileWatchers: true }),
  // Without it changes within 50 ms become one.
  serverCapabilities: { minSupportedSampleRate: 0 },
});
await server.initialize();
const tags = addTags();
await server.start();
say({ endpoint: server.getEndpointUrl() });

let rate = 0;
let emitted = 0;
let owed = 0;
let last_ms = Date.now();
const timer = setInterval(change, tick_ms);
for await (const line of createInterface({ input: process.stdin })) {
  rate = Number(line);
  last_ms = Date.now();
  say({ emitted });
}
clearInterval(timer);
await server.shutdown(0);
rmSync(folder, { recursive: true, force: true });
process.exit();

/** Changes as many tags as the pace asks for, one after the other, all at the present time. */
function change(): void {
  const now = new Date();
  owed += (rate * (now.getTime() - last_ms)) / 1000;
  last_ms = now.getTime();
  for (; owed >= 1; owed -= 1) {
    const tag = tags[emitted % tags.length];
    // Hundredths, as a controller's scaled integers are; never the value that the tag had.
    const value = (emitted % 1_000_000) / 100;
    tag?.setValueFromSource({ dataType: DataType.Double, value }, StatusCodes.Good, now);
    emitted += 1;
  }
}

function addTags(): UAVariable[] {
  const space = server.engine.addressSpace;
  if (!space) throw new Error('no address space');
  const namespace = space.registerNamespace(loadNamespace);
  const device = namespace.addObject({ browseName: 'Load', organizedBy: space.rootFolder.objects });
  const names = Array.from({ length: machines * signals }, (_, i) =>
    // Machine after machine, so that a tick reaches all of them.
    [loadMachine(first + (i % machines)), loadSignal(Math.floor(i / machines))].join('.'),
  );
  return names.map((name) =>
    namespace.addVariable({
      componentOf: device,
      browseName: name,
      nodeId: `s=${name}`,
      dataType: 'Double',
      value: { dataType: DataType.Double, value: -1 },
      minimumSamplingInterval: 0,
    }),
  );
}

function say(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
