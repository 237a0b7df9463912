import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeKeyPair } from '@benchline/model';
import { plcNamespace } from './plc.ts';

const program = resolve(import.meta.dirname, '../../../model/bin/benchline.ts');

const plant = {
  benchline: 1,
  enterprise: {
    id: 'works',
    name: { en: 'Works' },
    sites: [
      {
        id: 'site',
        name: { en: 'Site' },
        time_zone: 'UTC',
        calendar: 'always',
        areas: [
          {
            id: 'area',
            name: { en: 'Area' },
            lines: [
              {
                id: 'line',
                name: { en: 'Line' },
                machines: [
                  { id: 'lathe-1', name: { en: 'Lathe 1' }, type: 'lathe', control: 'CNC' },
                  { id: 'lathe-2', name: { en: 'Lathe 2' }, type: 'lathe', control: 'CNC' },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
  machine_types: [
    {
      id: 'lathe',
      name: { en: 'Lathe' },
      signals: {
        state: { measurement: 'state', states: { RUN: 'producing', IDLE: 'waiting' } },
        power: { measurement: 'signal', type: 'number', unit: 'kW' },
      },
    },
  ],
  calendars: [{ id: 'always', shifts: [{ id: 'day', name: { en: 'Day' }, start: '00:00', end: '00:00' }] }],
};

/** Writes a plant, a key and a configuration for one source with two lathes; returns the configuration's file. */
export function configure(folder: string, endpoint: string, brokerUrl: string, change: object = {}): string {
  writeKeyPair(join(folder, 'gateway.pem'));
  mkdirSync(join(folder, 'ledgers'));
  writeFileSync(join(folder, 'plant.json'), JSON.stringify(plant));
  const config = {
    gateway: 'edge-1',
    group: 'site',
    plant: 'plant.json',
    data_dir: 'data',
    key_file: 'gateway.pem',
    trusted_ledgers_dir: 'ledgers',
    broker: { url: brokerUrl },
    http: { port: 0 },
    sources: [
      {
        id: 'cell',
        type: 'opcua',
        endpoint,
        security: { mode: 'None', accept: 'unauthenticated' },
        sampling_interval_ms: 0,
        publishing_interval_ms: 50,
        tag_sets: {
          lathe: {
            state: { node: `nsu=${plcNamespace};s={machine}.state` },
            power: { node: `nsu=${plcNamespace};s={machine}.power` },
          },
        },
        machines: [
          { machine: 'lathe-1', tag_set: 'lathe' },
          { machine: 'lathe-2', tag_set: 'lathe' },
        ],
      },
    ],
    ...change,
  };
  const file = join(folder, 'gateway.json');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** A gateway process that has said that it is ready. */
export interface Running {
  child: ChildProcess;
  port: number;
  status(): Promise<Status>;
}

export interface Status {
  sources: { connected: boolean; state: string; machines: { observed_until: string | null }[] }[];
  spool: { epoch: string; next: number };
  counters: { observations: number };
}

export async function startGateway(file: string): Promise<Running> {
  const child = spawn(process.execPath, [program, 'gateway', '--config', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BENCHLINE_LOG: 'fatal' },
  });
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const [line] = (await once(lines, 'line')) as [string];
  const { http_port: port } = JSON.parse(line) as { http_port: number };
  const status = async () => (await (await fetch(`http://127.0.0.1:${port}/status`)).json()) as Status;
  return { child, port, status };
}

/** Waits until the gateway's status is as wanted. */
export async function settled(gateway: Running, holds: (status: Status) => boolean): Promise<Status> {
  for (let i = 0; i < 300; i += 1) {
    const status = await gateway.status();
    if (holds(status)) return status;
    await sleep(50);
  }
  throw new Error(`never settled: ${JSON.stringify(await gateway.status())}`);
}
