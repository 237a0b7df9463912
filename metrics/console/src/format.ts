import type { Catalogue, Figure, KpiId, Language } from './types.ts';

/** What stands where a figure has no value. */
const absent = '—';

/** A figure as a person reads it: fractions as percentages, with the digits that the catalogue keeps. */
export function formatFigure(
  figure: Pick<Figure, 'value'> | undefined,
  id: KpiId,
  catalogue: Catalogue,
  language: Language,
): string {
  const kpi = catalogue.kpis.find((candidate) => candidate.id === id);
  if (figure?.value === undefined || !kpi) return absent;
  const digits = { minimumFractionDigits: kpi.decimals, maximumFractionDigits: kpi.decimals };
  const percent = kpi.unit === '%';
  const text = new Intl.NumberFormat(locale(language), digits).format(
    percent ? figure.value * 100 : figure.value,
  );
  return percent ? `${text} %` : text;
}

/** Why a figure has no value, in words; empty when it has one. */
export function reasonOf(
  figure: { value?: number | undefined; status: string } | undefined,
  catalogue: Catalogue,
  language: Language,
): string {
  if (figure === undefined || figure.value !== undefined) return '';
  return catalogue.statuses.find((status) => status.id === figure.status)?.name[language] ?? figure.status;
}

export function formatShare(share: number | null, language: Language): string {
  if (share === null) return absent;
  // Next to nothing is not nothing, and nearly all is not all.
  if (share > 0 && share < 0.0005) return '< 0.1 %';
  if (share < 1 && share >= 0.9995) return '> 99.9 %';
  return `${new Intl.NumberFormat(locale(language), { maximumFractionDigits: 1 }).format(share * 100)} %`;
}

export function formatSeconds(seconds: number | undefined, language: Language): string {
  if (seconds === undefined) return absent;
  const digits = seconds < 10 ? 2 : 0;
  return `${new Intl.NumberFormat(locale(language), { maximumFractionDigits: digits }).format(seconds)} s`;
}

/** Hours as a person plans with them: seconds below two minutes, minutes below two hours, days above two. */
export function formatHours(hours: number | undefined, language: Language): string {
  if (hours === undefined) return absent;
  const format = (value: number, unit: 'second' | 'minute' | 'hour' | 'day') =>
    new Intl.NumberFormat(locale(language), {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0,
    }).format(value);
  const size = Math.abs(hours);
  // What is over within an instant is not nothing.
  if (size > 0 && size * 3600 < 0.05) return `< ${format(0.1, 'second')}`;
  if (size < 1 / 30) return format(hours * 3600, 'second');
  if (size < 2) return format(hours * 60, 'minute');
  return size < 48 ? format(hours, 'hour') : format(hours / 24, 'day');
}

export function formatCount(count: number, language: Language): string {
  return new Intl.NumberFormat(locale(language), { maximumFractionDigits: 0 }).format(count);
}

/** Less of an amount is not nothing, but not worth its digits either. */
const leastShown = 0.0001;

/** An amount with the digits that its size asks for, and its unit. */
export function formatAmount(amount: number | undefined, unit: string, language: Language): string {
  if (amount === undefined) return absent;
  const size = Math.abs(amount);
  const maximumFractionDigits = size >= 100 ? 1 : size >= 1 ? 2 : 4;
  const digits = { maximumFractionDigits, signDisplay: 'negative' } as const;
  if (size > 0 && size < leastShown)
    return `${amount < 0 ? '> −' : '< '}${leastShown} ${unitName(unit, language)}`;
  return `${new Intl.NumberFormat(locale(language), digits).format(amount)} ${unitName(unit, language)}`;
}

function unitName(unit: string, language: Language): string {
  const written = unit.replace('m3', 'm³');
  return language === 'zh' ? written.replace(/\bitems?\b/, '件') : written;
}

/** What stands behind a figure: nothing for shares, which carry their sign, and for plain numbers. */
export function figureUnit(unit: string, language: Language): string {
  return unit === '%' || unit === '1' ? '' : unitName(unit, language);
}

/** Day and time of an instant. */
export function formatMoment(at: string, zone: string, language: Language): string {
  return inZone(new Date(at), zone, language, { month: '2-digit', day: '2-digit', ...toTheMinute });
}

/** The same to the second, for what is told from its neighbours by seconds. */
export function formatInstant(at: string, zone: string, language: Language): string {
  const day = { month: '2-digit', day: '2-digit' } as const;
  return inZone(new Date(at), zone, language, { ...day, ...toTheMinute, second: '2-digit' });
}

/** The day and time with the year, for what may lie far back. */
export function formatDate(at: string, zone: string, language: Language): string {
  const date = { year: 'numeric', month: 'short', day: 'numeric' } as const;
  return inZone(new Date(at), zone, language, { ...date, ...toTheMinute });
}

/** From when to when by the clocks of a zone, with the offset of that zone: of each end where clocks change between them. */
export function formatSpan(
  { from, to }: { from: string; to: string },
  zone: string,
  language: Language,
): string {
  const [begins, ends] = [from, to].map((at) => offsetOf(new Date(at), zone));
  const start = [formatMoment(from, zone, language), ...(begins === ends ? [] : [begins])].join(' ');
  return `${start} – ${formatMoment(to, zone, language)} ${ends}`;
}

/** How far a zone is from UTC at an instant, as `GMT+8`. */
export function offsetOf(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'shortOffset' });
  return parts.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

export function formatClock(at: Date, zone: string, language: Language): string {
  return inZone(at, zone, language, { ...toTheMinute, second: '2-digit' });
}

const toTheMinute = { hour: '2-digit', minute: '2-digit' } as const;

function inZone(
  at: Date,
  zone: string,
  language: Language,
  parts: Pick<Intl.DateTimeFormatOptions, 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'>,
): string {
  const format = { ...parts, hourCycle: 'h23', timeZone: zone } as const;
  return new Intl.DateTimeFormat(locale(language), format).format(at);
}

/** What stands between a name and what is said of it. */
export function colon(language: Language): string {
  return language === 'zh' ? '：' : ': ';
}

export function locale(language: Language): string {
  return language === 'zh' ? 'zh-CN' : 'en-GB';
}
