import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const soon = { timeout: 60_000 };

/** The pages of losses, quality, energy and comparison agree with themselves and with the API, in two languages. */
export async function agreeWithTheApi(url: string, page: Page): Promise<void> {
  await page.goto(`${url}/analysis?lang=en&window=last_hour`);
  await page.waitForSelector('#page[data-to]');
  const names = () => page.locator('[data-panel="losses"] [data-bar]').allInnerTexts();
  await expect.poll(names).toContain('Calendar time');
  // The demonstration stops now and then: sooner or later there is a stop to see.
  const stops = page.locator('[data-panel="stops"] [data-bar]');
  await expect.poll(() => stops.count(), { timeout: 60_000 }).toBeGreaterThan(0);

  await page.locator('[data-select="where"]').selectOption({ index: 1 });
  await expect.poll(() => new URL(page.url()).searchParams.get('scope')).toMatch(/^demo\//);
  await page.getByRole('button', { name: '中文' }).click();
  await expect.poll(names).toContain('完全有效时间');

  await fitsAPhone(page);
  await energyAddsUp(page);
  await fitsAPhone(page);
  await controlChart(url, page);
  await comparison(url, page);
  await evidence(url, page);
}

/** Of the diameters that the demonstration's lathes gauge. */
async function controlChart(url: string, page: Page): Promise<void> {
  await page.setViewportSize({ width: 1400, height: 1000 });
  await page.goto(`${url}/analysis?lang=zh&window=last_24h&characteristic=lathe-1/diameter&subgroup=2`);
  const panel = page.locator('[data-panel="chart"]');
  await expect.poll(() => panel.locator('[data-chart="xbar"] circle').count(), soon).toBeGreaterThan(3);
  expect(await panel.locator('[data-select="characteristic"]').inputValue()).toBe('lathe-1/diameter');
  await capability(url, page);
  // Capability of what was gauged is one of the criteria.
  const grade = page.locator('[data-panel="grade"]');
  await expect.poll(() => grade.innerText(), soon).toMatch(/Cpk[^]*\d\.\d/);
}

/** Of the characteristic on the chart, as the API says it of the window that the evidence names. */
async function capability(url: string, page: Page): Promise<void> {
  await page.locator('[data-index="ppk"] button').click();
  const dialog = page.locator('dialog[data-evidence-of="ppk"]');
  const link = new URL(String(await dialog.getByRole('link').getAttribute('href')), url);
  const { ppk } = (await (await fetch(link)).json()) as { ppk: { value: number } };
  // What lathes gauge still comes in.
  expect(Number.parseFloat(await dialog.locator('.big').innerText())).toBeCloseTo(ppk.value, 0);
  await page.keyboard.press('Escape');
}

/** What is compared is in the address, in the table, and in the file. */
async function comparison(url: string, page: Page): Promise<void> {
  const line = 'demo/ningbo/assembly/bracket-line';
  const chosen = `scope=${line}/press-1&scope=${line}/bench-1&kpi=good_items&kpi=energy_kwh`;
  await page.goto(`${url}/compare?lang=en&mode=machines&preset=today&grain=hour&${chosen}`);
  const rows = page.locator('[data-panel="good_items"] tr[data-side]');
  await expect.poll(() => rows.count(), soon).toBe(2);
  expect(await page.locator('[data-panel="energy_kwh"] tr[data-side="1"]').innerText()).toContain('No meter');

  const href = String(await page.locator('[data-download="csv"]').getAttribute('href'));
  const table = (await (await fetch(`${url}${href}`)).text()).split('\r\n').map((row) => row.split(','));
  const [id = -1, value = -1] = ['Id', 'Value'].map((name) => table[0]?.indexOf(name) ?? -1);
  const whole = table.filter((row) => row[1] === 'whole side' && row[id] === 'good_items');
  const shown = await rows.locator('td:nth-of-type(1)').allInnerTexts();
  expect(shown.map((text) => text.replaceAll(/\D/g, ''))).toEqual(whole.map((row) => row[value]));
  await fitsAPhone(page);

  await page.locator('[data-select="mode"]').selectOption('shifts');
  await page.locator('[data-select="preset"]').selectOption('yesterday');
  await expect.poll(() => rows.allInnerTexts(), soon).toContainEqual(expect.stringContaining('Night shift'));
  expect(new URL(page.url()).searchParams.get('mode')).toBe('shifts');
}

/** Pressed by keyboard, a figure says where it comes from; Escape leads back to it. */
async function evidence(url: string, page: Page): Promise<void> {
  await page.goto(`${url}/?lang=en&window=last_hour`);
  const figure = page.locator('[data-kpi="oee"][data-scope$="/press-1"]');
  await expect.poll(() => figure.innerText(), soon).toMatch(/\d %/);
  await figure.press('Enter');
  const dialog = page.locator('dialog[data-evidence-of="oee"]');
  expect(await dialog.locator('[data-evidence="formula"]').innerText()).toContain('oee@');
  expect(await dialog.locator('[data-evidence="source"]').innerText()).toContain('ISO 22400');
  expect(await dialog.locator('[data-evidence="inputs"]').innerText()).toMatch(/rated_pbt_s\s+[\d,.]+/);
  const history = dialog.locator('[data-evidence="history"]');
  await expect.poll(() => history.innerText(), soon).toMatch(/published/i);
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog.count()).toBe(0);
  expect(await page.evaluate<string>('document.activeElement.dataset.kpi')).toBe('oee');
  await cncEvidence(page);
}

