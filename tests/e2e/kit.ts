import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Box, type BoxOptions, type SimulatorSpec, startBox } from '@benchline/simulators/box';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

const program = repository('model/bin/benchline.ts');

/** A path of the repository. */
export function repository(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** Has something done once that is over which it is for. */
type AtEnd = (act: () => void | Promise<void>) => void;

/** A folder that is gone when the test is over; tests that run side by side say which is `finished`. */
export function temporaryFolder(finished: AtEnd = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'benchline-e2e-'));
  finished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The demonstration with a short history, so that a test has live machines within seconds. */
const briskSimulators: readonly SimulatorSpec[] = [
  { name: 'mill', speaks: 'opcua', args: ['mill', '--loop'] },
  { name: 'line', speaks: 'opcua', args: ['line', '--seed', '7', '--history', '1h', '--catch-up', '5s'] },
  { name: 'plc', speaks: 'mqtt', args: ['plc', '--seed', '7', '--history', '1h', '--catch-up', '5s'] },
  { name: 'meter', speaks: 'mqtt', args: ['meter', '--history', '24h', '--catch-up', '5s'] },
];

/** Starts a box on free ports that is stopped when the test is over, as with `temporaryFolder`. */
export async function testBox(
  options: Partial<BoxOptions> = {},
  finished: AtEnd = onTestFinished,
): Promise<Box> {
  const box = await startBox({
    folder: temporaryFolder(finished),
    port: 0,
    store: { kind: 'embedded' },
    simulators: briskSimulators,
    ...options,
  });
  finished(box.stop);
  return box;
}

/** Runs `benchline ARGS` to its end, as a person would; `environment` is added to the own one. */
export async function benchline(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...output };
}

/** Flags under which Chromium asks nobody outside this computer for anything. */
const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser, where a Chromium is installed. */
export async function openBrowser(finished: AtEnd): Promise<Browser | undefined> {
  const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome');
  if (!executablePath) return undefined;
  const browser = await chromium.launch({ executablePath, args: browserFlags });
  finished(async () => await browser.close());
  return browser;
}

export const noBrowser = 'no Chromium is installed: apt-get install chromium';

/** A page on which no error may happen as long as the test runs. */
export async function faultlessPage(
  browser: Browser,
  viewport: { width: number; height: number },
): Promise<Page> {
  const page = await browser.newPage({ viewport });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  onTestFinished(async () => {
    await page.close();
    expect(errors).toEqual([]);
  });
  return page;
}

/** Where a program is installed, if it is. */
export function findProgram(...names: string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}
