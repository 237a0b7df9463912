import type { Asset, Value } from '@benchline/model';
import {
  type AddressSpace,
  coerceLocalizedText,
  DataType,
  type ExtensionObject,
  nodesets,
  promoteToStateMachine,
  Range,
  StatusCodes,
  standardUnits,
  type UAObject,
  type UAVariable,
  type VariantLike,
} from 'node-opcua';
import type { Point } from '../time/timeline.ts';
import { simulatorNamespace } from './address.ts';
import type { Mirror } from './outlet.ts';

const uri = {
  di: 'http://opcfoundation.org/UA/DI/',
  machinery: 'http://opcfoundation.org/UA/Machinery/',
  machineTool: 'http://opcfoundation.org/UA/MachineTool/',
} as const;

/** MachineTool and what it builds on, in order of dependency. */
export const machineToolNodesets: readonly string[] = [
  nodesets.di,
  nodesets.ia,
  nodesets.machinery,
  nodesets.isa95JobControl,
  nodesets.machineryJobs,
  nodesets.machineTool,
];

/** Values of OPC 40501-1's enumerations MachineOperationMode, ChannelMode and ChannelState. */
const operationMode = { automatic: 1, setup: 2 } as const;
const channelMode = { automatic: 0 } as const;
const channelState = { active: 0, reset: 2 } as const;

/**
 * An instance of MachineToolType (OPC 40501-1) that shows what the recorded mill says to clients that know the
 * companion specification. What that has no place for (axis positions and powers, energy registers, scrapped parts)
 * is found in the folder `Signals` below it.
 */
export class MachineTool implements Mirror {
  /** The folder for the flat nodes of the machine. */
  readonly signals: UAObject;
  readonly #space: AddressSpace;
  readonly #machine: string;
  readonly #tool: UAObject;
  readonly #states: ReturnType<typeof promoteToStateMachine>;
  #parts = { good: 0, scrap: 0 };

