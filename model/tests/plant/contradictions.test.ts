import { describe, expect, it } from 'vitest';
import { parsePlant } from '../../src/plant/load.ts';
import { containing } from '../matchers.ts';
import { changed, complaint, complaints, full } from './marked.ts';

describe('what contradicts itself (plant_invalid)', () => {
  it.each([
    [
      'asset values in two currencies',
      'control: manual\n',
      'control: manual\n                  asset_value: { amount: 900, currency: §EUR }\n',
      'the asset values before are in CNY → state all asset values in one currency',
    ],
    [
      'a line of another site that a machine stood on',
      'line: trial-line, calendar',
      'line: §tribe-line, calendar',
      "there is no line in its site 'tribe-line' → did you mean 'trial-line'?",
    ],
    [
      'a move before the machine was there',
      "until: '2025-06-01'",
      "until: §'2023-06-01'",
      '2023-06-01 is not later than 2024-02-01 → put since, the moves and until in the order of their dates',
    ],
    [
      'a chain that ends before it begins',
      "until: '2027-01-01'",
      "until: §'2026-01-01'",
      '2026-01-01 is not later than 2026-02-01 → put since, the moves and until in the order of their dates',
    ],
    [
      'two versions of a plan from one date on',
      "{ valid_from: '2026-07-01', planned",
      "{ valid_from: '2026-07-01', planned_run_time_per_item_s: 42 }\n      - { valid_from: §'2026-07-01', planned",
      'another version begins on 2026-07-01 → keep one of the two',
    ],
    [
      'a limit on a carrier that nothing counts',
      'carrier: electricity\n      measure: energy',
      'carrier: §electricty\n      measure: energy',
      "there is no register of 'electricty' → did you mean 'electricity'?",
    ],
    [
      'two factors of a carrier in one time',
      "valid_to: '2027-01-01'\n",
      "valid_to: '2027-01-01'\n    - §{ carrier: natural-gas, unit: m3, kgce_per_unit: 1.3, source: Notice, valid_from: '2026-07-01' }\n",
      "another factor of 'natural-gas' holds in the same time → end the one with valid_to on the day on which the other begins",
    ],
    [
      'a factor that ends before it begins',
      "valid_to: '2027-01-01'",
      "valid_to: §'2025-01-01'",
      '2025-01-01 is not after 2026-01-01 → let it end after it begins',
    ],
    [
      'an unknown machine type',
      'type: bench',
      'type: §bnch',
      "there is no machine type 'bnch' → did you mean 'bench'?",
    ],
    [
      'an unknown product',
      'control: manual\n                  product: shaft',
      'control: manual\n                  product: §axle',
      "there is no product 'axle' → choose one of: shaft",
    ],
    [
      'an unknown calendar of a site',
      'calendar: three-shift',
      'calendar: §four-shift',
      "there is no calendar 'four-shift'",
    ],
    [
      'an unknown calendar of a line',
      'calendar: two-shift',
      'calendar: §too-shift',
      "there is no calendar 'too-shift' → did you mean 'two-shift'?",
    ],
    [
      'an unknown calendar of a machine',
      'calendar: day #',
      'calendar: §dya #',
      "there is no calendar 'dya' → did you mean 'day'?",
    ],
    [
      'an unknown line',
      'line: shaft-line\n    machines: [lathe-1]',
      'line: §shaftline\n    machines: [lathe-1]',
      "there is no line 'shaftline' → did you mean 'shaft-line'?",
    ],
    [
      'an unknown machine in a process',
      'machines: [lathe-1]',
      'machines: [§lathe-9]',
      "there is no machine 'lathe-9' → did you mean 'lathe-1'?",
    ],
    [
      'a meter in a process',
      'machines: [lathe-1]',
      'machines: [§shaft-line-meter]',
      "'shaft-line-meter' is a meter → list the machines",
    ],
    [
      'a machine twice in a process',
      'machines: [lathe-1]',
      'machines: [lathe-1, §lathe-1]',
      "'lathe-1' is listed twice",
    ],
    [
      'a machine and a meter of one id',
      'id: shaft-line-meter',
      'id: §lathe-1',
      "the machine or meter 'lathe-1' is there already, at enterprise.sites[0].areas[0].lines[0].machines[0]",
    ],
    [
      'two machine types of one id',
      'id: electricity-meter\n',
      'id: §bench\n',
      "the machine type 'bench' is there already",
    ],
    ['two processes of one id', 'id: finishing', 'id: §turning', "the process 'turning' is there already"],
    [
      'an unknown process in a chain',
      'processes: [turning, finishing]',
      'processes: [turning, §finish]',
      "there is no process 'finish' → did you mean 'finishing'?",
    ],
    [
      'a process twice in a chain',
      'processes: [turning, finishing]',
      'processes: [turning, §turning]',
      "'turning' is listed twice",
    ],
    [
      'two calendars of one id',
      '- id: three-shift',
      '- id: §two-shift',
      "the calendar 'two-shift' is there already",
    ],
    ['two shifts of one id', '- id: night', '- id: §late', "the shift 'late' is there already"],
    [
      'a second state',
      'door-open: { measurement: signal, type: flag }',
      '§door-open: { measurement: state, states: { Open: fault } }',
      'the state is given by state already',
    ],
    [
      'a second count of one role',
      'rework: { measurement: count, role: rework }',
      '§rework: { measurement: count, role: good }',
      'the good count is given by good already',
    ],
    [
      'a second program',
      'mode: { measurement: context, role: mode }',
      '§mode: { measurement: context, role: program }',
      'the program is given by program already',
    ],
    [
      'two natives that ignore_case makes one',
      'Suspended: waiting',
      'Suspended: waiting\n          §SUSPENDED: fault',
      "with ignore_case this is 'Suspended', which is waiting already",
    ],
    [
      'a rollover without its value',
      '        on_decrease: rollover\n        rollover_at: 65536 # a 16-bit counter\n',
      '        on_decrease: §rollover\n',
      'a rollover needs the value at which it happens → add rollover_at',
    ],
    [
      'a value for a rollover that does not happen',
      'role: good, on_decrease: reset }',
      'role: good, on_decrease: reset, §rollover_at: 10 }',
      'has no effect while on_decrease is reset',
    ],
    [
      'a net register that is said to begin anew',
      'energy-export: { measurement: energy, register: export }',
      'energy-export: { measurement: energy, register: net, §on_decrease: reset }',
      'a net register falls when energy is given back → remove on_decrease',
    ],
    [
      'limits the wrong way round',
      'usl: 20.02',
      'usl: §19.02',
      'the upper limit 19.02 is not above the lower limit 19.98',
    ],
    [
      'a break outside its shift',
      "{ start: '12:00', end: '12:30' }",
      "§{ start: '16:15', end: '16:45' }",
      'the break 16:15–16:45 is not within its shift 08:00–16:30',
    ],
    [
      'a break before its shift',
      "{ start: '12:00', end: '12:30' }",
      "§{ start: '07:00', end: '07:30' }",
      'is not within its shift',
    ],
    [
      'a break of no length',
      "{ start: '12:00', end: '12:30' }",
      "§{ start: '12:00', end: '12:00' }",
      'does not end after it starts',
    ],
    [
      'a break over the end of a night shift',
      "{ start: '01:30', end: '02:00' }",
      "§{ start: '05:45', end: '06:15' }",
      'is not within its shift 22:00–06:00',
    ],
    [
      'breaks over each other',
      "{ start: '12:00', end: '12:30' }",
      "{ start: '12:00', end: '12:30' }, §{ start: '12:15', end: '12:45' }",
      'overlaps another break',
    ],
    ['a day of a cycle that has fewer', 'cycle_days: [3, 4]', 'cycle_days: [3, §7]', 'the cycle has 6 days'],
    [
      'days of a cycle that is not there',
      "valid_from: '2026-07-01'\n        shifts:\n          - { id: day, name: { en: Day, zh: 白班 }, days: [mon, tue, wed, thu, fri]",
      "valid_from: '2026-07-01'\n        shifts:\n          - { id: day, name: { en: Day, zh: 白班 }, cycle_days: §[1]",
      'there is no cycle to count days of',
    ],
    [
      'an exception with a shift that is not there',
      'shifts: [day] }\n    overtime',
      'shifts: [§dya] }\n    overtime',
      "the calendar has no shift 'dya'",
    ],
    [
      'two exceptions for a date',
      "- { date: '2026-09-27'",
      "- §{ date: '2026-10-04'",
      'another exception has a date of 2026-10-04 to 2026-10-04',
    ],
    [
      'an exception that ends before it begins',
      "until: '2026-10-08'",
      "until: §'2026-09-08'",
      '2026-09-08 is before',
    ],
    ['overtime called as a shift', 'id: rush-order', 'id: §night', "a shift is called 'night', too"],
    [
      'maintenance that ends before it begins',
      "to: '2026-08-12T18:00'",
      "to: §'2026-08-10T05:00'",
      'is not after',
    ],
  ])('%s', (_, from, to, message) => {
    const { code, lines, marks } = complaints(from, to);
    const line = lines.find((candidate) => candidate.startsWith(`plant.yaml:${marks[0]} `));
    expect([code, line]).toEqual(['plant_invalid', containing(message)]);
    expect(line).toMatch(/ → \S/);
    // An id that is given away is missed where it was: then there is more than one problem.
    expect(lines.filter((other) => other !== line && !other.includes('there is no'))).toEqual([]);
  });

  it('a meter of a type without energy', () => {
    const { lines } = complaints('type: electricity-meter', 'type: bench');
    expect(lines).toEqual([containing("the type 'bench' has no energy signal")]);
  });

  it('a machine that stands on another line', () => {
    const second = `            - id: second-line
              name: { en: Second line }
              machines:
                - { id: lathe-2, name: { en: Lathe 2 }, type: bench }
`;
    const text = changed(
      changed(full, '\nmachine_types:', `${second}\nmachine_types:`),
      'machines: [lathe-1]',
      'machines: [lathe-1, lathe-2]',
    );
    expect(complaint(() => parsePlant(text, 'plant.yaml')).lines).toEqual([
      containing("'lathe-2' stands on line 'second-line', not on 'shaft-line'"),
    ]);
  });

  it.each([
    ['at the edges of a night shift', "{ start: '22:00', end: '22:10' }, { start: '05:30', end: '06:00' }"],
    ['over midnight', "{ start: '23:45', end: '00:15' }"],
  ])('but not breaks %s', (_, breaks) => {
    expect(complaints("{ start: '01:30', end: '02:00' }", breaks).lines).toEqual([]);
  });
});
