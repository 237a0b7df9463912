import { BenchlineError, loadPlant, type MachineObservation } from '@benchline/model';
import { demoPlantFile } from '@benchline/simulators';
import type { LocalInflux } from '@benchline/store/influxd';
import { origin } from './recorded.ts';

/** How an observation is written as a line, and a field that every such line has. */
export interface LineShape {
  line(o: MachineObservation): string;
  field: string;
}

const { area, enterprise, line, site } =
  loadPlant(demoPlantFile).index.assets.get(origin.machine)?.location ?? {};
const place = `area=${area},enterprise=${enterprise},line=${line},machine=${origin.machine},site=${site}`;

/** With all tags and fields of the store's adapter, so that the server has the same to do. */
export const fullLines: LineShape = {
  line(o) {
    const text = typeof o.value === 'string';
    const tags = `gateway=${o.gateway},${place},signal=${o.signal},source=${o.source}`;
    const value = text ? `text="${o.value}"` : `number=${o.value}`;
    const about = ((o.gateway_time_ns - o.source_time_ns) << 11n) | (text ? 3n : 1n);
    return `${text ? 'state' : 'signal'},${tags} ${value},about=${about}i ${o.source_time_ns}`;
  },
  field: 'about',
};

/** The least that a value can be: one tag and one field. */
export const leastLines: LineShape = {
  line: (o) => `signal,signal=${o.signal} v=${typeof o.value === 'number' ? o.value : 0} ${o.source_time_ns}`,
  field: 'v',
};

/** An InfluxDB 1.x by its HTTP interface alone. */
export class BareInflux {
  readonly #server: LocalInflux;

  constructor(server: LocalInflux) {
    this.#server = server;
  }

  async create(database: string): Promise<void> {
    await this.#query(`CREATE DATABASE ${database}`);
  }

  async post(database: string, lines: string): Promise<void> {
    const url = `${this.#server.url}/write?db=${database}&precision=ns`;
    await expectOk(await fetch(url, { method: 'POST', body: lines }));
  }

  /** How many points have a field, in all measurements. */
  async count(database: string, field: string): Promise<number> {
    const answer = (await this.#query(`SELECT count("${field}") FROM "${database}"../.*/`)) as {
      results: { series?: { values: [time: unknown, count: number][] }[] }[];
    };
    const counts = answer.results[0]?.series?.map((series) => series.values[0]?.[1] ?? 0) ?? [];
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async #query(q: string): Promise<unknown> {
    const body = new URLSearchParams({ q });
    return await (await expectOk(await fetch(`${this.#server.url}/query`, { method: 'POST', body }))).json();
  }
}

async function expectOk(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new BenchlineError(
    'store_unavailable',
    `influxd answered ${response.status}: ${await response.text()}`,
  );
}
