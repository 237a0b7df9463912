/**
 * Runs inside a service, before its own code (`--import`), and makes its clock wrong and its disk fail as the file
 * named by `BENCHLINE_TAMPER` says, at which it looks twenty times a second. `BENCHLINE_CLOCK_OFFSET_MS` moves the
 * clock from the start to the end. It imports nothing but Node's own modules, so that a service starts as fast with it
 * as without.
 *
 * The disk fails where Node hands a call to the system: a failing write leaves half of its bytes behind, as a disk
 * may, and a failing sync leaves open what is durable.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { DiskFailure, Tampering } from './tamper.ts';

const lookEveryMs = 50;
const file = process.env['BENCHLINE_TAMPER'] ?? '';
const usualZone = process.env['TZ'] ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
const { promises, readFileSync } = fs;
let tampering: Tampering = { clock_offset_ms: 0, disk: [] };

function look(): void {
  try {
    tampering = JSON.parse(readFileSync(file, 'utf8')) as Tampering;
  } catch {
    // No file, no tampering. It is replaced by renaming: there is never half of one.
    tampering = { clock_offset_ms: 0, disk: [] };
  }
  const zone = tampering.time_zone ?? usualZone;
  // Node reads its own environment again when this is set.
  if (process.env['TZ'] !== zone) process.env['TZ'] = zone;
}

look();
setInterval(look, lookEveryMs).unref();

const RealDate = Date;
const base_offset_ms = Number(process.env['BENCHLINE_CLOCK_OFFSET_MS'] ?? 0);
const now = () => Math.floor(RealDate.now() + base_offset_ms + tampering.clock_offset_ms);

globalThis.Date = new Proxy(RealDate, {
  get: (target, key, receiver) => (key === 'now' ? now : (Reflect.get(target, key, receiver) as unknown)),
  apply: () => new RealDate(now()).toString(),
  construct: (target, args: unknown[], caller) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, caller) as Date,
});

type Operation = DiskFailure['operations'][number];

/** The error that the system would answer for a path, if the disk is to fail there now. */
function failure(path: unknown, operation: Operation): NodeJS.ErrnoException | undefined {
  if (typeof path !== 'string' || tampering.disk.length === 0) return undefined;
  const found = tampering.disk.find(
    ({ folder, operations }) =>
      operations.includes(operation) && (path === folder || path.startsWith(`${folder}/`)),
  );
  return found && Object.assign(new Error(`${found.code}: ${operation} '${path}'`), { code: found.code });
}

type Call = (this: object, ...args: unknown[]) => unknown;

/** Puts a check before a function; `half` does what a failing call still does before it fails. */
function guard(
  owner: object,
  name: string,
  operation: Operation,
  pathOf: (self: object, args: readonly unknown[]) => unknown,
  half?: (real: Call, self: object, args: readonly unknown[]) => Promise<unknown>,
): void {
  const methods = owner as Record<string, Call>;
  const real = methods[name];
  if (!real) throw new Error(`this Node has no ${name}`);
  methods[name] = function guarded(this: object, ...args: unknown[]) {
    const error = failure(pathOf(this, args), operation);
    if (!error) return real.apply(this, args);
    if (name.endsWith('Sync')) throw error;
    const partly = half ? half(real, this, args).catch(() => {}) : Promise.resolve();
    return partly.then(() => Promise.reject(error));
  };
}

/** Which file a handle stands for. */
const paths = new WeakMap<object, string>();
const open = promises.open;
promises.open = async (...args: Parameters<typeof open>) => {
  const [path, flags] = args;
  const error = flags === undefined || flags === 'r' ? failure(path, 'read') : failure(path, 'open');
  if (error) throw error;
  const handle = await open(...args);
  paths.set(handle, String(path));
  return handle;
};

const probe = await open(import.meta.filename, 'r');
const handles = Object.getPrototypeOf(probe) as object;
await probe.close();
const ofHandle = (self: object) => paths.get(self);
const first = (_self: object, [path]: readonly unknown[]) => path;

guard(handles, 'writev', 'write', ofHandle, async (real, self, [buffers, position]) => {
  const whole = Buffer.concat(buffers as Uint8Array[]);
  return await real.call(self, [whole.subarray(0, whole.length >> 1)], position);
});
for (const name of ['write', 'writeFile', 'appendFile']) guard(handles, name, 'write', ofHandle);
guard(handles, 'truncate', 'remove', ofHandle);
for (const name of ['sync', 'datasync']) guard(handles, name, 'sync', ofHandle);
for (const name of ['read', 'readv', 'readFile']) guard(handles, name, 'read', ofHandle);
for (const name of ['writeFile', 'appendFile', 'rename']) guard(promises, name, 'write', first);
for (const name of ['truncate', 'rm']) guard(promises, name, 'remove', first);
for (const name of ['writeFileSync', 'appendFileSync', 'renameSync']) guard(fs, name, 'write', first);
guard(fs, 'rmSync', 'remove', first);
guard(promises, 'readFile', 'read', first);
guard(fs, 'readFileSync', 'read', first);
syncBuiltinESMExports();
