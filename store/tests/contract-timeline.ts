import { expect, it } from 'vitest';
import type { MachineGap, TelemetryStore } from '../src/index.ts';
import { everything, kpiPoint, second, t0, written } from './samples.ts';

/** What a store keeps besides observations: stretches of time and KPI points. */
export function timelineContract(storeOf: () => TelemetryStore): void {
  it('merges and clips what was observed', async () => {
    const claim = (from: number, until: number, source = 'opcua-1', machine = 'mill-1') => ({
      machine,
      source,
      from_ns: t0 + BigInt(from),
      until_ns: t0 + BigInt(until),
    });
    await storeOf().write(
      written({
        observed: [claim(20, 30), claim(0, 10), claim(10, 20), claim(40, 50), claim(50, 70)],
      }),
    );
    await storeOf().write(
      written({ observed: [claim(25, 45, 'mqtt-1'), claim(0, 100, 'opcua-1', 'mill-2')] }),
    );
    const observed = async (from: number, to: number, source?: string) =>
      (
        await storeOf().observed({
          machine: 'mill-1',
          from_ns: t0 + BigInt(from),
          to_ns: t0 + BigInt(to),
          ...(source === undefined ? {} : { source }),
        })
      )
        .map(({ from_ns, to_ns }) => `${from_ns - t0}…${to_ns - t0}`)
        .join(' ');
    expect(await observed(-5, 100)).toBe('0…70');
    expect(await observed(-5, 100, 'opcua-1')).toBe('0…30 40…70');
    expect(await observed(5, 55, 'opcua-1')).toBe('5…30 40…55');
    expect(await observed(12, 18)).toBe('12…18');
    expect(await observed(30, 40, 'opcua-1')).toBe('');
    expect(await observed(70, 90)).toBe('');
    expect(await observed(0, 100, 'nobody')).toBe('');
  });

  it('finds declared gaps that overlap a window', async () => {
    const gap = (from: number, to: number, reason: MachineGap['reason'], source = 'opcua-1') => ({
      machine: 'mill-1',
      source,
      from_ns: t0 + BigInt(from),
      to_ns: t0 + BigInt(to),
      reason,
    });
    const long = gap(0, 1000, 'source_disconnected');
    const restart = gap(0, 20, 'gateway_restart');
    const late = gap(30, 40, 'source_stalled');
    const elsewhere = gap(30, 40, 'source_stalled', 'mqtt-1');
    await storeOf().write(written({ gaps: [late, elsewhere, restart, long] }));
    const found = (from: number, to: number) =>
      storeOf().gaps({ machine: 'mill-1', from_ns: t0 + BigInt(from), to_ns: t0 + BigInt(to) });
    expect(await found(-10, 2000)).toEqual([restart, long, elsewhere, late]);
    expect(await found(20, 30)).toEqual([long]);
    expect(await found(35, 36)).toEqual([long, elsewhere, late]);
    expect(await found(1000, 2000)).toEqual([]);
    expect(await storeOf().gaps({ machine: 'mill-2', ...everything })).toEqual([]);
  });

  it('replaces a KPI point by its later revision, absent after present too', async () => {
    const first = kpiPoint(
      {},
      {
        oee: { value: 0.748, status: 'ok' },
        items: { value: 12, status: 'partial' },
        energy_kwh: { value: 0, status: 'ok' },
      },
    );
    const second_ = kpiPoint({ revision: 1, provisional: false }, { oee: { status: 'no_items' } });
    await storeOf().writeKpis([first]);
    const hours = { scope: first.scope, period: 'hour' as const, from_ns: t0, to_ns: t0 + 1n };
    expect(await storeOf().kpis(hours)).toEqual([first]);
    await storeOf().writeKpis([second_]);
    expect(await storeOf().kpis(hours)).toEqual([second_]);
  });

  it('finds KPI points by scope, period and start', async () => {
    const hour = (n: bigint) =>
      kpiPoint({ from_ns: t0 + n * 3600n * second, to_ns: t0 + (n + 1n) * 3600n * second });
    const points = [hour(2n), hour(0n), hour(1n)];
    await storeOf().writeKpis([...points, kpiPoint({ period: 'day' }), kpiPoint({ scope: 'demo' })]);
    const query = { scope: hour(0n).scope, period: 'hour' as const };
    const found = await storeOf().kpis({ ...query, from_ns: t0, to_ns: t0 + 7200n * second });
    expect(found).toEqual([hour(0n), hour(1n)]);
    expect(await storeOf().kpis({ ...query, scope: 'demo', from_ns: t0, to_ns: t0 + 1n })).toHaveLength(1);
  });
}
