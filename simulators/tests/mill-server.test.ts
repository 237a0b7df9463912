import { X509Certificate } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AttributeIds,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAClient,
  SecurityPolicy,
  StatusCodes,
} from 'node-opcua';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { demoPlantFile, shippedMillRuns } from '../src/index.ts';
import { simulate } from '../src/kinds/command.ts';
import { readPlant } from '../src/kinds/plant-file.ts';
import { readTruth, type TruthPoint } from '../src/time/truth-file.ts';
import { testFolder } from './support/folder.ts';
import { OpcuaListener } from './support/opcua-listener.ts';
import { Program } from './support/program.ts';

const signals = Object.keys(readPlant(demoPlantFile).assets.get('mill-1')?.type.signals ?? {});
const speed = 50;
const machinery = 'http://opcfoundation.org/UA/Machinery/';

/** Two short runs, neither finished: 99.4 s, that is 2 s at speed 50. */
function shortRecording(folder: string): string {
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  for (const run of ['04', '05'])
    copyFileSync(join(shippedMillRuns, `experiment_${run}.csv.gz`), join(data, `experiment_${run}.csv.gz`));
  writeFileSync(join(data, 'runs.csv'), 'No,machining_finalized,passed_visual_inspection\n4,no,\n5,no,\n');
  return data;
}

describe('the recorded mill at speed 50', () => {
  const folder = mkdtempSync(join(tmpdir(), 'benchline-mill-test-'));
  const truthFile = join(folder, 'truth.ndjson');
  let mill: Program;
  let client: OpcuaListener;
  let done: Record<string, unknown>;
  const truth: TruthPoint[] = [];

  beforeAll(async () => {
    mill = new Program(
      'simulate',
      'mill',
      '--data',
      shortRecording(folder),
      '--speed',
      String(speed),
      '--truth',
      truthFile,
    );
    const { endpoint } = await mill.announced('ready');
    client = await OpcuaListener.connect(String(endpoint), join(folder, 'pki'));
    // It holds until somebody listens: without this pause a clock that runs already would go unnoticed.
    await sleep(500);
    await client.listen(signals.map((signal) => `mill-1.${signal}`));
    done = await mill.announced('done');
    await sleep(500);
    for await (const point of readTruth(truthFile)) truth.push(point);
  });

  afterAll(async () => {
    await client.close();
    expect(await mill.stop()).toBe(0);
    rmSync(folder, { recursive: true, force: true });
  });

  test('every change that was emitted reached the client, once, with its value', () => {
    const heard = client.heard.map(({ signal, time_ms, value }) => `${signal} ${time_ms} ${String(value)}`);
    expect(heard.toSorted()).toEqual(
      truth
        .map(({ machine, signal, time_ms, value }) => `${machine}.${signal} ${time_ms} ${value}`)
        .toSorted(),
    );
    expect(heard.length).toBe(done['emitted']);
    expect(heard.length).toBeGreaterThan(4000);
  });

  test('the runs lie one after another in the past, and the clock ends with them', () => {
    const [first, second] = done['runs'] as { run: number; from_ns: string; to_ns: string }[];
    expect(first).toMatchObject({ run: 4, to_ns: second?.from_ns });
    const start_ms = Math.min(...client.heard.map(({ time_ms }) => time_ms));
    expect(first?.from_ns).toBe(`${start_ms}000000`);
    expect(second?.to_ns).toBe(`${start_ms + 99_400}000000`);
    expect(client.clock_ms).toBe(start_ms + 99_400);
    expect(client.ahead_ms).toBeLessThanOrEqual(0);
  });

  test('values come before the clock says that they are complete', () => {
    expect(
      client.late.filter(({ time_ms }) => time_ms > Math.min(...client.heard.map((h) => h.time_ms))),
    ).toEqual([]);
  });

  test('an OPC 40501-1 machine tool shows the same', async () => {
    const last = (signal: string) =>
      client.heard.findLast((heard) => heard.signal === `mill-1.${signal}`)?.value;
    const read = async (path: string) => {
      const result = await client.session.read({ nodeId: client.node(`mill-1-${path}`) });
      expect(result.statusCode).toBe(StatusCodes.Good);
      return result.value.value as unknown;
    };
    const type = await client.session.read({
      nodeId: client.node('mill-1'),
      attributeId: AttributeIds.BrowseName,
    });
    expect(String(type.value.value)).toContain('mill-1');
    expect(await read('Production-ActiveProgram-Name')).toBe(last('program'));
    expect(await read('Production-ActiveProgram-JobIdentifier')).toBe('run-5');
    expect(await read('Production-ActiveProgram-State-CurrentState')).toMatchObject({ text: 'Ended' });
    expect(await read('Production-Statistics-PartsProducedInLifetime')).toBe(2);
    expect(await read('Monitoring-MachineTool-FeedOverride')).toBe(100);
  });

  test('it is found by browsing from the standard folder of machines', async () => {
    const machines = await client.session.browse({
      nodeId: `ns=${(await client.session.readNamespaceArray()).indexOf(machinery)};i=1001`,
      referenceTypeId: 'Organizes',
      includeSubtypes: true,
      resultMask: 63,
    });
    expect(machines.references?.map(({ browseName }) => browseName.name)).toEqual(['mill-1']);
    const below = await client.session.browse({
      nodeId: client.node('mill-1.signals'),
      referenceTypeId: 'Aggregates',
      includeSubtypes: true,
      resultMask: 63,
    });
    expect(below.references?.map(({ browseName }) => browseName.name).toSorted()).toEqual(signals.toSorted());
  });

  test('it also speaks encrypted, under its own name', async () => {
    const secure = OPCUAClient.create({
      endpointMustExist: false,
      securityMode: MessageSecurityMode.SignAndEncrypt,
      securityPolicy: SecurityPolicy.Aes256_Sha256_RsaPss,
      connectionStrategy: { maxRetry: 2 },
      clientCertificateManager: new OPCUACertificateManager({
        rootFolder: join(folder, 'secure'),
        automaticallyAcceptUnknownCertificate: true,
      }),
    });
    await secure.connect(client.endpoint);
    const session = await secure.createSession();
    const state = await session.read({ nodeId: client.node('mill-1.state') });
    const certificate = new X509Certificate([secure.serverCertificate].flat()[0] ?? Buffer.alloc(0));
    await secure.disconnect();
    expect(state.value.value).toBe('End');
    expect(certificate.subject).toContain('Benchline simulator');
  });

  test('nobody can write to it', async () => {
    const refused = await client.session.write({
      nodeId: client.node('mill-1.good-items'),
      attributeId: AttributeIds.Value,
      value: { value: { dataType: 7, value: 99 } },
    });
    expect(refused.isGood()).toBe(false);
  });
});