  constructor(space: AddressSpace, asset: Asset) {
    this.#space = space;
    this.#machine = asset.id;
    this.#tool = this.#instantiate('MachineToolType', asset.id, {
      nodeId: `s=${asset.id}`,
      organizedBy: space.findNode(`ns=${space.getNamespaceIndex(uri.machinery)};i=1001`) as UAObject,
      optionals: [
        'Identification.Model',
        'Monitoring.MachineTool.FeedOverride',
        'Production.ActiveProgram.JobIdentifier',
        'Production.ProductionPlan',
        'Production.Statistics.PartsProducedInLifetime',
      ],
    });
    const monitoring = this.#find('Monitoring') as UAObject;
    this.#instantiate('ChannelMonitoringType', 'Channel1', {
      componentOf: monitoring,
    });
    this.#instantiate('SpindleMonitoringType', 'Spindle1', { componentOf: monitoring });
    this.#instantiate('ProductionJobType', 'Job1', {
      componentOf: this.#find('Production', 'ProductionPlan') as UAObject,
      optionals: ['PartsCompleted', 'PartsGood'],
    });
    this.#states = promoteToStateMachine(this.#find('Production', 'ActiveProgram', 'State') as UAObject);
    this.signals = space.getNamespace(simulatorNamespace).addObject({
      nodeId: `s=${asset.id}.signals`,
      browseName: 'Signals',
      typeDefinition: 'FolderType',
      componentOf: this.#tool,
    });
    this.#describe(asset);
  }

  show({ machine, signal, value }: Point, sourceTime: Date): void {
    if (machine !== this.#machine) return;
    switch (signal) {
      case 'state':
        return this.#showState(String(value), sourceTime);
      case 'program':
        this.#put(['Production', 'ActiveProgram', 'Name'], text(value), sourceTime);
        return this.#put(
          ['Production', 'ActiveProgram', 'NumberInList'],
          { dataType: DataType.UInt16, value: 1 },
          sourceTime,
        );
      case 'run':
        this.#put(['Production', 'ActiveProgram', 'JobIdentifier'], text(value), sourceTime);
        return this.#put(['Production', 'ProductionPlan', 'Job1', 'Identifier'], text(value), sourceTime);
      case 'feed-override':
        for (const element of ['MachineTool', 'Channel1'])
          this.#put(['Monitoring', element, 'FeedOverride'], double(value), sourceTime);
        return;
      case 'spindle-speed':
        return this.#put(['Monitoring', 'Spindle1', 'IsRotating'], flag(value !== 0), sourceTime);
      case 'good-items':
      case 'scrap-items':
        this.#parts[signal === 'good-items' ? 'good' : 'scrap'] = Number(value);
        return this.#showParts(sourceTime);
    }
  }

  #showState(native: string, sourceTime: Date): void {
    const step = native.toLowerCase();
    const ended = step === 'end';
    const mode = step === 'starting' || step === 'prep' ? operationMode.setup : operationMode.automatic;
    const state = this.#states.getStateByName(ended ? 'Ended' : 'Running');
    const current = ['Production', 'ActiveProgram', 'State', 'CurrentState'];
    this.#put(['Monitoring', 'MachineTool', 'OperationMode'], int32(mode), sourceTime);
    this.#put(['Monitoring', 'Channel1', 'ChannelMode'], int32(channelMode.automatic), sourceTime);
    this.#put(
      ['Monitoring', 'Channel1', 'ChannelState'],
      int32(ended ? channelState.reset : channelState.active),
      sourceTime,
    );
    this.#put(current, localized(ended ? 'Ended' : 'Running'), sourceTime);
    if (!state) return;
    this.#put([...current, 'Id'], { dataType: DataType.NodeId, value: state.nodeId }, sourceTime);
    this.#put([...current, 'Number'], uint32(state.stateNumber.readValue().value.value), sourceTime);
  }

  #showParts(sourceTime: Date): void {
    const { good, scrap } = this.#parts;
    this.#put(['Production', 'Statistics', 'PartsProducedInLifetime'], uint32(good + scrap), sourceTime);
    this.#put(['Production', 'ProductionPlan', 'Job1', 'PartsCompleted'], uint32(good + scrap), sourceTime);
    this.#put(['Production', 'ProductionPlan', 'Job1', 'PartsGood'], uint32(good), sourceTime);
    this.#put(['Production', 'ProductionPlan', 'Job1', 'RunsCompleted'], uint32(good + scrap), sourceTime);
  }

  #describe(asset: Asset): void {
    const put = (path: readonly string[], value: VariantLike) => this.#put(path, value, new Date());
    put(['Identification', 'Manufacturer'], localized('Benchline simulator'));
    put(['Identification', 'Model'], localized(asset.definition.name.en));
    put(['Identification', 'ProductInstanceUri'], text(`${simulatorNamespace}:${asset.id}`));
    put(['Identification', 'SerialNumber'], text(asset.id));
    put(['Monitoring', 'Channel1', 'Name'], text('Channel1'));
    put(['Monitoring', 'Spindle1', 'Name'], text('Spindle1'));
    for (const element of ['MachineTool', 'Channel1']) {
      const range = new Range({ low: 0, high: 200 });
      put(['Monitoring', element, 'FeedOverride', 'EURange'], extension(range));
      put(['Monitoring', element, 'FeedOverride', 'EngineeringUnits'], extension(standardUnits.percent));
    }
    put(['Production', 'ProductionPlan', 'Job1', 'NumberInList'], { dataType: DataType.UInt16, value: 1 });
  }

  #instantiate(
    type: string,
    browseName: string,
    options: { nodeId?: string; organizedBy?: UAObject; componentOf?: UAObject; optionals?: string[] },
  ): UAObject {
    const found = this.#space.findObjectType(type, this.#space.getNamespaceIndex(uri.machineTool));
    if (!found) throw new Error(`the MachineTool nodeset has no ${type}`);
    return found.instantiate({
      browseName,
      namespace: this.#space.getNamespace(simulatorNamespace),
      ...options,
    });
  }

  /** The node at a path of browse names below the machine tool, in whatever namespace each name is. */
  #find(...path: readonly string[]): UAObject | UAVariable | undefined {
    let node: UAObject | UAVariable | undefined = this.#tool;
    for (const name of path)
      node = [...(node?.getComponents() ?? []), ...(node?.getProperties() ?? [])].find(
        (child) => child.browseName.name === name,
      ) as UAObject | UAVariable | undefined;
    return node;
  }

  #put(path: readonly string[], value: VariantLike, sourceTime: Date): void {
    const variable = this.#find(...path);
    if (variable === undefined || !('setValueFromSource' in variable))
      throw new Error(`the machine tool has no variable ${path.join('.')}`);
    variable.setValueFromSource(value, StatusCodes.Good, sourceTime);
  }
}

const extension = (value: ExtensionObject): VariantLike => ({ dataType: DataType.ExtensionObject, value });
const text = (value: Value): VariantLike => ({ dataType: DataType.String, value: String(value) });
const localized = (value: string): VariantLike => ({
  dataType: DataType.LocalizedText,
  value: coerceLocalizedText(value),
});
const double = (value: Value): VariantLike => ({ dataType: DataType.Double, value: Number(value) });
const flag = (value: boolean): VariantLike => ({ dataType: DataType.Boolean, value });
const int32 = (value: number): VariantLike => ({ dataType: DataType.Int32, value });
const uint32 = (value: number): VariantLike => ({ dataType: DataType.UInt32, value });
