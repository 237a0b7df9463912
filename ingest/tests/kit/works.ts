import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { generateKeyPair, type LedgerRecordJson, openLog, signingKey } from '@benchline/model';
import { type Broker, openBroker } from '../../src/broker/broker.ts';
import { loadIngestConfig } from '../../src/config.ts';
import type { IngestStatus } from '../../src/feed/status.ts';
import { type Ingest, openIngest } from '../../src/service.ts';

const quiet = openLog('test');
quiet.level = process.env['BENCHLINE_LOG'] ?? 'silent';

export const plantText = `
benchline: 1
enterprise:
  id: works
  name: { en: Works }
  sites:
    - id: site
      name: { en: Site }
      time_zone: UTC
      calendar: always
      areas:
        - id: area
          name: { en: Area }
          lines:
            - id: line
              name: { en: Line }
              machines:
                - { id: mill, name: { en: Mill }, type: machine, control: CNC }
                - { id: press, name: { en: Press }, type: machine, control: PLC }
machine_types:
  - id: machine
    name: { en: Machine }
    signals:
      state: { measurement: state, states: { RUN: producing, STOP: waiting } }
      parts: { measurement: count, role: total }
      power: { measurement: signal, type: number, unit: kW }
calendars:
  - id: always
    shifts: [{ id: all, name: { en: All }, start: '00:00', end: '00:00' }]
`;

/** The program as its users start it. */
export const program = fileURLToPath(new URL('../../../model/bin/benchline.ts', import.meta.url));

/** A folder with plant, keys and configuration, a broker, and whatever is started there; `close` ends it all. */
export class Works {
  readonly folder = mkdtempSync(join(tmpdir(), 'benchline-ingest-'));
  readonly keys = { gateway: generateKeyPair(), ledger: generateKeyPair() };
  broker: Broker | undefined;
  brokerPort = 0;
  /** The `http` section of the configuration. */
  http: Readonly<Record<string, number>> = { port: 0 };
  #undo: (() => unknown)[] = [];

  constructor() {
    this.write('plant.yaml', plantText);
    this.write('ledger.key', this.keys.ledger.privatePem);
    mkdirSync(join(this.folder, 'gateways'));
    this.trust('gateway-1', this.keys.gateway.publicPem);
  }

  static async open(): Promise<Works> {
    const works = new Works();
    await works.startBroker();
    return works;
  }

  get brokerUrl(): string {
    return `mqtt://127.0.0.1:${this.brokerPort}`;
  }

  get gatewayKey() {
    return signingKey(this.keys.gateway.privatePem);
  }

  write(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  trust(gateway: string, publicPem: string): void {
    this.write(join('gateways', `${gateway}.pub`), publicPem);
  }

  defer(step: () => unknown): void {
    this.#undo.push(step);
  }

  /** Starts the broker, after a stop on the same port. */
  async startBroker(): Promise<void> {
    const options = { host: '127.0.0.1', port: this.brokerPort, max_packet_bytes: 1 << 24, log: quiet };
    this.broker = await openBroker(options);
    this.brokerPort = this.broker.port;
  }

  async stopBroker(): Promise<void> {
    await this.broker?.close();
    this.broker = undefined;
  }

  config(influx?: unknown, more: Readonly<Record<string, unknown>> = {}): string {
    return this.write(
      'ingest.json',
      JSON.stringify({
        ledger_id: 'ledger-1',
        plant: 'plant.yaml',
        data_dir: 'data',
        key_file: 'ledger.key',
        trusted_gateways_dir: 'gateways',
        group: 'site',
        broker: { url: this.brokerUrl },
        http: this.http,
        ...(influx ? { influx } : {}),
        ...more,
      }),
    );
  }

  /** Opens an ingest in this process. */
  async ingest(
    influx?: unknown,
    more?: Readonly<Record<string, unknown>>,
  ): Promise<Ingest & { url: string }> {
    const opened = await openIngest(loadIngestConfig(this.config(influx, more)), quiet);
    let closing: Promise<void> | undefined;
    const close = () => (closing ??= opened.close());
    this.defer(close);
    return { ...opened, close, url: `http://127.0.0.1:${opened.port}` };
  }

  /** Starts `benchline ARGS` as a process; resolves with it and what it announced. */
  async spawn(...args: string[]): Promise<{ child: ChildProcess; announced: Record<string, unknown> }> {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.defer(() => kill(child, 'SIGKILL'));
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const [line] = (await once(lines, 'line')) as [string];
    return { child, announced: JSON.parse(line) as Record<string, unknown> };
  }

  async close(): Promise<void> {
    for (const step of this.#undo.splice(0).reverse()) await step();
    await this.stopBroker();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = once(child, 'exit');
  child.kill(signal);
  return ((await gone) as [number | null])[0];
}

/** Reads the feed's lines from an offset until `enough` says so, without the empty ones. */
export async function readFeed(
  url: string,
  from: number,
  enough: (lines: readonly string[]) => boolean,
  query = '',
): Promise<string[]> {
  const stop = new AbortController();
  const response = await fetch(`${url}/feed?from=${from}${query}`, { signal: stop.signal });
  if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
  const lines: string[] = [];
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.filter((line) => line !== ''));
    if (enough(lines)) break;
  }
  stop.abort();
  return lines;
}

/** The records that a ledger holds now. */
export async function records(url: string, from = 0): Promise<LedgerRecordJson[]> {
  const { ledger } = await statusOf(url);
  if (ledger.next === from) return [];
  const lines = await readFeed(url, from, (got) => got.length >= ledger.next - from);
  return lines.map((line) => JSON.parse(line) as LedgerRecordJson);
}

export async function statusOf(url: string): Promise<IngestStatus> {
  return (await (await fetch(`${url}/status`)).json()) as IngestStatus;
}

/** What the status says of gateway-1. */
export async function gatewayStatus(url: string) {
  const { gateways } = await statusOf(url);
  return gateways['gateway-1'];
}
