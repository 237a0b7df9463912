import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { table } from '../../src/cli/table.ts';
import { readSigningKey } from '../../src/keys/keys.ts';
import { benchline } from './benchline.ts';

const folder = mkdtempSync(join(tmpdir(), 'benchline-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const examples = join(import.meta.dirname, '../../docs/examples');

describe('benchline', () => {
  it.each([['--help'], ['-h'], ['help']])('%s lists every command', async (flag) => {
    const { status, stdout, stderr } = await benchline(flag);
    expect([status, stderr]).toEqual([0, '']);
    for (const [name, { summary }] of Object.entries(table))
      expect(stdout).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  });

  it('without a command shows the same, as not understood', async () => {
    const { status, stdout } = await benchline();
    expect([status, stdout.split('\n')[2]]).toEqual([2, 'Usage: benchline COMMAND [OPTIONS]']);
  });

  it('--version says which', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
      version: string;
    };
    expect(await benchline('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    [['gatway'], "there is no command 'gatway'", 'did you mean gateway?'],
    [['constructor'], "there is no command 'constructor'", 'benchline --help lists them'],
    [['keygen', '--outt', 'x'], 'there is no option --outt', 'did you mean --out?'],
    [['keygen', '--quietly'], 'there is no option --quietly', 'benchline keygen --help shows its options'],
    [['keygen'], '--out is missing', 'add --out FILE: private key to write'],
    [['keygen', '--out'], "'--out <value>' argument missing", 'benchline keygen --help'],
    [['reference', '--check=yes'], "'--check' does not take an argument", 'benchline reference --help'],
    [['validate'], 'FILE is missing', 'benchline validate FILE'],
    [['health', '--url', 'zz'], '--url zz is no address', 'write it like http://'],
    [
      ['start', '--store', 'influx', '--influx-url', 'localhost:8086'],
      '--influx-url localhost:8086 is no address',
      'write it like http://',
    ],
    [['ledger', 'mend'], "'mend' is nothing to do with a ledger", 'write check or rebuild'],
    [['validate', 'a.yaml', 'b.yaml'], "'b.yaml' is more than this command takes", 'benchline validate FILE'],
  ])('%j is not understood, and says what to write', async (args, message, hint) => {
    const { status, stdout, stderr } = await benchline(...args);
    expect([status, stdout]).toEqual([2, '']);
    const [first, second] = stderr.split('\n');
    expect(first).toContain(`benchline ${args[0]}: `);
    expect(first).toContain(message);
    expect(second).toContain(`→ ${hint}`);
    expect(stderr).not.toMatch(/\n +at /);
  });

  it('COMMAND --help shows its options', async () => {
    const { status, stdout } = await benchline('keygen', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('Usage: benchline keygen --out FILE');
    expect(stdout).toMatch(/--out FILE {2}.*\(required\)/);
  });
});

describe('benchline validate', () => {
  it('says what a good file holds', async () => {
    const { status, stdout } = await benchline('validate', join(examples, 'plant-full.yaml'));
    expect(status).toBe(0);
    for (const row of [/sites +1$/m, /lines +2$/m, /machines +2$/m, /meters +1$/m, /processes +2$/m])
      expect(stdout).toMatch(row);
  });

  it('fails with every problem of a bad one', async () => {
    const file = join(folder, 'plant.yaml');
    const good = readFileSync(join(examples, 'plant-minimal.yaml'), 'utf8');
    writeFileSync(
      file,
      good.replace('calendar: day', 'calender: day').replace('product: shaft', 'product: shft'),
    );
    const { status, stdout, stderr } = await benchline('validate', file);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      `\n${file}:9:7 enterprise.sites[0].calender: is not a key that belongs here → did you mean 'calendar'?`,
    );
    expect(stderr).toMatch(/plant\.yaml:17:\d+ .*there is no product 'shft' → did you mean 'shaft'\?/);
  });

  it('fails for a file that is not there', async () => {
    const { status, stderr } = await benchline('validate', join(folder, 'none.yaml'));
    expect(status).toBe(1);
    expect(stderr).toContain(join(folder, 'none.yaml'));
  });
});

describe('benchline keygen', () => {
  it('makes a pair and names it, but never a second one in its place', async () => {
    const file = join(folder, 'keys/gateway-1.key');
    const { status, stdout } = await benchline('keygen', '--out', file);
    expect(status).toBe(0);
    expect(stdout).toContain(readSigningKey(file).id);
    expect(stdout).not.toContain('PRIVATE');
    const again = await benchline('keygen', '--out', file);
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('exists')]);
  });
});
