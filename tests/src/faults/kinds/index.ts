import type { FaultKind } from '../fault.ts';
import { killGateway, killInfluxd, killIngest, killMetrics } from './kill.ts';

/** Every kind of fault, by name; a kind is a file and a line here. */
export const kinds: ReadonlyMap<string, FaultKind> = new Map(
  [killGateway, killIngest, killMetrics, killInfluxd].map((kind: FaultKind) => [kind.kind, kind]),
);
