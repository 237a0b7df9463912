import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError, type Command, type CommandInput, describeError, systemCode } from '@benchline/model';
import { listItems, type Note, readItem, readNote } from '../resubmit/items.ts';
import { draftOf, found, repaired } from '../resubmit/repair.ts';
import { requestFile, writeRequest } from '../resubmit/requests.ts';

/** How long an ingest may take to answer a request. */
const answer_ms = 10_000;

const actions = ['list', 'show', 'repair', 'resubmit'] as const;

type Values = CommandInput['values'];

export const quarantine: Command = {
  summary: 'look at what ingest did not let in, repair it and give it in again',
  usage: 'list|show|repair|resubmit [DIGEST] --data DIR …',
  positionals: ['list|show|repair|resubmit', '[DIGEST]'],
  options: {
    data: { type: 'string', value: 'DIR', required: true, help: 'the data_dir of an ingest' },
    json: { type: 'boolean', help: 'list, show: print JSON' },
    out: { type: 'string', value: 'FILE', help: 'repair: write what can be read as a batch to edit' },
    file: {
      type: 'string',
      value: 'FILE',
      help: 'repair: check this batch; resubmit: give in this one instead of the bytes',
    },
    reason: { type: 'string', value: 'TEXT', help: 'resubmit: why; it goes into the ledger with your name' },
  },
  async run({ values, positionals: [action, digest], signal }) {
    if (!actions.some((known) => known === action))
      throw new BenchlineError('usage', `'${action}' is nothing to do with the quarantine`, {
        hint: 'write list, show, repair or resubmit',
      });
    const folder = join(String(values['data']), 'quarantine');
    if (action === 'list') return await list(folder, values);
    if (digest === undefined)
      throw new BenchlineError('usage', 'which piece?', {
        hint: `benchline quarantine ${action} DIGEST --data DIR; list shows them`,
      });
    if (action === 'show') return await show(folder, digest, values);
    if (action === 'repair') return await repair(folder, digest, values);
    return await resubmit(folder, digest, values, signal);
  },
};

async function list(folder: string, values: Values): Promise<number> {
  const items = await listItems(folder);
  const counts: Record<string, number> = {};
  for (const { note } of items) counts[note.reason] = (counts[note.reason] ?? 0) + 1;
  if (values['json'] === true) return print({ counts, items });
  for (const { digest, note } of items)
    process.stdout.write(
      `${digest.slice(0, 16)}  ${note.at}  ${note.reason.padEnd(17)} ${String(note.bytes).padStart(8)} B  ${outcomeOf(note)}${note.detail ?? note.topic ?? ''}\n`,
    );
  const summary = Object.entries(counts).map(([reason, count]) => `${count} ${reason}`);
  process.stdout.write(`${summary.length === 0 ? 'nothing in quarantine' : summary.join(', ')}\n`);
  return 0;
}

function outcomeOf({ resubmitted }: Note): string {
  return resubmitted ? `[${resubmitted.outcome}] ` : '';
}

async function show(folder: string, start: string, values: Values): Promise<number> {
  const { digest, note, bytes } = await readItem(folder, start);
  const json = bytes[0] === 0x7b ? parsed(bytes.toString('utf8')) : undefined;
  const what = found(bytes, json);
  if (values['json'] === true) return print({ digest, note, found: what });
  process.stdout.write(`${digest}\n${JSON.stringify(note, null, 2)}\n${JSON.stringify(what, null, 2)}\n`);
  process.stdout.write(`wrong with it: ${note.detail ?? note.reason}\n${hexDump(bytes.subarray(0, 512))}`);
  return 0;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hexDump(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const hex = row.toString('hex').replace(/../g, '$& ').padEnd(48);
    text += `${at.toString(16).padStart(6, '0')}  ${hex} ${row.toString('latin1').replace(/[^ -~]/g, '.')}\n`;
  }
  return text;
}

async function repair(folder: string, start: string, values: Values): Promise<number> {
  const { bytes } = await readItem(folder, start);
  if (values['file'] !== undefined) {
    await readRepaired(String(values['file']));
    process.stdout.write(`${String(values['file'])} can be resubmitted\n`);
    return 0;
  }
  const draft = `${JSON.stringify(draftOf(bytes), null, 2)}\n`;
  if (values['out'] === undefined) process.stdout.write(draft);
  else await writeDraft(String(values['out']), draft);
  return 0;
}

/** @throws BenchlineError `usage` when there is a file: it may be what somebody has edited. */
async function writeDraft(file: string, draft: string): Promise<void> {
  try {
    await writeFile(file, draft, { flag: 'wx' });
  } catch (cause) {
    if (systemCode(cause) !== 'EEXIST') throw cause;
    throw new BenchlineError('usage', `there is a file ${file} already`, {
      hint: 'name another one with --out, or check the one that is there with --file',
      cause,
    });
  }
}

/** @throws BenchlineError `config_invalid` that says what is wrong with each member. */
async function readRepaired(file: string): Promise<unknown> {
  try {
    const json: unknown = JSON.parse(await readFile(file, 'utf8'));
    repaired(json);
    return json;
  } catch (cause) {
    throw new BenchlineError('config_invalid', `${file} is no batch: ${describeError(cause)}`, {
      hint: 'model/docs/telemetry.md says what a batch holds; epoch, seq and prev are not wanted here',
      cause,
    });
  }
}

async function resubmit(folder: string, start: string, values: Values, signal: AbortSignal): Promise<number> {
  const { digest } = await readItem(folder, start);
  const reason = values['reason'];
  if (typeof reason !== 'string' || reason === '')
    throw new BenchlineError('usage', 'why?', {
      hint: 'add --reason TEXT; it goes into the ledger with your name',
    });
  const file = values['file'];
  const batch = file === undefined ? {} : { batch: await readRepaired(String(file)) };
  // Whoever may write into this folder is who the operating system says.
  const author = `local:${userInfo().username}`;
  await writeRequest(folder, { v: 1, digest, author, reason, ...batch });
  for (const end = Date.now() + answer_ms; Date.now() < end && !signal.aborted; ) {
    await sleep(200);
    if (existsSync(requestFile(folder, digest))) continue;
    const outcome = (await readNote(folder, digest))?.resubmitted?.outcome ?? 'no answer';
    process.stdout.write(`${outcome}\n`);
    return outcome.startsWith('refused') ? 1 : 0;
  }
  process.stdout.write('no ingest runs on this folder now; the next one that does will take it\n');
  return 0;
}

function print(value: unknown): 0 {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  return 0;
}
