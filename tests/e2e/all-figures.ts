import { readFileSync } from 'node:fs';
import { indexPlant, parsePlant, scopeOf } from '@benchline/model';
import type { Box } from '@benchline/simulators/box';

/** What an API answers about a past window. */
interface AllFigures {
  /** Key figures, losses, states and gaps by request, but not whether they are published yet. */
  figures: Record<string, unknown>;
  /** Every published revision, as text. */
  revisions: string[];
}

/** Asks for everything that is known of a past window: of each scope and each machine. */
export async function allFigures(
  { home, url }: Box,
  window: { from: string; to: string },
): Promise<AllFigures> {
  const { assets } = indexPlant(parsePlant(readFileSync(home.config('plant.yaml'), 'utf8'), 'plant.yaml'));
  const figures: Record<string, unknown> = {};
  const revisions: string[] = [];
  const ask = async (path: string, query: Record<string, string>) => {
    const request = `${path}?${new URLSearchParams({ ...query, ...window })}`;
    const response = await fetch(`${url}/api/v1/${request}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${request} answered ${response.status}: ${text}`);
    return { request, text };
  };
  const askFigures = async (path: string, query: Record<string, string>) => {
    const { request, text } = await ask(path, query);
    figures[request] = JSON.parse(text, (key, value: unknown) =>
      key === 'provisional' || key === 'revision' ? undefined : value,
    );
  };
  for (const scope of scopesAbove([...assets.values()].map((asset) => scopeOf(asset)))) {
    await askFigures('kpis', { scope });
    await askFigures('kpis', { scope, grain: 'hour' });
    await askFigures('losses', { scope });
    const { text } = await ask('revisions', { scope });
    const { revisions: published } = JSON.parse(text) as { revisions: unknown[] };
    revisions.push(...published.map((revision) => `${scope} ${JSON.stringify(revision)}`));
  }
  for (const { id: machine, kind } of assets.values()) {
    await askFigures('gaps', { machine });
    if (kind === 'machine') await askFigures('states', { machine });
  }
  return { figures, revisions };
}

/** The scopes and all that they lie in. */
function scopesAbove(scopes: readonly string[]): Set<string> {
  const above = (path: string): string[] => {
    const cut = path.lastIndexOf('/');
    return cut < 0 ? [path] : [...above(path.slice(0, cut)), path];
  };
  return new Set(scopes.flatMap(above));
}
