import type { AlarmState } from './alarms.ts';

/** What is told of an alarm when it happens. `cleared`: its period is over, or what was measured is no longer so. */
export const alarmChanges = ['warned', 'raised', 'acknowledged', 'cleared'] as const;
export type AlarmChange = (typeof alarmChanges)[number];

/** How an alarm stood when it was last told. */
export interface Told {
  state: AlarmState;
  acknowledged: boolean;
}

const exceeded: ReadonlySet<AlarmState> = new Set(['open', 'acknowledged', 'ended']);
const running: ReadonlySet<AlarmState> = new Set(['warning', 'open', 'acknowledged']);
const untold: Told = { state: 'none', acknowledged: false };

/** What happened between two looks at an alarm, in the order in which it is told; the first look is at nothing. */
export function changesOf(before: Told = untold, now: Told): AlarmChange[] {
  const raised = !exceeded.has(before.state) && exceeded.has(now.state);
  const over = raised || running.has(before.state);
  return [
    ...(raised ? ['raised' as const] : []),
    ...(before.state === 'none' && now.state === 'warning' ? ['warned' as const] : []),
    ...(!before.acknowledged && now.acknowledged && exceeded.has(now.state) ? ['acknowledged' as const] : []),
    ...(over && !running.has(now.state) ? ['cleared' as const] : []),
  ];
}

/** Whether an alarm still asks for somebody: one that is over does so until it is acknowledged. */
export function isStanding({ state, acknowledged }: Told): boolean {
  return running.has(state) || (state === 'ended' && !acknowledged);
}

/** Whether an alarm went back by itself while its period goes on. That has to last before it is believed. */
export function fellBack(before: Told | undefined, now: Told): boolean {
  if (!before || !running.has(before.state)) return false;
  return now.state === 'none' || (now.state === 'warning' && before.state !== 'warning');
}
