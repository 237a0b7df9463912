import { existsSync, mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Box, demoSimulators, type KpiResult, MetricsApi } from '@benchline/simulators/box';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { enterAndTakeBack } from './entries-page.ts';
import { agreeWithTheApi } from './figure-pages.ts';
import { faultlessPage, noBrowser, openBrowser, testBox } from './kit.ts';

const scope = 'demo';
const pictures = fileURLToPath(new URL('../../metrics/console/pictures/', import.meta.url));
const sizes = {
  wall: { width: 1600, height: 1200 },
  phone: { width: 390, height: 844 },
};

const pictureList = [
  { file: `${pictures}wall.en.png`, language: 'en', size: sizes.wall },
  { file: `${pictures}wall.zh.png`, language: 'zh', size: sizes.wall },
  { file: `${pictures}phone.zh.png`, language: 'zh', size: sizes.phone },
];
const pictureFiles = pictureList.map(({ file }) => file);

/** A page of the console whose figures have come. */
async function openConsole(browser: Browser, box: Box, query: string, size = sizes.wall): Promise<Page> {
  const page = await faultlessPage(browser, size);
  await page.goto(`${box.url}/?${query}`);
  await page.waitForSelector('#page[data-to]');
  return page;
}

function textOf(page: Page, of: string, kpi: string): Promise<string> {
  return page.locator(`[data-scope="${of}"][data-kpi="${kpi}"]`).first().innerText();
}

/** Every figure on the page, with what the API says for the very window that the page shows. */
async function compare(page: Page, api: MetricsApi): Promise<{ shown: string; expected: string }[]> {
  const root = page.locator('#page');
  const [from = '', to = ''] = [await root.getAttribute('data-from'), await root.getAttribute('data-to')].map(
    String,
  );
  const results = new Map<string, KpiResult>();
  const rows = [];
  for (const place of await page.locator('[data-scope][data-kpi]').all()) {
    const of = (await place.getAttribute('data-scope')) ?? '';
    const kpi = (await place.getAttribute('data-kpi')) ?? '';
    let result = results.get(of);
    if (!result) results.set(of, (result = await api.kpis(of, from, to)));
    rows.push({
      shown: `${of} ${kpi} ${await place.innerText()}`,
      expected: `${of} ${kpi} ${format(kpi, result)}`,
    });
  }
  return rows;
}

/** The figure as a person writes it down: an independent second formatter. */
function format(kpi: string, result: KpiResult): string {
  const value = result.figures[kpi]?.value;
  if (value === undefined) return '—';
  if (kpi === 'energy_kwh_per_good_item') return value.toFixed(4);
  return `${(value * 100).toFixed(1)} %`;
}

const cleanups: (() => void | Promise<void>)[] = [];
afterAll(async () => {
  for (const clean of cleanups.toReversed()) await clean();
});

describe('the pages of the console', () => {
  // One box and one browser for all of them: a box takes longer to start than a page to look through.
  let shared: { browser: Browser; box: Box } | undefined;
  beforeAll(async () => {
    const browser = await openBrowser((act) => cleanups.push(act));
    if (browser) shared = { browser, box: await testBox({}, (act) => cleanups.push(act)) };
  });
  const open = (skip: TestContext['skip']) => shared ?? skip(noBrowser);

  it('take an order and the reason of a stop, show who said it, and take it back', async ({ skip }) => {
    const { browser, box } = open(skip);
    await enterAndTakeBack(box, await faultlessPage(browser, { width: 1200, height: 1400 }));
  });

  it('of losses, quality, energy and comparison agree with the API, in two languages and on a phone', async ({
    skip,
  }) => {
    const { browser, box } = open(skip);
    await agreeWithTheApi(box.url, await faultlessPage(browser, { width: 1400, height: 1000 }));
  });

  it('show the live figures of the API, move by themselves, fit a phone and speak two languages', async ({
    skip,
  }) => {
    const { browser, box } = open(skip);
    const api = new MetricsApi(box.url);
    const page = await openConsole(browser, box, 'lang=en&window=last_hour');
    await expect.poll(() => textOf(page, scope, 'oee'), { timeout: 60_000 }).toMatch(/\d %/);

    // Once nothing is emitted any more, the page and the API speak of the same facts.
    const first = await page.getAttribute('#page', 'data-to');
    await box.stopSimulators();
    await expect.poll(() => page.getAttribute('#page', 'data-to'), { timeout: 30_000 }).not.toBe(first);
    await expect
      .poll(async () => (await compare(page, api)).filter(({ shown, expected }) => shown !== expected), {
        timeout: 60_000,
      })
      .toEqual([]);

    const phone = await openConsole(browser, box, 'lang=zh', sizes.phone);
    const overflow = await phone.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBe(0);

    await page.getByRole('button', { name: '中文' }).click();
    await expect.poll(() => page.locator('h2').first().innerText()).toContain('全厂');
    await expect.poll(() => page.locator('#plant-name').innerText()).toBe('演示工厂集团');
  });
});

describe('the console', () => {
  it('has its pictures in the README', async ({ skip }) => {
    if (process.env['BENCHLINE_PICTURES'] !== '1') {
      expect(pictureFiles.filter((file) => !existsSync(file))).toEqual([]);
      return;
    }
    const browser = (await openBrowser(onTestFinished)) ?? skip(noBrowser);
    const box = await testBox({ simulators: demoSimulators });
    await sleep(60_000);
    mkdirSync(pictures, { recursive: true });
    for (const { file, language, size } of pictureList) {
      const page = await openConsole(browser, box, `lang=${language}&window=last_24h`, size);
      await expect.poll(() => textOf(page, scope, 'oee'), { timeout: 60_000 }).toMatch(/\d %/);
      await sleep(3000);
      await page.screenshot({ path: file });
    }
  });
});
