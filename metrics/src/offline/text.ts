import { kpiCatalogue, kpiIds } from '@benchline/model';
import type { KpiResult } from '../api/schemas.ts';
import { statusWording } from '../api/wording.ts';
import type { CapabilityOfFile } from './capabilities.ts';

/** Key figures of a window for a terminal, one a line. */
export function kpiText({ scope, from, to, figures, coverage }: KpiResult): string {
  const shown = kpiIds.flatMap((id) => {
    const { name, decimals } = kpiCatalogue[id];
    const figure = figures[id];
    return figure ? [{ name: name.en, text: figureText(figure, decimals) }] : [];
  });
  const width = Math.max(0, ...shown.map(({ name }) => name.length));
  const lines = shown.map(({ name, text }) => `  ${name.padEnd(width)}  ${text}`);
  const covered =
    coverage === null ? 'nothing planned' : `${percent(coverage, 1)} of the planned time observed`;
  return `${[`${scope}, ${from} to ${to}, ${covered}`, ...lines].join('\n')}\n`;
}

type FigureView = NonNullable<KpiResult['figures'][keyof KpiResult['figures']]>;

function figureText({ value, status, unit }: FigureView, decimals: number): string {
  const why = status === 'ok' ? '' : ` (${statusWording[status].en})`;
  if (value === undefined) return `–${why}`;
  if (unit === '%') return `${percent(value, decimals)}${why}`;
  return `${value.toFixed(decimals)}${unit === '1' ? '' : ` ${unit}`}${why}`;
}

function percent(share: number, decimals: number): string {
  return `${(share * 100).toFixed(decimals)} %`;
}

/** Capability of a characteristic for a terminal. */
export function capabilityText(of: CapabilityOfFile): string {
  const indices = { Cp: of.cp, Cpk: of.cpk, Pp: of.pp, Ppk: of.ppk, Cm: of.cm, Cmk: of.cmk };
  const shown = Object.entries(indices).map(
    ([name, index]) => `${name} ${index?.value?.toFixed(2) ?? `– (${index?.reason?.en})`}`,
  );
  return `${of.machine}/${of.characteristic}, ${of.samples} values\n  ${shown.join(', ')}\n`;
}
