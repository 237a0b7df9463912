import type { FaultKind, PartName } from '../fault.ts';

/** What `kill -9` of a process may cost: only a gateway's death makes data unobtainable. */
function killKind(part: PartName, summary: string): FaultKind {
  return {
    kind: `kill-${part}`,
    summary,
    draw: () => ({}),
    lasts_s: () => 5,
    touches: () => [part],
    cost: () => (part === 'gateway' ? [{ as: 'gap', machines: 'all', before_s: 5, after_s: 5 }] : 'nothing'),
    async inject(world) {
      await world.part(part).kill();
      await world.part(part).awaitReady();
    },
  };
}

export const killGateway = killKind('gateway', 'kill -9 of the gateway');
export const killIngest = killKind('ingest', 'kill -9 of ingest');
export const killMetrics = killKind('metrics', 'kill -9 of the metrics service');
export const killInfluxd = killKind('influxd', 'kill -9 of InfluxDB');
