import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { baseOffsetVariable, Tamper } from '../../src/faults/tools/tamper.ts';

const run = promisify(execFile);

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'benchline-tamper-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a script in a tampered process of its own and returns what it prints as JSON. */
async function tampered(tamper: Tamper, folder: string, script: string): Promise<unknown> {
  const file = join(folder, 'script.mjs');
  writeFileSync(file, script);
  const { stdout } = await run(process.execPath, [file, folder], {
    env: { ...process.env, ...tamper.environment },
  });
  return JSON.parse(stdout);
}

it('moves the wall clock and leaves the monotonic one', async () => {
  const folder = temporaryFolder();
  const tamper = new Tamper(folder, 'service');
  await tamper.setClock(3_600_000);
  const before = Date.now();
  const said = (await tampered(
    tamper,
    folder,
    `const date = new Date();
     console.log(JSON.stringify({
       now: Date.now(), date: date.getTime(), isDate: date instanceof Date, fixed: new Date(5).getTime(),
       text: Date.parse(Date()), uptime_s: performance.now() / 1000,
     }));`,
  )) as Record<string, number>;
  for (const name of ['now', 'date']) {
    expect(said[name]).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(said[name]).toBeLessThanOrEqual(Date.now() + 3_600_000);
  }
  expect(said).toMatchObject({ isDate: true, fixed: 5 });
  expect(said['text']).toBeGreaterThan(before + 3_500_000);
  expect(said['uptime_s']).toBeLessThan(600);
});

it('changes local time, and changes nothing without a file', async () => {
  const folder = temporaryFolder();
  const tamper = new Tamper(folder, 'service');
  await tamper.setTimeZone('Etc/GMT-9');
  const script = 'console.log(new Date().getTimezoneOffset());';
  expect(await tampered(tamper, folder, script)).toBe(-540);
  await tamper.end();
  expect(await tampered(tamper, folder, script)).toBe(new Date().getTimezoneOffset());
});

it('lets the disk fail under a folder, leaving half of what was written, and nowhere else', async () => {
  const folder = temporaryFolder();
  const tamper = new Tamper(folder, 'service');
  await tamper.failDisk({ folder: join(folder, 'bad'), code: 'EIO', operations: ['write', 'sync'] });
  const said = await tampered(
    tamper,
    folder,
    `import { open, readFile, writeFile } from 'node:fs/promises';
     import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
     const folder = process.argv[2];
     const code = (work) => work.then(() => 'fine', (error) => error.code);
     const attempt = (work) => { try { work(); return 'fine'; } catch (error) { return error.code; } };
     const made = attempt(() => mkdirSync(folder + '/bad'));
     const handle = await open(folder + '/bad/file', 'w').then(() => 'fine', (error) => error.code);
     const good = await open(folder + '/good', 'w');
     console.log(JSON.stringify({
       made, handle,
       atomically: await code(writeFile(folder + '/bad/x', 'x')),
       sync: attempt(() => writeFileSync(folder + '/bad/y', 'y')),
       good: await code(good.writev([Buffer.from('abcd')], 0)),
       text: await readFile(folder + '/good', 'utf8'),
     }));`,
  );
  expect(said).toEqual({
    made: 'fine',
    handle: 'fine',
    atomically: 'EIO',
    sync: 'EIO',
    good: 'fine',
    text: 'abcd',
  });
});

it('leaves half of a failing write in an open file', async () => {
  const folder = temporaryFolder();
  const tamper = new Tamper(folder, 'service');
  const control = join(folder, 'tamper', 'service.json');
  const said = await tampered(
    tamper,
    folder,
    `import { mkdirSync, writeFileSync } from 'node:fs';
     import { open, readFile } from 'node:fs/promises';
     import { setTimeout as sleep } from 'node:timers/promises';
     const file = process.argv[2] + '/journal';
     const handle = await open(file, 'w');
     await handle.writev([Buffer.from('whole.')], 0);
     mkdirSync(process.argv[2] + '/tamper');
     writeFileSync(${JSON.stringify(control)}, JSON.stringify({
       clock_offset_ms: 0, disk: [{ folder: file, code: 'EIO', operations: ['write', 'sync'] }],
     }));
     await sleep(300);
     const errors = [];
     await handle.writev([Buffer.from('ab'), Buffer.from('cd')], 6).catch((error) => errors.push(error.code));
     await handle.datasync().catch((error) => errors.push(error.code));
     console.log(JSON.stringify({ errors, text: await readFile(file, 'utf8') }));`,
  );
  expect(said).toEqual({ errors: ['EIO', 'EIO'], text: 'whole.ab' });
});

it('moves the clock from the start on, for children too', async () => {
  const folder = temporaryFolder();
  const script = `import { execFileSync } from 'node:child_process';
     const child = process.argv[3] ? undefined : execFileSync(process.execPath, [...process.argv.slice(1), 'child']);
     console.log(child ? String(child) : new Date().toISOString().slice(0, 15));`;
  const file = join(folder, 'script.mjs');
  writeFileSync(file, script);
  const offset_ms = Date.parse('2027-03-28T00:55:00Z') - Date.now();
  const { stdout } = await run(process.execPath, [file, folder], {
    env: {
      ...process.env,
      ...new Tamper(folder, 'service').environment,
      [baseOffsetVariable]: String(offset_ms),
    },
  });
  expect(stdout.trim()).toBe('2027-03-28T00:5');
});