/** The ratio of key processes by each of its bases, and the machines behind each process. */
async function cncEvidence(page: Page): Promise<void> {
  await page.locator('[data-cnc-processes]').press('Enter');
  const dialog = page.locator('dialog[data-evidence-of="cnc_processes"]');
  // Four of five processes have controllers, five of six machines; nobody stated what these are worth.
  await expect
    .poll(() => dialog.locator('[data-basis="process_count"]').innerText(), soon)
    .toContain('80.0 %');
  expect(await dialog.locator('[data-basis="equipment_count"]').innerText()).toContain('83.3 %');
  expect(await dialog.locator('[data-basis="asset_value"]').innerText()).toMatch(/Not declared/);
  expect(await dialog.innerText()).toMatch(/Welding[^]*Welding robot 1[^]*last read .* GMT\+8/);
  await page.keyboard.press('Escape');
}

/** On the same box: what the feeder measured is its machines and what is unaccounted for; states add up to them. */
async function energyAddsUp(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1400, height: 1000 });
  await page.getByRole('link', { name: '能源' }).click();
  await page.getByRole('button', { name: 'English' }).click();
  await page.locator('[data-select="where"]').selectOption('demo/ningbo/assembly/bracket-line');
  await page.getByRole('button', { name: 'Last hour' }).click();
  const amounts = async (place: string) =>
    (await page.locator(`${place} .amount`).allInnerTexts()).map((text) =>
      Number.parseFloat(text.replaceAll(',', '')),
    );
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  // Each amount is rounded to 0.05 kWh or better.
  const rounding = 0.4;
  const rest = async () => {
    const [feeder = 0, ...parts] = await amounts('[data-feeder="bracket-feeder"]');
    return parts.length === 5 && feeder > 1 ? feeder - sum(parts) : Number.NaN;
  };
  await expect.poll(async () => Math.abs(await rest()), soon).toBeLessThan(rounding);
  const beyond = async () =>
    sum(await amounts('[data-panel="states"]')) - sum(await amounts('[data-panel="machines"]'));
  await expect.poll(async () => Math.abs(await beyond()), soon).toBeLessThan(rounding);
  const summary = page.locator('[data-panel="summary"]');
  await expect.poll(() => summary.innerText(), soon).toMatch(/GB\/T 2589-2020, calorific value[^]*kgce/);
  await energyEvidence(page);
  // An hour is no history: what cannot be forecast says why.
  await expect
    .poll(() => page.locator('[data-forecast="day"]').innerText(), soon)
    .toContain('Too few complete days');
  await page.getByRole('button', { name: '中文' }).click();
  await expect.poll(() => summary.innerText(), soon).toContain('综合能耗');
}

/** What a machine used says how that was computed, and is what the API answers to the same question. */
async function energyEvidence(page: Page): Promise<void> {
  const shown = page.locator('[data-panel="machines"] .amount button').first();
  await shown.click();
  const dialog = page.locator('dialog[data-evidence-of="energy_by_machine"]');
  expect(await dialog.locator('[data-evidence="scope"]').innerText()).toContain('bracket-line');
  expect(await dialog.locator('[data-evidence="formula"]').innerText()).toContain('Idle share');
  const link = new URL(String(await dialog.getByRole('link').getAttribute('href')), page.url());
  const difference = async () => {
    const answer = (await (await fetch(link)).json()) as { machines: { machine: string; total: number }[] };
    const total = answer.machines.find(({ machine }) => machine === 'press-1')?.total ?? Number.NaN;
    return Math.abs(total - Number.parseFloat((await shown.innerText()).replaceAll(',', '')));
  };
  // The line goes on working between the page's question and this one, and what it made before still comes in.
  await expect.poll(difference, soon).toBeLessThan(1);
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog.count()).toBe(0);
}

async function fitsAPhone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(overflow).toBe(0);
}
