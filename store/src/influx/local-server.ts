import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError, type Log } from '@benchline/model';
import { z } from 'zod';

/** An InfluxDB 1.x that runs as a child of this process. */
export interface LocalInflux {
  url: string;
  port: number;
  pid: number;
  /** Resolves with what ended it once the process is gone. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ends it in order (SIGTERM, after 10 s SIGKILL). */
  stop(): Promise<void>;
  /** Ends it as a power cut would (SIGKILL). */
  kill(): Promise<void>;
}

export interface LocalInfluxOptions {
  /** Where the server keeps its data and its configuration; made if missing. */
  dataDir: string;
  /** Port on 127.0.0.1; a free one unless given. */
  port?: number;
  log?: Log;
}

const startTimeoutMs = 30_000;
const stopTimeoutMs = 10_000;

/** The path of the `influxd` program, undefined when none is installed. */
export function findInfluxd(path = process.env['PATH'] ?? ''): string | undefined {
  const name = process.platform === 'win32' ? 'influxd.exe' : 'influxd';
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * Starts the `influxd` (1.x) found on the PATH with a data directory of its own, and waits until it answers. A
 * server that a killed process left behind on the same directory is ended first: two would destroy the data.
 * @throws BenchlineError `missing_program`, `port_busy`, `store_unavailable`.
 */
export async function startInfluxd(options: LocalInfluxOptions): Promise<LocalInflux> {
  const program = findInfluxd();
  if (!program)
    throw new BenchlineError('missing_program', 'no influxd on the PATH', {
      hint: 'apt-get install influxdb, or name a server that runs with --influx-url',
    });
  const folder = resolve(options.dataDir);
  await mkdir(folder, { recursive: true });
  await endLeftOver(folder, options.log);
  const configFile = join(folder, 'influxd.toml');
  await writeFile(configFile, configuration(folder, options.port ?? 0));
  const child = spawn(program, ['-config', configFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A Ctrl-C reaches a whole process group: the server has to outlive those who still write to it.
    detached: process.platform !== 'win32',
  });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const exited = new Promise<Awaited<LocalInflux['exited']>>((done) => {
    child.once('error', () => done({ code: null, signal: null }));
    child.once('exit', (code, signal) => done({ code, signal }));
  }).finally(() => process.off('exit', endWithUs));
  try {
    const url = await listening(child, options.port);
    const pid = child.pid ?? 0;
    await writeFile(noteFile(folder), JSON.stringify({ pid, url }));
    options.log?.info({ url, pid }, 'influxd is up');
    return {
      url,
      pid,
      port: Number(new URL(url).port),
      exited,
      stop: () => end(child, exited, folder),
      kill: async () => {
        child.kill('SIGKILL');
        await exited;
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    throw error;
  }
}

async function end(child: ChildProcess, exited: Promise<unknown>, folder: string): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(timer);
  await rm(noteFile(folder), { force: true });
}

/** Reads the address from the child's own log: what answers there cannot be another program's server. */
function listening(child: ChildProcess, port: number | undefined): Promise<string> {
  return new Promise((done, fail) => {
    const said: string[] = [];
    const giveUp = (why: string) => {
      clearTimeout(timer);
      fail(startFailure(why, said, port));
    };
    const timer = setTimeout(
      () => giveUp(`influxd did not listen within ${startTimeoutMs} ms`),
      startTimeoutMs,
    );
    const read = (line: string) => {
      said.splice(0, Math.max(0, said.length - 20));
      said.push(line);
      const address = /"Listening on HTTP".*"addr":"([^"]+)"/.exec(line)?.[1];
      if (!address) return;
      clearTimeout(timer);
      done(`http://${address}`);
    };
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on('line', read);
    child.once('error', (error) => giveUp(`influxd could not be started: ${error.message}`));
    child.once('close', (code) => giveUp(`influxd ended with code ${code} before it listened`));
  });
}

function startFailure(why: string, said: readonly string[], port: number | undefined): BenchlineError {
  if (said.some((line) => line.includes('address already in use')))
    return new BenchlineError('port_busy', `port ${port} is in use, influxd cannot listen there`, {
      hint: 'choose another port, or none to get a free one',
    });
  return new BenchlineError('store_unavailable', `${why}: ${said.slice(-3).join(' | ')}`, {
    hint: 'InfluxDB 1.x is needed here; name a 2.x server with --influx-url',
  });
}

const Note = z.object({ pid: z.int().positive(), url: z.url() });
const noteFile = (folder: string) => join(folder, 'influxd.json');

async function endLeftOver(folder: string, log: Log | undefined): Promise<void> {
  const text = await readFile(noteFile(folder), 'utf8').catch(() => undefined);
  const note = text === undefined ? undefined : Note.safeParse(parseJson(text)).data;
  // Both have to hold, so that a process that merely got the same id later is left alone.
  if (note && isAlive(note.pid) && (await answersAsInflux(note.url))) {
    log?.warn({ pid: note.pid }, 'ending an influxd that was left over on this data directory');
    process.kill(note.pid, 'SIGTERM');
    for (let waited = 0; isAlive(note.pid) && waited < stopTimeoutMs; waited += 50) await sleep(50);
    if (isAlive(note.pid)) process.kill(note.pid, 'SIGKILL');
  }
  await rm(noteFile(folder), { force: true });
}

async function answersAsInflux(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/ping', url), { signal: AbortSignal.timeout(2000) });
    return response.headers.has('x-influxdb-version');
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Loopback only and no telemetry; `tsi1` keeps the index of series on disk instead of in memory. */
function configuration(folder: string, port: number): string {
  const path = (name: string) => JSON.stringify(join(folder, name));
  return `reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
dir = ${path('meta')}
[data]
dir = ${path('data')}
wal-dir = ${path('wal')}
index-version = "tsi1"
query-log-enabled = false
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:${port}"
log-enabled = false
[continuous_queries]
enabled = false
[logging]
format = "json"
`;
}