test('a mill that is played live goes on counting after a restart', async () => {
  const folder = testFolder();
  const truth = join(folder, 'truth.ndjson');
  const said_bytes = () => (existsSync(truth) ? statSync(truth).size : 0);
  const play = async (...args: string[]) => {
    const before_bytes = said_bytes();
    const mill = new Program(
      'simulate',
      'mill',
      '--loop',
      '--data',
      shortRecording(folder),
      '--truth',
      truth,
      ...args,
    );
    onTestFinished(async () => await mill.kill());
    const { endpoint } = await mill.announced('ready');
    // Whoever stops it before anybody has connected must not miss anything.
    if (before_bytes > 0) expect(said_bytes()).toBe(before_bytes);
    const client = await OpcuaListener.connect(String(endpoint), join(folder, 'pki'));
    await client.listen(['mill-1.scrap-items', 'mill-1.energy-import']);
    for (const end = Date.now() + 20_000; client.clock_ms < Date.now() - 500; await sleep(20))
      if (Date.now() > end) throw new Error('it took too long');
    await client.close();
    expect(await mill.stop()).toBe(0);
    expect(client.ahead_ms).toBeLessThanOrEqual(0);
  };
  await play('--history', '2m');
  await play();
  const series = new Map<string, TruthPoint[]>();
  for await (const point of readTruth(truth))
    series.set(point.signal, [...(series.get(point.signal) ?? []), point]);
  for (const signal of ['scrap-items', 'energy-import']) {
    const points = series.get(signal) ?? [];
    expect(points.length).toBeGreaterThan(1);
    expect(
      points.slice(1).filter(({ value, time_ms }, i) => {
        const before = points[i];
        return before && (Number(value) <= Number(before.value) || time_ms <= before.time_ms);
      }),
    ).toEqual([]);
  }
}, 60_000);

describe('the mill refuses', () => {
  test.each([
    [{ once: true, loop: true }, /contradict/],
    [{ start: '2099-01-01T00:00:00Z' }, /still to come/],
    [{ speed: '-1' }, /above 0/],
    [{ machine: 'mill-9' }, /no machine or meter 'mill-9'/],
    [{ data: join(tmpdir(), 'benchline-nothing-here') }, /no runs\.csv/],
  ])('%j', async (values, message) => {
    const input = { values, positionals: ['mill'], signal: new AbortController().signal };
    await expect(simulate.run(input)).rejects.toThrow(message);
  });
});
