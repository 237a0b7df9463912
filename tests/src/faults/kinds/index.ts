import type { FaultKind } from '../fault.ts';
import { clockKinds } from './clock.ts';
import { damageKinds } from './damage.ts';
import { diskKinds } from './disk.ts';
import { influxKinds } from './influx.ts';
import { mqttKinds } from './mqtt.ts';
import { networkKinds } from './network.ts';
import { opcuaKinds } from './opcua.ts';
import { overflow } from './overflow.ts';
import { processKinds } from './process.ts';
import { stopTaking } from './stop-taking.ts';
import { twinKinds } from './twins.ts';

const all: readonly FaultKind[] = [
  ...processKinds,
  ...networkKinds,
  ...influxKinds,
  ...diskKinds,
  overflow,
  stopTaking,
  ...clockKinds,
  ...mqttKinds,
  ...damageKinds,
  ...opcuaKinds,
  ...twinKinds,
];

/** Every kind of fault, by name; a kind is a file and a line here. */
export const kinds: ReadonlyMap<string, FaultKind> = new Map(all.map((kind) => [kind.kind, kind]));
