import { commonInstruments, type Instruments } from '../health/index.ts';
import { stages } from '../health/stages.ts';
import { code, generatedNote, table } from './markdown.ts';

const services = {
  gateway: { port: 8082, stages: ['source', 'spool', 'broker', 'acknowledgement'] },
  ingest: { port: 8081, stages: ['broker', 'ledger', 'projection'] },
  metrics: { port: 8080, stages: ['feed', 'kpi_series'] },
} as const;
type Service = keyof typeof services;

const routes = `Every service answers on its own door:

| Route | Says | Wants |
| --- | --- | --- |
| \`GET /healthz\` | 200, or 503 with the stages that have stood still for longer than \`http.stalled_after_s\` (20 s) | nothing |
| \`GET /readyz\` | 200 when every stage works now, else 503; the answer has the state of each stage | nothing |
| \`GET /metrics\` | measurements in the text format of Prometheus | a grant to read everything |
| \`GET /status\` (gateway, ingest) | everything in detail, as JSON | a grant to read everything |

Whoever shows no token is told the kinds of stages and their states, nothing more. Who may read everything is also told
which source it is, what is in the way and what to do. A service without a credentials file takes everybody on its own
computer for such a one.

- A stage *stands still* when it should do something and does not: a connection that is not there, or work that waits
  while nothing of it gets done. A full disk of the ledger counts at once, a broker that is away after 10 s.
- A service that is stopped or whose event loop hangs does not answer at all. **Restart on no answer, alarm on 503**: a
  restart does not bring back a broker, a store or a controller. For the same reason only what starts after a service
  should wait for its \`/healthz\`, and what sends requests to it may ask \`/readyz\`.
- Time is counted by a clock that nobody can set: a corrected wall clock stalls nothing. A service that was stopped itself
  does not accuse others of that time.
- \`benchline health --url http://127.0.0.1:8081\` asks \`/healthz\` and ends with status 1 when something stands still;
  docker-compose.yml uses it.
- The console and \`/api/v1/pipeline\` show the stages of all services.`;

const prometheus = `\`\`\`yaml
scrape_configs:
  - job_name: benchline
    scrape_interval: 15s
    authorization: { credentials_file: /etc/prometheus/benchline_token }
    static_configs:
      - targets: ['127.0.0.1:8080', '127.0.0.1:8081', '127.0.0.1:8082']
\`\`\`

The token belongs to a principal with the grant \`{ action: read, scope: '' }\`. Where a service has no credentials file it
listens on its own computer only: leave \`authorization\` out and run Prometheus there.

\`\`\`yaml
groups:
  - name: benchline
    rules:
      - alert: BenchlineStageStalled
        expr: max by (instance, stage, subject) ({__name__=~"benchline_(gateway|ingest|metrics)_stage_stalled"}) == 1
      - alert: BenchlineServiceSilent
        expr: up{job="benchline"} == 0
        for: 30s
      - alert: BenchlineGatewaySilent
        expr: benchline_ingest_gateway_last_received_age_seconds > 30
      - alert: BenchlineBufferShort
        expr: benchline_gateway_spool_left_seconds < 4 * 3600 and on (instance) benchline_gateway_stage_stalled{stage="acknowledgement"} == 1
      - alert: BenchlineDataLost
        expr: increase(benchline_gateway_lost_batches_total[10m]) > 0 or
              increase(benchline_ingest_lost_batches_total[10m]) > 0
      - alert: BenchlineIdentityContested
        expr: benchline_ingest_gateway_alarm == 1 or benchline_gateway_alarm == 1
      - alert: BenchlineLate
        expr: histogram_quantile(0.99, rate(benchline_metrics_source_to_queryable_seconds_bucket[5m])) > 10
\`\`\``;

const conventions = `Names end in their base unit, counters in \`_total\`; a histogram has \`_bucket\`, \`_sum\` and \`_count\`. A measurement that is
not known is absent, never 0. Labels are ids of the configuration and reasons from our own lists, so their number is
bounded. Counters begin at 0 with each start of the process. Each service also has the usual measurements of a Node process:
\`process_resident_memory_bytes\`, \`process_cpu_seconds_total\`, \`process_open_fds\`, \`nodejs_eventloop_lag_p99_seconds\`,
\`nodejs_heap_size_used_bytes\`, \`nodejs_gc_duration_seconds\` and others.`;

/** The page for operators, from the tables of stages and of measurements of the services. */
export function operationsPage(tables: Readonly<Record<string, Instruments>>): string {
  const parts = [
    '# Operations: health and measurements',
    generatedNote,
    '## How a service says how it is',
    routes,
    '## Stages',
    stageTable(),
    '## Prometheus',
    prometheus,
    '## Measurements',
    conventions,
    '### Every service',
    instrumentTable('SERVICE', commonInstruments),
    ...Object.entries(tables).flatMap(([service, each]) => [
      `### ${service}`,
      instrumentTable(service, each),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function stageTable(): string {
  const rows = (Object.keys(services) as Service[]).flatMap((service) =>
    services[service].stages.map((stage) => [
      `${service} (${services[service].port})`,
      code(stage),
      stages[stage].name.en,
      stages[stage].hint.en,
    ]),
  );
  return table(['Service (usual port)', 'Stage', 'Name', 'When it stands still'], rows);
}

function instrumentTable(service: string, instruments: Instruments): string {
  const rows = Object.entries(instruments).map(([name, { type, unit, labels = [], help, action }]) => [
    code(`benchline_${service}_${name}`),
    type,
    unit,
    labels.map(code).join(', '),
    help,
    action,
  ]);
  return table(['Name', 'Type', 'Unit', 'Labels', 'Meaning', 'What to do'], rows);
}
