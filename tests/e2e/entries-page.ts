import type { Box } from '@benchline/simulators/box';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

interface Entry {
  author: string;
  reason: string;
  statement: Record<string, unknown>;
  superseded_by?: string;
}

async function entriesOf(box: Box): Promise<Entry[]> {
  const response = await fetch(`${box.url}/api/v1/entries?scope=demo`);
  return ((await response.json()) as { entries: Entry[] }).entries;
}

const soon = { timeout: 60_000 };

/** The page for entries takes an order and the reason of a stop, shows who said it, and takes it back. */
export async function enterAndTakeBack(box: Box, page: Page): Promise<void> {
  page.setDefaultTimeout(soon.timeout);
  await page.goto(`${box.url}/entries?lang=en&window=last_hour`);
  await page.waitForSelector('#page[data-machine]');
  const from = await stopOf(page);
  await page.locator(`tr[data-stop="${from}"] button`).click();
  await page.locator('#stop-form select').selectOption('tool-change');
  await keepsWhatIsTyped(page);
  await page.locator('#stop-form button').click();
  await expect
    .poll(() => entriesOf(box), soon)
    .toMatchObject([{ author: 'local', statement: { kind: 'stop_reason', reason_code: 'tool-change' } }]);

  await page.locator('#order-form input[name=order]').fill('MO-7');
  await page.locator('#order-form button').click();
  await page.locator('.outcome').filter({ hasText: 'MO-7' }).waitFor();
  // Pressed once more it would be another order.
  expect(await page.locator('#order-form input[name=order]').inputValue()).toBe('');
  await expect.poll(async () => (await entriesOf(box)).length, soon).toBe(2);
  expect((await entriesOf(box)).map(({ statement }) => statement['kind'])).toContain('order');

  await countMissed(box, page);

  await page.reload();
  await page.locator('tr[data-entry]').first().waitFor();
  expect(await page.locator('tr[data-entry]').allInnerTexts()).toEqual(
    expect.arrayContaining([expect.stringMatching(/local.*Tool change/s), expect.stringContaining('MO-7')]),
  );
  await page.locator('tr[data-entry]').filter({ hasText: 'Tool change' }).getByRole('button').click();
  await expect
    .poll(
      async () => (await entriesOf(box)).find((e) => e.statement['kind'] === 'stop_reason')?.superseded_by,
      soon,
    )
    .toBeTruthy();

  await page.getByRole('button', { name: '中文' }).click();
  await expect.poll(() => page.locator('h2').first().innerText()).toContain('停机');
  await restsOnWhatHolds(box, page);
}

/** Stops are looked up anew, in another language too, while somebody is about to say why one of them was. */
async function keepsWhatIsTyped(page: Page): Promise<void> {
  const form = page.locator('#stop-form');
  await form.locator('input').fill('blunt');
  await page.evaluate("document.querySelectorAll('tr[data-stop]').forEach((row) => row.remove())");
  await expect.poll(() => page.locator('tr[data-stop]').count(), soon).toBeGreaterThan(1);
  await page.getByRole('button', { name: '中文' }).click();
  await page.locator('h2').filter({ hasText: '停机' }).waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  expect(await form.locator('input').inputValue()).toBe('blunt');
  expect(await form.locator('select').inputValue()).toBe('tool-change');
  await form.locator('input').fill('');
}

/** Good items that no counter saw, with a reason, which nothing but a cause of scrap can stand for. */
async function countMissed(box: Box, page: Page): Promise<void> {
  const form = page.locator('#count-form');
  await form.locator('[name=items]').fill('3');
  await form.locator('[name=were]').selectOption('scrap');
  await form.getByRole('button').click();
  expect(await form.locator('select:invalid').count()).toBe(1);
  await form.locator('[name=were]').selectOption('none');
  await form.locator('[name=are]').selectOption('good');
  expect(await form.locator('[name=cause]').isVisible()).toBe(false);
  expect(await form.locator('input:invalid').count()).toBe(1);
  await form.locator('[name=note]').fill('sensor dirty');
  await form.getByRole('button').click();
  await expect
    .poll(() => entriesOf(box), soon)
    .toContainEqual(
      expect.objectContaining({
        reason: 'sensor dirty',
        statement: { kind: 'count_correction', good: 3 },
      }),
    );
  // What other tests read of this machine rests on what was counted.
  await page.locator('tr[data-entry]').filter({ hasText: 'sensor dirty' }).getByRole('button').click();
  await expect
    .poll(async () => (await entriesOf(box)).find((e) => e.reason === 'sensor dirty')?.superseded_by, soon)
    .toBeTruthy();
}

/** The evidence of a figure names what people stated and did not take back. */
async function restsOnWhatHolds(box: Box, page: Page): Promise<void> {
  const machine = String(await page.locator('#page').getAttribute('data-machine'));
  await page.goto(`${box.url}/?lang=en&window=last_hour`);
  const oee = page.locator(`[data-kpi="oee"][data-scope$="/${machine}"]`);
  // Before a figure is there, there is nothing that it rests on.
  await expect.poll(() => oee.innerText(), soon).toMatch(/\d %/);
  await oee.click();
  const entries = page.locator('dialog[data-evidence-of="oee"] [data-evidence="entries"]');
  await expect.poll(() => entries.innerText(), soon).toMatch(/order · MO-7[^]*by local/);
  expect(await entries.innerText()).not.toContain('Tool change');
}

/** When a stop that is over began. */
async function stopOf(page: Page): Promise<string> {
  const stops = page.locator('tr[data-stop]');
  await expect.poll(() => stops.count(), soon).toBeGreaterThan(1);
  return String(await stops.nth(1).getAttribute('data-stop'));
}
