import type {
  AlarmNews,
  Catalogue,
  CncRatio,
  EnergyAlarm,
  KpiResult,
  Pipeline,
  PlantView,
  StandingAlarms,
  StateList,
} from './types.ts';

/** A window of time to show, as the API wants it. */
export interface Window {
  from: Date;
  to: Date;
  /** It ends now: what machines said last still holds, although nobody has confirmed it for the last seconds. */
  open: boolean;
}

const aheadMs = 60_000;
/** A browser gives a stream up that was refused, as one reader too many is; it may be taken later. */
const refusedMs = 10_000;

/** The end to ask for. The service takes a window that reaches beyond now as one that is still open. */
export function askedEnd({ to, open }: Window): Date {
  return open ? new Date(to.getTime() + aheadMs) : to;
}

export async function get<T>(path: string, query: Record<string, string> = {}): Promise<T> {
  const response = await fetch(`/api/v1/${path}?${new URLSearchParams(query)}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as T;
}

export const span = (window: Window) => ({
  from: window.from.toISOString(),
  to: askedEnd(window).toISOString(),
});

export const api = {
  /** What does not change while the service runs. */
  known: async () => {
    const [plant, catalogue] = await Promise.all([get<PlantView>('plant'), get<Catalogue>('catalogue')]);
    return { plant, catalogue };
  },
  pipeline: async () => await get<Pipeline>('pipeline'),
  kpis: async (scope: string, window: Window) => await get<KpiResult>('kpis', { scope, ...span(window) }),
  /** The shift or day of a scope that holds an instant. */
  period: async (scope: string, grain: 'shift' | 'day', at: Date) => {
    const margin = 24 * 3_600_000;
    const around = { from: new Date(at.getTime() - margin), to: new Date(at.getTime() + 1000), open: false };
    const { results } = await get<{ results: KpiResult[] }>('kpis', { scope, grain, ...span(around) });
    return results.findLast((result) => new Date(result.from) <= at);
  },
  states: async (machine: string, window: Window) =>
    await get<StateList>('states', { machine, ...span(window) }),
  cncRatio: async (scope: string, window: Window, basis: CncRatio['basis'] = 'process_count') =>
    await get<CncRatio>('cnc-ratio', { scope, basis, ...span(window) }),
  /** Calls back whenever figures may have changed, and with the alarms that stand. The browser reconnects by itself. */
  follow({
    onUpdate = () => undefined,
    onAlarms = () => undefined,
  }: {
    onUpdate?(): void;
    onAlarms?(standing: readonly EnergyAlarm[]): void;
  }): void {
    let standing: readonly EnergyAlarm[] = [];
    const alarms = (change: readonly EnergyAlarm[]) => onAlarms((standing = change));
    const connect = () => {
      const stream = new EventSource('/api/v1/stream');
      stream.addEventListener('update', onUpdate);
      stream.addEventListener('alarms', ({ data }: MessageEvent<string>) =>
        alarms((JSON.parse(data) as StandingAlarms).alarms),
      );
      stream.addEventListener('alarm', ({ data }: MessageEvent<string>) => {
        const { alarm } = JSON.parse(data) as AlarmNews;
        const others = standing.filter(({ id }) => id !== alarm.id);
        alarms(asksForSomebody(alarm) ? [...others, alarm] : others);
      });
      stream.addEventListener('error', () => {
        if (stream.readyState === EventSource.CLOSED) setTimeout(connect, refusedMs);
      });
    };
    connect();
  },
};

/** An alarm whose period is over stands until somebody acknowledges it. */
function asksForSomebody({ state, acknowledged }: EnergyAlarm): boolean {
  return state !== 'none' && !(state === 'ended' && acknowledged);
}
