import { describe, expect, it } from 'vitest';
import { complaints } from './marked.ts';

describe('what does not fit the schema (config_invalid)', () => {
  it.each([
    [
      'a misspelt key',
      'calendar: three-shift',
      '§calender: three-shift',
      "enterprise.sites[0].calender: is not a key that belongs here → did you mean 'calendar'?",
    ],
    [
      'a key from nowhere',
      '          name: { en: Machining, zh: 机加工车间 }',
      '          name: { en: Machining, §colour: red }',
      'enterprise.sites[0].areas[0].name.colour: is not a key that belongs here → remove it; the keys here are: en, zh',
    ],
    [
      'an id that is no identifier',
      'id: rotating',
      'id: §Níngbō Works',
      "calendars[3].id: 'Níngbō Works' is no identifier → write 'ni-ngbo-works'",
    ],
    [
      'a Chinese id',
      'id: rotating',
      'id: §宁波',
      "calendars[3].id: '宁波' is no identifier → use lower-case letters",
    ],
    [
      'a signal that is no identifier',
      '      door-open:',
      '      §Door Open:',
      "machine_types[0].signals[\"Door Open\"]: 'Door Open' cannot be a key here → write 'door-open'",
    ],
    [
      'a choice that there is not',
      'control: CNC',
      'control: §CNN',
      "control: 'CNN' is not allowed here → did you mean 'CNC'?",
    ],
    [
      'a state that there is not',
      'Held: short_stop',
      'Held: §short-stop',
      "machine_types[0].signals.state.states.Held: 'short-stop' is not allowed here → did you mean 'short_stop'?",
    ],
    [
      'a measurement that there is not',
      'tool: { measurement: signal,',
      'tool: { measurement: §singal,',
      "machine_types[0].signals.tool.measurement: 'singal' is not allowed here → did you mean 'signal'?",
    ],
    [
      'a missing measurement',
      'mode: { measurement: context,',
      'mode: §{',
      'machine_types[0].signals.mode.measurement: is missing → add measurement (state, count, energy',
    ],
    [
      'a missing key, with what it is',
      '      time_zone: Asia/Shanghai # shifts and days are cut by this clock\n',
      '',
      'enterprise.sites[0].time_zone: is missing → add time_zone: IANA time zone in which shifts and days are cut',
    ],
    [
      'a time zone that there is not',
      'time_zone: Asia/Shanghai',
      'time_zone: §Asia/Ningbo',
      "time_zone: 'Asia/Ningbo' does not fit → write an IANA time zone such as Asia/Shanghai",
    ],
    [
      'an offset instead of a time zone',
      'time_zone: Asia/Shanghai',
      "time_zone: §'+08:00'",
      "time_zone: '+08:00' does not fit → write an IANA time zone",
    ],
    [
      'a number in quotes',
      'planned_run_time_per_item_s: 45',
      "planned_run_time_per_item_s: §'45 s'",
      "products[0].planned_run_time_per_item_s: '45 s' is not a number → write a number without quotes or unit",
    ],
    [
      'a number out of range',
      'planned_run_time_per_item_s: 45',
      'planned_run_time_per_item_s: §0',
      'products[0].planned_run_time_per_item_s: 0 is too little → give more than 0',
    ],
    [
      'a text that reads as a number',
      'unit: 1/min',
      'unit: §1',
      "machine_types[0].signals.spindle-speed.unit: 1 is not a text → put it in quotes: '1'",
    ],
    [
      'a clock time without its zero',
      "start: '08:00'\n",
      'start: §8:00\n',
      "calendars[0].shifts[0].start: '8:00' does not fit → write HH:MM, from '00:00' to '23:59'",
    ],
    [
      'nothing where something belongs',
      '      calendar: three-shift\n',
      '      calendar: §\n',
      'enterprise.sites[0].calendar: nothing is not a text → give it a value: a text',
    ],
    [
      'an empty list',
      'machines: [lathe-1]',
      'machines: §[]',
      'processes[0].machines: 0 items are too little → give at least 1 items',
    ],
  ])('%s', (_, from, to, message) => {
    const { code, lines, marks } = complaints(from, to);
    expect([code, lines.length]).toEqual(['config_invalid', 1]);
    expect(lines[0]).toContain(`plant.yaml:${marks[0] ?? ''}`);
    expect(lines[0]).toContain(message);
  });

  it.each([
    'Asia/Kolkata',
    'Asia/Calcutta',
    'Europe/Kyiv',
    'Asia/Chongqing',
    'America/Argentina/Ushuaia',
    'UTC',
  ])('but %s is a time zone', (zone) => {
    expect(complaints('time_zone: Asia/Shanghai', `time_zone: ${zone}`).lines).toEqual([]);
  });

  it('YAML that cannot be read, where it breaks', () => {
    const { code, lines, marks } = complaints('id: ningbo', 'id: ningbo\n      §id: again');
    expect([code, lines.length]).toEqual(['config_invalid', 1]);
    expect(lines[0]).toMatch(new RegExp(`^plant\\.yaml:${marks[0]} .*unique.* → `));
  });
});
