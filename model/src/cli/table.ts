/**
 * Every subcommand, where it lives and what it is for. The program finds packages by name at run time and
 * imports one only when its command is called, so the leaf package depends on none of them.
 */
export interface TableRow {
  package: string;
  summary: string;
}

export const table: Readonly<Record<string, TableRow>> = {
  start: {
    package: '@benchline/simulators',
    summary: 'run everything on this computer, with simulated machines',
  },
  replay: {
    package: '@benchline/simulators',
    summary: 'send recorded machine runs through the whole chain and report',
  },
  gateway: {
    package: '@benchline/gateway',
    summary: 'read controllers and send what they say, losing nothing',
  },
  ingest: { package: '@benchline/ingest', summary: 'take what gateways send into the ledger and the store' },
  metrics: { package: '@benchline/metrics', summary: 'compute key figures; serve the API and the console' },
  kpi: { package: '@benchline/metrics', summary: 'compute key figures over a file of observations' },
  export: {
    package: '@benchline/metrics',
    summary: 'write the observations of a window from a store or a running service',
  },
  forecast: {
    package: '@benchline/metrics',
    summary: 'check the energy forecast on recorded 15-minute data',
  },
  openapi: { package: '@benchline/metrics', summary: 'write the OpenAPI description of the metrics API' },
  broker: { package: '@benchline/ingest', summary: 'run the embedded MQTT broker of a single box' },
  influxd: {
    package: '@benchline/store',
    summary: 'run the installed InfluxDB 1.x with a data folder of its own',
  },
  ledger: { package: '@benchline/ingest', summary: 'verify a ledger, or write it into a store anew' },
  quarantine: {
    package: '@benchline/ingest',
    summary: 'look at what ingest did not let in, repair it and give it in again',
  },
  simulate: { package: '@benchline/simulators', summary: 'run one simulated machine, line, PLC or meter' },
  validate: { package: '@benchline/model', summary: 'check a plant file and say what to mend' },
  health: { package: '@benchline/model', summary: 'ask a service on this computer whether it is well' },
  keygen: { package: '@benchline/model', summary: 'make a signing key pair' },
  setup: {
    package: '@benchline/model',
    summary: 'make the keys, tokens and passwords of an installation, once',
  },
  reference: { package: '@benchline/model', summary: 'write the reference pages from the schemas' },
  boards: { package: '@benchline/dashboards', summary: 'write the Grafana boards from the KPI catalogue' },
  bench: { package: '@benchline/tests', summary: 'measure speed as ratios to limits found in the same run' },
  faults: {
    package: '@benchline/tests',
    summary: 'do faults to a running system and check that nothing is lost, doubled or wrong',
  },
};
