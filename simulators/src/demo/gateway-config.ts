import { type Asset, loadPlant, type PlantIndex } from '@benchline/model';
import { clockNodeName, signalNodeName, simulatorNamespace } from '../opcua/address.ts';
import { defaultTopic, demoMachines, demoPlantFile } from './machines.ts';

/** Where the demonstration's simulators are reached; one that is missing gets no source. */
export interface DemoEndpoints {
  /** OPC UA endpoint of `benchline simulate mill`. */
  mill?: string;
  /** OPC UA endpoint of `benchline simulate line`. */
  line?: string;
  /** Any text: `benchline simulate plc` publishes on the gateway's own broker. */
  plc?: string;
  /** Any text: `benchline simulate meter` publishes on the gateway's own broker. */
  meter?: string;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The `sources` of a gateway that reads the demonstration's simulators: every signal that the plant file gives their
 * machines. The simulators listen on loopback, so their OPC UA servers are read without encryption, which every
 * observation then says of itself.
 */
export function demoGatewayConfig(endpoints: DemoEndpoints): Json[] {
  const plant = loadPlant(demoPlantFile).index;
  return [
    ...(endpoints.mill === undefined
      ? []
      : [opcuaSource(plant, 'mill', endpoints.mill, [demoMachines.mill])]),
    ...(endpoints.line === undefined ? [] : [opcuaSource(plant, 'line', endpoints.line, demoMachines.line)]),
    ...(endpoints.plc === undefined ? [] : [mqttSource(plant, demoMachines.plc)]),
    ...(endpoints.meter === undefined ? [] : [mqttSource(plant, demoMachines.meter)]),
  ];
}

function opcuaSource(plant: PlantIndex, id: string, endpoint: string, machines: readonly string[]): Json {
  const assets = machines.map((machine) => plant.assets.get(machine)).filter((asset) => asset !== undefined);
  return {
    id,
    type: 'opcua',
    endpoint,
    security: { mode: 'None', accept: 'unauthenticated' },
    clock: { node: nodeText(clockNodeName), simulated: true },
    sampling_interval_ms: 0,
    publishing_interval_ms: 100,
    queue_size: 10_000,
    tag_sets: Object.fromEntries(assets.map((asset) => [asset.type.id, opcuaTags(asset)])),
    machines: assets.map((asset) => ({ machine: asset.id, tag_set: asset.type.id })),
  };
}

function opcuaTags(asset: Asset): Json {
  return Object.fromEntries(
    Object.keys(asset.type.signals).map((signal) => [
      signal,
      { node: nodeText(signalNodeName('{machine}', signal)) },
    ]),
  );
}

function nodeText(name: string): string {
  return `nsu=${simulatorNamespace};s=${name}`;
}

function mqttSource(plant: PlantIndex, machine: string): Json {
  const signals = Object.keys(plant.assets.get(machine)?.type.signals ?? {});
  return {
    id: machine,
    type: 'mqtt',
    topic: defaultTopic(machine),
    machine,
    time: { pointer: '/ts', format: 'unix_ms' },
    sequence: { pointer: '/seq' },
    tags: Object.fromEntries(signals.map((signal) => [signal, { pointer: `/tags/${signal}` }])),
    clock: { simulated: true },
  };
}
