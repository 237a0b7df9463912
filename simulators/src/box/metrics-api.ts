import { BenchlineError, type MachineObservation, machineObservationFromJson } from '@benchline/model';

/** A key figure as the API gives it; without a value, `status` says why. */
export interface Figure {
  value?: number;
  status: string;
}

/** What `GET /api/v1/kpis` answers for one window. */
export interface KpiResult {
  scope: string;
  from: string;
  to: string;
  figures: Record<string, Figure>;
  elements: Record<string, number>;
  /** Null where nothing was told. */
  counts: { items: number | null; good_items: number | null; scrap_items: number | null };
  energy: { import_kwh: number | null; export_kwh: number | null };
  coverage: number | null;
  provisional: boolean;
}

export interface StatesResult {
  states: { from: string; to: string; state: string; native?: string }[];
}

export interface GapResult {
  from_ns: bigint;
  to_ns: bigint;
  reason: string;
}

/** Reads figures from a running metrics service, as any other program would. */
export class MetricsApi {
  readonly base: string;

  constructor(base: string) {
    this.base = base;
  }

  async kpis(scope: string, from: string, to: string): Promise<KpiResult> {
    return (await this.#json('/api/v1/kpis', { scope, from, to })) as KpiResult;
  }

  /** The figures of every hour, shift or day that begins in a window. */
  async series(scope: string, grain: string, from: string, to: string): Promise<KpiResult[]> {
    const { results } = (await this.#json('/api/v1/kpis', { scope, grain, from, to })) as {
      results: KpiResult[];
    };
    return results;
  }

  /** What a machine was doing, without holes; `unobserved` where that is not known. */
  async states(machine: string, from: string, to: string): Promise<StatesResult> {
    return (await this.#json('/api/v1/states', { machine, from, to })) as StatesResult;
  }

  async cncRatio(scope: string, from: string, to: string): Promise<unknown> {
    return await this.#json('/api/v1/cnc-ratio', { scope, from, to });
  }

  async pipeline(): Promise<unknown> {
    return await this.#json('/api/v1/pipeline', {});
  }

  /** Every stored observation of a machine in a window, one at a time. */
  async *observations(machine: string, from: string, to: string): AsyncGenerator<MachineObservation> {
    const response = await this.#get('/api/v1/observations', { machine, from, to });
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line) yield machineObservationFromJson(JSON.parse(line));
    }
    if (rest)
      throw new BenchlineError('store_unavailable', `the observations of '${machine}' broke off`, {
        retryable: true,
      });
  }

  async gaps(machine: string, from: string, to: string): Promise<GapResult[]> {
    const { gaps } = (await this.#json('/api/v1/gaps', { machine, from, to })) as {
      gaps: { from_ns: string; to_ns: string; reason: string }[];
    };
    return gaps.map((gap) => ({
      from_ns: BigInt(gap.from_ns),
      to_ns: BigInt(gap.to_ns),
      reason: gap.reason,
    }));
  }

  async #json(path: string, query: Record<string, string>): Promise<unknown> {
    return await (await this.#get(path, query)).json();
  }

  async #get(path: string, query: Record<string, string>): Promise<Response> {
    const url = `${this.base}${path}?${new URLSearchParams(query)}`;
    const response = await fetch(url);
    if (!response.ok)
      throw new BenchlineError(
        'store_unavailable',
        `${url} answered ${response.status}: ${await response.text()}`,
        {
          retryable: response.status >= 500,
        },
      );
    return response;
  }
}
