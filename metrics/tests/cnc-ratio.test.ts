import { type Asset, type Machine, type Process, Process as ProcessSchema } from '@benchline/model';
import { describe, expect, test } from 'vitest';
import { emptyAccount } from '../src/accounts/account.ts';
import { cncRatios } from '../src/kpis/cnc-ratio.ts';

const machines: Record<string, { control: Machine['control']; seen: boolean; produced: boolean }> = {
  running: { control: 'CNC', seen: true, produced: true },
  idle: { control: 'PLC', seen: true, produced: false },
  silent: { control: 'DCS', seen: false, produced: false },
  bench: { control: 'manual', seen: true, produced: true },
};

function station(id: string) {
  const machine = machines[id];
  if (!machine) return undefined;
  const definition = { id, name: { en: id }, type: 't', control: machine.control };
  const asset = { id, kind: 'machine', definition } as Asset;
  const account = { ...emptyAccount, produced: machine.produced, ...(machine.seen && { seen_until_ns: 5n }) };
  return { asset, account };
}

function processOf(id: string, stations: string[], rule: Process['rule'] = 'all', key = true): Process {
  return ProcessSchema.parse({ id, name: { en: id }, key, line: 'l', machines: stations, rule });
}

function values(...processes: Process[]) {
  const { declared, connected, active } = cncRatios(processes, station);
  return [declared.value, connected.value, active.value];
}

describe('the CNC ratio of key processes', () => {
  test('counts what is declared, what was connected and what produced', () => {
    expect(
      values(
        processOf('a', ['running']),
        processOf('b', ['idle']),
        processOf('c', ['silent']),
        processOf('d', ['bench']),
      ),
    ).toEqual([3 / 4, 2 / 4, 1 / 4]);
  });

  test('leaves processes out that are not key', () => {
    expect(values(processOf('a', ['running']), processOf('b', ['bench'], 'all', false))).toEqual([1, 1, 1]);
  });

  test('counts stations of both kinds by the rule of their process', () => {
    const mixed = ['running', 'bench', 'silent', 'idle'];
    expect(values(processOf('a', mixed, 'any'))).toEqual([1, 1, 1]);
    expect(values(processOf('a', mixed, 'all'))).toEqual([0, 0, 0]);
    expect(values(processOf('a', mixed, 'fraction'))).toEqual([3 / 4, 2 / 4, 1 / 4]);
    expect(values(processOf('a', ['running', 'idle'], 'all'))).toEqual([1, 1, 0]);
  });

  test('never counts a manual station as connected or active, although it is watched', () => {
    const { processes } = cncRatios([processOf('a', ['bench'], 'any')], station);
    expect(processes[0]).toMatchObject({ declared: 0, connected: 0, active: 0 });
    expect(processes[0]?.stations[0]).toMatchObject({ declared: false, connected: false, last_seen_ns: 5n });
  });

  test('is absent without a key process', () => {
    expect(cncRatios([], station).declared).toEqual({ status: 'no_key_processes' });
  });
});
