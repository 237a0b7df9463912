import type { Window } from './api.ts';
import { element, setText } from './dom.ts';
import { formatAmount, formatCount, formatFigure, formatShare, formatSpan, reasonOf } from './format.ts';
import { message } from './messages.ts';
import type { PageModel } from './page.ts';
import { drawTimeline } from './timeline.ts';
import type { CncRatio, KpiId, KpiResult, Language, StateList } from './types.ts';

/** Puts the figures of one scope into every place that waits for them. */
export function fillFigures(root: ParentNode, model: PageModel, result: KpiResult): void {
  const { catalogue, language } = model;
  for (const place of root.querySelectorAll<HTMLElement>(`[data-scope="${result.scope}"]`)) {
    const id = place.dataset['kpi'] as KpiId;
    const figure = result.figures[id];
    setText(place, formatFigure(figure, id, catalogue, language));
    place.title = reasonOf(figure, catalogue, language);
    place.classList.toggle('absent', figure?.value === undefined);
  }
  for (const place of root.querySelectorAll<HTMLElement>(`[data-reason-scope="${result.scope}"]`))
    setText(place, reasonOf(result.figures[place.dataset['reason'] as KpiId], catalogue, language));
  for (const place of root.querySelectorAll(`[data-coverage="${result.scope}"]`))
    setText(place, coverageText(model, result));
  for (const place of root.querySelectorAll<HTMLElement>(`[data-detail-scope="${result.scope}"]`))
    setText(place, detailText(model, place.dataset['detail'] as KpiId, result));
}

function coverageText({ language }: PageModel, result: KpiResult): string {
  const observed = `${formatShare(result.coverage, language)} ${message(language, 'coverage')}`;
  const revised = (result.revision ?? 0) > 1 ? [`${message(language, 'revision')} ${result.revision}`] : [];
  const provisional = result.provisional ? [message(language, 'provisional')] : [];
  return [observed, ...revised, ...provisional].join(' · ');
}

/** What a figure is of, where that is known. */
function detailText({ language }: PageModel, kpi: KpiId, { figures }: KpiResult): string {
  if (kpi === 'energy_kwh_per_good_item') {
    const used = figures.energy_kwh?.value;
    return used === undefined ? '' : formatAmount(used, 'kWh', language);
  }
  const [made, fit] = [figures.items?.value, figures.good_items?.value];
  if (made === undefined || fit === undefined) return '';
  const [good, items] = [formatCount(fit, language), formatCount(made, language)];
  if (language === 'zh') return `${message(language, 'good_of_items')}：${good} / ${items}`;
  return `${good} ${message(language, 'good_of_items')} ${items}`;
}

/** From when to when the figures of the page are. */
export function fillWindow(root: ParentNode, { from, to }: Window, zone: string, language: Language): void {
  const place = root.querySelector('[data-window]');
  const ends = { from: from.toISOString(), to: to.toISOString() };
  if (place) setText(place, formatSpan(ends, zone, language));
}

export function fillStates(root: ParentNode, model: PageModel, list: StateList, window: Window): void {
  const canvas = root.querySelector<HTMLCanvasElement>(`[data-timeline="${list.machine}"]`);
  const last = list.states.at(-1);
  const name = model.catalogue.states.find((state) => state.id === last?.state)?.name[model.language];
  if (canvas) {
    drawTimeline(canvas, list, window);
    canvas.setAttribute(
      'aria-label',
      `${list.states.length} × ${message(model.language, 'state')}, ${name ?? ''}`,
    );
  }
  const chip = root.querySelector<HTMLElement>(`[data-state-of="${list.machine}"]`);
  if (!chip) return;
  setText(chip, name ?? message(model.language, 'no_data'));
  chip.dataset['state'] = last?.state ?? 'unobserved';
  chip.title = last?.native ?? '';
}

export function fillCnc(root: ParentNode, model: PageModel, ratio: CncRatio): void {
  const { catalogue, language } = model;
  for (const kind of ['declared', 'connected', 'active'] as const) {
    const place = root.querySelector<HTMLElement>(`[data-cnc="${kind}"]`);
    if (!place) continue;
    setText(place, formatFigure(ratio[kind], `cnc_ratio_${kind}`, catalogue, language));
    place.title = reasonOf(ratio[kind], catalogue, language);
  }
  const list = root.querySelector('#processes');
  list?.replaceChildren(
    ...ratio.processes.map((process) => {
      const level =
        process.active > 0
          ? 'active'
          : process.connected > 0
            ? 'connected'
            : process.declared > 0
              ? 'declared'
              : 'none';
      return element(
        'li',
        { class: `process ${level}`, title: message(language, level) },
        process.name[language],
      );
    }),
  );
}
