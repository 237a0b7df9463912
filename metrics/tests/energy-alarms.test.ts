import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nsFromIso } from '@benchline/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acknowledgedPressDay, type EnergyWorld, openEnergyWorld, unusual } from './kit/energy-world.ts';

const midnight = nsFromIso(`${unusual}T00:00:00+08:00`);
const at = (clock: string) => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return midnight + BigInt(hours * 60 + minutes) * 60_000_000_000n;
};
const dayAlarm = `press-day@${new Date(`${unusual}T00:00:00+08:00`).toISOString()}`;

let folder: string;
let world: EnergyWorld;
const open = () => openEnergyWorld({ entries: [], alarms: join(folder, 'alarms') });
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'benchline-alarms-'));
  world = await open();
});
afterEach(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What is told of the day's limit of the press while the clock goes through some hours. */
async function toldAt(...clocks: string[]): Promise<string[]> {
  const told: string[] = [];
  const stop = world.watch.listen(({ change, alarm }) => {
    if (alarm.id === dayAlarm) told.push(change);
  });
  for (const clock of clocks) {
    world.setNow(at(clock));
    await world.watch.turn();
  }
  stop();
  return told;
}

const standing = () => world.watch.standing().map(({ id, state }) => [id, state]);

async function restart(): Promise<void> {
  await world.close();
  world = await open();
}

describe('alarms of energy', () => {
  test('are told when they happen, and each once', async () => {
    // 94 kWh of 100 by 17:00, 106 kWh by 19:00.
    expect(await toldAt('12:00', '17:00', '18:00')).toEqual(['warned']);
    expect(await toldAt('19:00', '20:00', '21:00')).toEqual(['raised']);
    expect(standing()).toContainEqual([dayAlarm, 'open']);
    await world.enter(acknowledgedPressDay);
    expect(await toldAt('21:30', '22:00')).toEqual(['acknowledged']);
    expect(standing()).toContainEqual([dayAlarm, 'acknowledged']);
    expect(await toldAt('23:59', '24:00')).toEqual(['cleared']);
    expect(standing().map(([id]) => id)).not.toContain(dayAlarm);
  });

  test('are not raised again after a restart, and told when they happened in between', async () => {
    expect(await toldAt('17:00', '19:00')).toEqual(['warned', 'raised']);
    await restart();
    expect(await toldAt('19:30', '20:00')).toEqual([]);
    expect(standing()).toContainEqual([dayAlarm, 'open']);
    await restart();
    await world.enter(acknowledgedPressDay);
    expect(await toldAt('24:00')).toEqual(['acknowledged', 'cleared']);
  });

  test('that nobody acknowledged stand for a day after their period', async () => {
    await toldAt('19:00', '24:00');
    expect(standing()).toContainEqual([dayAlarm, 'ended']);
    world.setNow(at('24:00') + 86_400_000_000_000n + 1n);
    await world.watch.turn();
    expect(standing().map(([id]) => id)).not.toContain(dayAlarm);
  });

  test('come over the stream: what stands, then what happens', async () => {
    await toldAt('17:00');
    const stop = new AbortController();
    const response = await fetch(`${world.url}/api/v1/stream`, { signal: stop.signal });
    const events = alarmEvents(response);
    const { value: first } = await events.next();
    expect(first).toMatchObject({ event: 'alarms' });
    expect(first?.data.alarms).toContainEqual(
      expect.objectContaining({ id: dayAlarm, state: 'warning', value: 94, max: 100, unit: 'kWh' }),
    );
    await toldAt('19:00');
    for await (const { event, data } of events) {
      if (data.alarm?.id !== dayAlarm) continue;
      expect({ event, data }).toMatchObject({
        event: 'alarm',
        data: { change: 'raised', alarm: { state: 'open', value: 106 } },
      });
      break;
    }
    stop.abort();
    // Somebody who reads of another line hears nothing of it.
    const other = await fetch(`${world.url}/api/v1/stream?scope=acme/north/supply`);
    const { value: none } = await alarmEvents(other).next();
    expect(none?.data.alarms).toEqual([]);
  });
});

interface AlarmEvent {
  event: string;
  data: { alarms?: unknown[]; change?: string; alarm?: { id: string } };
}

/** The events about alarms of a stream. */
async function* alarmEvents(response: Response): AsyncGenerator<AlarmEvent> {
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const messages = (rest + chunk).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const [, event, data] = /^event: (alarms?)\ndata: (.*)$/.exec(message) ?? [];
      if (event && data) yield { event, data: JSON.parse(data) as AlarmEvent['data'] };
    }
  }
}
