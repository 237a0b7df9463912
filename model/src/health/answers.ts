import { isoFromNs, nsFromMs } from '../time.ts';
import type { StageReport } from './health.ts';
import { type StageState, stageStates } from './stage.ts';

/** What `GET /healthz` answers. */
export interface HealthAnswer {
  status: 'ok' | 'stalled';
  /** Stages that stand still for longer than they may. */
  stalled: (StageReport & { since: string })[];
}

/** What `GET /readyz` answers. */
export interface ReadyAnswer {
  status: 'ready' | 'not_ready';
  stages: StageReport[];
}

/** @param now_ms Unix milliseconds, for saying since when. */
export function healthAnswer(stages: readonly StageReport[], now_ms: number): HealthAnswer {
  const stalled = stages
    .filter(({ state }) => state === 'stalled')
    .map((stage) => ({ ...stage, since: isoFromNs(nsFromMs(now_ms - stage.standing_s * 1000)) }));
  return { status: stalled.length > 0 ? 'stalled' : 'ok', stalled };
}

/** What `/readyz` answers: ready only while every stage works. */
export function readyAnswer(stages: readonly StageReport[]): ReadyAnswer {
  const ready = stages.every(({ state }) => state === 'working');
  return { status: ready ? 'ready' : 'not_ready', stages: [...stages] };
}

/** For those who may not read: kinds of stages only, each with the worst state of its kind, and no reasons. */
export function forStrangers(stages: readonly StageReport[]): StageReport[] {
  const worst = new Map<StageReport['stage'], StageReport>();
  for (const { stage, state, standing_s } of stages) {
    const known = worst.get(stage);
    worst.set(stage, {
      stage,
      state: worse(known?.state ?? state, state),
      standing_s: Math.max(known?.standing_s ?? 0, standing_s),
    });
  }
  return [...worst.values()];
}

function worse(a: StageState, b: StageState): StageState {
  return stageStates.indexOf(a) > stageStates.indexOf(b) ? a : b;
}
