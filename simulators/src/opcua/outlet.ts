import type { Asset } from '@benchline/model';
import { DataType, StatusCodes, type UAObject, type UAVariable } from 'node-opcua';
import type { Outlet } from '../time/pump.ts';
import { type Instant, type Point, stamped } from '../time/timeline.ts';
import type { TruthLog } from '../time/truth.ts';
import type { TruthPoint } from '../time/truth-file.ts';
import { clockNodeName, simulatorNamespace } from './address.ts';
import type { SimulatorServer } from './server.ts';
import { SignalNodes } from './signal-nodes.ts';

/** Another place in the address space that shows what the flat nodes say, such as a standard machine model. */
export interface Mirror {
  show(point: Point, sourceTime: Date): void;
}

/**
 * Feeds instants to an OPC UA server: first to the truth log, then to the nodes, and last of all to the node
 * `s=Clock`, which says how far the values of all nodes are complete.
 */
export class OpcuaOutlet implements Outlet {
  readonly #server: SimulatorServer;
  readonly #truth: TruthLog;
  readonly #signals: SignalNodes;
  readonly #clock: UAVariable;
  readonly #mirrors: Mirror[] = [];

  constructor(server: SimulatorServer, truth: TruthLog) {
    this.#server = server;
    this.#truth = truth;
    const { addressSpace } = server;
    const namespace = addressSpace.registerNamespace(simulatorNamespace);
    this.#signals = new SignalNodes(namespace);
    this.#clock = namespace.addVariable({
      nodeId: `s=${clockNodeName}`,
      browseName: clockNodeName,
      displayName: 'Simulated time',
      organizedBy: addressSpace.rootFolder.objects,
      dataType: DataType.DateTime,
      accessLevel: 'CurrentRead',
      userAccessLevel: 'CurrentRead',
      minimumSamplingInterval: 0,
    });
  }

  /** Adds the signals of a machine below an object, by default one of its own below Objects. */
  addMachine(asset: Asset, parent?: UAObject): void {
    const { addressSpace } = this.#server;
    const own = () =>
      addressSpace.getNamespace(simulatorNamespace).addObject({
        nodeId: `s=${asset.id}`,
        browseName: asset.id,
        displayName: asset.definition.name.en,
        organizedBy: addressSpace.rootFolder.objects,
      });
    this.#signals.add(asset, parent ?? own());
  }

  addMirror(mirror: Mirror): void {
    this.#mirrors.push(mirror);
  }

  /** Shows what an earlier process emitted last, under the times that it had then. */
  restore(points: Iterable<TruthPoint>, time_ms: number): void {
    for (const point of points) this.#set(point, new Date(point.time_ms));
    this.#setClock(time_ms);
  }

  ready(): boolean {
    return this.#server.followers.follow(this.#clock.nodeId.toString());
  }

  async deliver(instants: readonly Instant[], time_ms: number): Promise<void> {
    await this.#truth.append(instants.flatMap(stamped));
    for (const instant of instants) {
      const sourceTime = new Date(instant.time_ms);
      for (const point of instant.points) this.#set(point, sourceTime);
    }
    this.#setClock(time_ms);
  }

  #set(point: Point, sourceTime: Date): void {
    this.#signals.set(point, sourceTime);
    for (const mirror of this.#mirrors) mirror.show(point, sourceTime);
  }

  #setClock(time_ms: number): void {
    const time = new Date(time_ms);
    this.#clock.setValueFromSource({ dataType: DataType.DateTime, value: time }, StatusCodes.Good, time);
  }
}
