import type { Asset, Signal } from '@benchline/model';
import { DataType, type Namespace, StatusCodes, type UAObject, type UAVariable } from 'node-opcua';
import { keyOf, type Point } from '../time/timeline.ts';
import { signalNodeName } from './address.ts';

/** One read-only variable for each signal of each machine. */
export class SignalNodes {
  readonly #namespace: Namespace;
  readonly #nodes = new Map<string, { variable: UAVariable; dataType: DataType }>();

  constructor(namespace: Namespace) {
    this.#namespace = namespace;
  }

  /** Adds the signals of a machine below an object. */
  add(asset: Asset, parent: UAObject): void {
    for (const [id, signal] of Object.entries(asset.type.signals)) {
      const dataType = dataTypeOf(signal);
      const variable = this.#namespace.addVariable({
        nodeId: `s=${signalNodeName(asset.id, id)}`,
        browseName: id,
        displayName: signal.name?.en ?? id,
        ...(signal.description === undefined ? {} : { description: signal.description }),
        componentOf: parent,
        dataType,
        accessLevel: 'CurrentRead',
        userAccessLevel: 'CurrentRead',
        minimumSamplingInterval: 0,
      });
      this.#nodes.set(keyOf({ machine: asset.id, signal: id }), { variable, dataType });
    }
  }

  has(point: Pick<Point, 'machine' | 'signal'>): boolean {
    return this.#nodes.has(keyOf(point));
  }

  /** Gives a signal its value with a source time; every change is reported to whoever monitors the node. */
  set(point: Point, sourceTime: Date): void {
    const node = this.#nodes.get(keyOf(point));
    if (!node) return;
    const value = typeof point.value === 'bigint' ? Number(point.value) : point.value;
    node.variable.setValueFromSource({ dataType: node.dataType, value }, StatusCodes.Good, sourceTime);
  }
}

function dataTypeOf(signal: Signal): DataType {
  switch (signal.measurement) {
    case 'count':
      return DataType.UInt32;
    case 'state':
    case 'context':
      return DataType.String;
    case 'energy':
    case 'characteristic':
      return DataType.Double;
    case 'signal':
      return {
        number: DataType.Double,
        integer: DataType.Int32,
        text: DataType.String,
        flag: DataType.Boolean,
      }[signal.type];
  }
}
