import type { FaultKind } from '../fault.ts';
import { clockKinds } from './clock.ts';
import { damageKinds } from './damage.ts';
import { diskKinds } from './disk.ts';
import { influxKinds } from './influx.ts';
import { killGateway, killInfluxd, killIngest, killMetrics } from './kill.ts';
import { mqttKinds } from './mqtt.ts';
import { networkKinds } from './network.ts';
import { opcuaKinds } from './opcua.ts';
import { twinKinds } from './twins.ts';

const all: readonly FaultKind[] = [
  killGateway,
  killIngest,
  killMetrics,
  killInfluxd,
  ...networkKinds,
  ...influxKinds,
  ...diskKinds,
  ...clockKinds,
  ...mqttKinds,
  ...damageKinds,
  ...opcuaKinds,
  ...twinKinds,
];

/** Every kind of fault, by name; a kind is a file and a line here. */
export const kinds: ReadonlyMap<string, FaultKind> = new Map(all.map((kind) => [kind.kind, kind]));
