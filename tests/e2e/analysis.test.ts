import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, it, onTestFinished, type TestContext } from 'vitest';
import { browserFlags, findProgram, testBox } from './kit.ts';

async function openPage(skip: TestContext['skip'], url: string): Promise<Page> {
  const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome');
  if (!executablePath) return skip('no Chromium is installed: apt-get install chromium');
  const browser: Browser = await chromium.launch({ executablePath, args: browserFlags });
  onTestFinished(async () => await browser.close());
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  onTestFinished(() => expect(errors).toEqual([]));
  await page.goto(url);
  await page.waitForSelector('#page[data-to]');
  return page;
}

it('the page of losses and quality steps down to what was productive, in two languages and on a phone', async ({
  skip,
}) => {
  const box = await testBox({ port: 0 });
  const page = await openPage(skip, `${box.url}/analysis?lang=en&window=last_hour`);
  const names = () => page.locator('[data-panel="losses"] [data-bar]').allInnerTexts();
  await expect.poll(names).toContain('Calendar time');
  // The demonstration stops now and then: sooner or later there is a stop to see.
  const stops = page.locator('[data-panel="stops"] [data-bar]');
  await expect.poll(() => stops.count(), { timeout: 60_000 }).toBeGreaterThan(0);

  await page.locator('[data-select="where"]').selectOption({ index: 1 });
  await expect.poll(() => new URL(page.url()).searchParams.get('scope')).toMatch(/^demo\//);
  await page.getByRole('button', { name: '中文' }).click();
  await expect.poll(names).toContain('完全有效时间');

  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(overflow).toBe(0);
});
