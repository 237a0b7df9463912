import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPlant, parsePlant } from '../../src/plant/load.ts';
import { changed, complaint, example, full } from './marked.ts';

describe('a plant file', () => {
  it('is read with its defaults', () => {
    const plant = parsePlant(example('plant-minimal.yaml'), 'plant.yaml');
    const [machine] = plant.enterprise.sites[0]?.areas[0]?.lines[0]?.machines ?? [];
    expect(machine).toMatchObject({ id: 'lathe-1', control: 'CNC', product: 'shaft' });
    expect(plant.machine_types[0]?.signals['good']).toMatchObject({
      counts_per_item: 1,
      on_decrease: 'reset',
    });
    expect(plant.calendars[0]?.shifts[0]).toMatchObject({
      breaks: [],
      days: expect.arrayContaining(['sun']) as unknown,
    });
    expect(plant.processes).toEqual([]);
  });

  it('may be JSON as well', () => {
    const plant = parsePlant(full, 'plant.yaml');
    expect(parsePlant(JSON.stringify(plant, null, '\t'), 'plant.json')).toEqual(plant);
  });

  it('is loaded with its index and the digest of its text', () => {
    const file = join(import.meta.dirname, '../../docs/examples/plant-full.yaml');
    const { index, digest, text } = loadPlant(file);
    expect(text).toBe(full);
    expect(digest).toBe(createHash('sha256').update(full).digest('hex'));
    expect(index.assets.get('lathe-1')).toMatchObject({
      kind: 'machine',
      location: { enterprise: 'acme', site: 'ningbo', area: 'machining', line: 'shaft-line' },
      time_zone: 'Asia/Shanghai',
      calendar: { id: 'two-shift' },
      product: { planned_run_time_per_item_s: 45 },
    });
    expect(index.assets.get('deburring-1')?.calendar.id).toBe('day');
    expect(index.assets.get('shaft-line-meter')).toMatchObject({
      kind: 'meter',
      type: { id: 'electricity-meter' },
    });
  });

  it('that is not there is reported as such', () => {
    expect(complaint(() => loadPlant('nowhere/plant.yaml'))).toMatchObject({ code: 'config_invalid' });
  });
});

it('reports everything at once, in the order of the file', () => {
  let text = full;
  for (const [from, to] of [
    ['id: rotating', 'id: Rotating'],
    ['type: bench', 'type: bnch'],
    ['control: CNC', 'controll: CNC'],
    ['machines: [lathe-1]', 'machines: [lathe-7]'],
    ["end: '16:30'", "end: '11:30'"],
  ] as const)
    text = changed(text, from, to);
  const { code, lines } = complaint(() => parsePlant(text, 'plant.yaml'));
  expect(code).toBe('config_invalid');
  for (const mistake of ['Rotating', 'bnch', 'controll', 'lathe-7', '12:00–12:30'])
    expect(lines.filter((line) => line.includes(mistake))).toHaveLength(1);
  expect(lines).toHaveLength(5);
  const numbers = lines.map((line) => Number(line.split(':')[1]));
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
});
