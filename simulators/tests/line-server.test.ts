import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { demoPlantFile } from '../src/index.ts';
import { assetOf, readPlant } from '../src/kinds/plant-file.ts';
import { lineTimeline } from '../src/line/timeline.ts';
import { stamped } from '../src/time/timeline.ts';
import { readTruth, type TruthPoint } from '../src/time/truth-file.ts';
import { testFolder } from './support/folder.ts';
import { type Heard, OpcuaListener } from './support/opcua-listener.ts';
import { Program } from './support/program.ts';

const plant = readPlant(demoPlantFile);
const machines = ['press-1', 'bench-1'].map((id) => assetOf(plant, id));
const names = machines.flatMap(({ id, type }) =>
  Object.keys(type.signals).map((signal) => `${id}.${signal}`),
);

async function follow(
  folder: string,
  truth: string,
  enough: (client: OpcuaListener) => boolean,
): Promise<{ line: Program; client: OpcuaListener }> {
  const line = new Program(
    ...['simulate', 'line', '--seed', '5', '--machines', 'press-1,bench-1', '--truth', truth],
    ...['--history', '10h', '--catch-up', '6s'],
  );
  onTestFinished(async () => await line.kill());
  const { endpoint } = await line.announced('ready');
  const client = await OpcuaListener.connect(String(endpoint), join(folder, 'pki'));
  onTestFinished(async () => await client.close());
  await client.listen(names);
  for (const end = Date.now() + 30_000; !enough(client); await sleep(20))
    if (Date.now() > end) throw new Error('it took too long');
  return { line, client };
}

async function pointsOf(truth: string): Promise<TruthPoint[]> {
  const points: TruthPoint[] = [];
  for await (const { end: _end, ...point } of readTruth(truth)) points.push(point);
  return points;
}

const identity = ({ signal, time_ms, value }: Heard) => `${signal} ${time_ms} ${String(value)}`;
const asHeard = ({ machine, signal, time_ms, value }: TruthPoint): Heard => ({
  signal: `${machine}.${signal}`,
  time_ms,
  value,
});

test('a line that is killed goes on where it was: no hole, no overlap, the same day', async () => {
  const folder = testFolder();
  const truth = join(folder, 'line.ndjson');
  const first = await follow(folder, truth, ({ heard }) => heard.length > 2000);
  await first.line.kill();
  const before = await pointsOf(truth);
  const second = await follow(folder, truth, ({ clock_ms }) => clock_ms > Date.now() - 1000);
  expect(await second.line.stop()).toBe(0);

  const emitted = await pointsOf(truth);
  const from_ms = emitted[0]?.time_ms ?? 0;
  const expected: TruthPoint[] = [];
  for (const instant of lineTimeline({ seed: '5', plant, machines, from_ms, last: [] })) {
    if (instant.time_ms > (emitted.at(-1)?.time_ms ?? 0)) break;
    expected.push(...stamped(instant));
  }
  expect(emitted).toEqual(expected);

  // What the second process emitted arrived in full; of the first, what was on the wire when it was killed.
  const heard = new Set([...first.client.heard, ...second.client.heard].map(identity));
  const missing = emitted.map(asHeard).filter((point) => !heard.has(identity(point)));
  expect(missing.every(({ time_ms }) => time_ms <= (before.at(-1)?.time_ms ?? 0))).toBe(true);
  expect(heard.size).toBe(emitted.length - missing.length);
  for (const { ahead_ms } of [first.client, second.client]) expect(ahead_ms).toBeLessThanOrEqual(0);
}, 90_000);

test('a line stands still while nobody listens', async () => {
  const folder = testFolder();
  const truth = join(folder, 'line.ndjson');
  const { client, line } = await follow(folder, truth, ({ heard }) => heard.length > 500);
  await client.close();
  await sleep(500);
  const stood = (await pointsOf(truth)).length;
  await sleep(1000);
  expect((await pointsOf(truth)).length).toBe(stood);
  expect(await line.stop()).toBe(0);
}, 60_000);
