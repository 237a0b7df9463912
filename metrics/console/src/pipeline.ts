import { element, setText } from './dom.ts';
import { colon, formatCount, formatHours, formatSeconds } from './format.ts';
import { message } from './messages.ts';
import type { PageModel } from './page.ts';
import { reasonName } from './reasons.ts';
import type { Pipeline } from './types.ts';

type Stage = Pipeline['stages'][number];

/** Puts into the panel how the way of the data fares: figures, every stage, and what was lost, by reason. */
export function fillPipeline(root: ParentNode, model: PageModel, pipeline: Pipeline): void {
  const absent = new Set(
    (['nothing_came', 'no_real_clock'] as const).map((id) => message(model.language, id)),
  );
  for (const [id, text] of Object.entries(cellsOf(model, pipeline))) {
    const place = root.querySelector(`[data-pipeline="${id}"]`);
    if (!place) continue;
    setText(place, text);
    place.classList.toggle('absent', absent.has(text));
  }
  root.querySelector('#stages')?.replaceChildren(...pipeline.stages.map((stage) => stageItem(model, stage)));
  root.querySelector('#losses')?.replaceChildren(...lossItems(model, pipeline));
}

function cellsOf({ language }: PageModel, pipeline: Pipeline): Record<string, string> {
  const { latency, feed, gateways, losses } = pipeline;
  const known = pipeline.ingest !== null;
  const count = (value: number | undefined) =>
    value === undefined ? message(language, 'no_data') : formatCount(value, language);
  const lag = (of: { p99_s: number } | null, why: 'nothing_came' | 'no_real_clock') =>
    of === null ? message(language, why) : formatSeconds(of.p99_s, language);
  return {
    gateway_lag: lag(latency.gateway_to_queryable, 'nothing_came'),
    source_lag: lag(latency.source_to_queryable, 'no_real_clock'),
    feed_lag: formatSeconds(feed.lag_s, language),
    ledger: formatCount(feed.next_offset, language),
    gateways: count(known ? gateways.length : undefined),
    buffer_left: formatHours(shortest(gateways), language),
    lost: count(known ? losses.lost_batches : undefined),
    quarantined: count(losses.quarantined ? sumOf(losses.quarantined) : undefined),
    gaps: formatCount(pipeline.gaps.length, language),
    store: pipeline.store === 'influx' ? 'InfluxDB' : 'DuckDB',
  };
}

/** Of the gateway whose spool is full first. */
function shortest(gateways: Pipeline['gateways']): number | undefined {
  const known = gateways.flatMap(({ buffer_left_h }) => buffer_left_h ?? []);
  return known.length > 0 ? Math.min(...known) : undefined;
}

function stageItem({ catalogue, language }: PageModel, stage: Stage): HTMLElement {
  const known = catalogue.stages.find(({ id }) => id === stage.stage);
  const state = catalogue.stage_states.find(({ id }) => id === stage.state)?.name[language] ?? stage.state;
  const stands = stage.state === 'stalled' || stage.state === 'waiting';
  const where = stage.service === 'gateway' ? (stage.gateway ?? '') : message(language, stage.service);
  const item = element(
    'li',
    { 'data-stage': stage.stage, 'data-stage-state': stage.state },
    element('small', {}, where),
    element('b', {}, [known?.name[language] ?? stage.stage, stage.subject].filter(Boolean).join(' ')),
    element('span', {}, stands ? `${state} · ${formatSeconds(stage.standing_s, language)}` : state),
  );
  if (stands && known) item.append(element('p', { class: 'hint' }, known.hint[language]));
  return item;
}

/** One line for each reason for which something is missing, or for which somebody should look. */
function lossItems({ catalogue, language }: PageModel, { losses, gateways }: Pipeline): HTMLElement[] {
  const named = (reason: string) => reasonName(reason, language);
  const counted = (
    what: string,
    counts: Readonly<Record<string, number>>,
    name: (reason: string) => string = named,
  ) =>
    Object.entries(counts).flatMap(([reason, count]) =>
      count > 0 ? `${what}${colon(language)}${name(reason)} × ${formatCount(count, language)}` : [],
    );
  const gapName = (reason: string) =>
    catalogue.gap_reasons.find(({ id }) => id === reason)?.name[language] ?? reason;
  const lines = [
    ...gateways.flatMap(({ id, alarms }) =>
      alarms.map((alarm) => `${message(language, 'alarm')} ${id}${colon(language)}${named(alarm)}`),
    ),
    ...gateways.flatMap(({ id, lost = {} }) => counted(`${message(language, 'lost')} (${id})`, lost)),
    ...counted(message(language, 'quarantined'), losses.quarantined ?? {}),
    ...counted(message(language, 'gaps'), losses.gaps, gapName),
  ];
  return lines.map((text) => element('li', {}, text));
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
