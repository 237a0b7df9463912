import { suggestion } from '../config/problem.ts';
import { BenchlineError } from '../error.ts';
import { type Asset, linesOf, type PlantIndex, signalsOf } from '../plant/index-of.ts';
import { scrapCausesOf, stopReasonsOf } from '../plant/reasons.ts';
import { isoFromNs, type Nanoseconds, nsPerDay, nsPerMinute } from '../time.ts';
import { type Entry, timeOfKind } from './entry.ts';
import { declaredInputs, type ItemQuality, type Statement } from './statement.ts';

/** What an entry can be about: one asset, or everything below a scope path. */
export interface Subject {
  /** As entries name it: the id of an asset, or a scope path. */
  name: string;
  /** The scope path, for grants. */
  scope: string;
  asset?: Asset;
}

/**
 * What a subject names: the id of a machine or meter, or a scope path (that of an asset stands for the asset).
 * Undefined for what the plant does not have.
 */
export function subjectOf(plant: PlantIndex, text: string): Subject | undefined {
  const parts = text.split('/');
  const asset = plant.assets.get(parts.at(-1) ?? '');
  if (asset && (parts.length === 1 || parts.length === 5)) {
    const { enterprise, site, area, line } = asset.location;
    const scope = [enterprise, site, area, line, asset.id].join('/');
    return parts.length === 1 || scope === text ? { name: asset.id, scope, asset } : undefined;
  }
  return scopePaths(plant).has(text) ? { name: text, scope: text } : undefined;
}

function scopePaths({ plant }: PlantIndex): Set<string> {
  const paths = new Set([plant.enterprise.id]);
  for (const { site, area, line } of linesOf(plant)) {
    const below = [plant.enterprise.id, site.id, area.id, line.id];
    for (let length = 2; length <= below.length; length += 1) paths.add(below.slice(0, length).join('/'));
  }
  return paths;
}

type Said = Pick<Entry, 'from_ns' | 'to_ns' | 'statement' | 'supersedes'>;

/** No shift is entered later, and none longer, than that. */
const longestStretch_ns: Nanoseconds = 400n * nsPerDay;
/** Clocks of whoever enters and of ingest may differ. */
const ahead_ns: Nanoseconds = nsPerMinute;

/**
 * Checks what is stated against the plant, where it comes in.
 * @param now_ns nothing but orders, inputs and their ends can be stated of the future.
 * @throws BenchlineError `bad_request` saying what does not fit and what to write instead.
 */
export function assertEntryFits(plant: PlantIndex, subject: Subject, said: Said, now_ns: Nanoseconds): void {
  checkTime(said, now_ns);
  const { statement } = said;
  if (statement.kind === 'withdrawal' && said.supersedes === undefined)
    throw wrong('a withdrawal names what it withdraws', 'put the id of that entry into supersedes');
  if (subject.asset) checkOfAsset(plant, subject.asset, statement);
  else checkOfScope(plant, subject, statement);
}

function checkTime({ from_ns, to_ns, statement: { kind } }: Said, now_ns: Nanoseconds): void {
  const time = timeOfKind[kind];
  if (time === 'instant' && to_ns !== undefined)
    throw wrong(`'${kind}' speaks of an instant`, 'leave `to` out');
  if (time === 'stretch' && to_ns === undefined)
    throw wrong(`'${kind}' speaks of a stretch of time`, 'say with `to` when it ends');
  if (to_ns !== undefined && to_ns <= from_ns)
    throw wrong(`the stretch ends at ${isoFromNs(to_ns)}, not after it begins`, 'exchange `from` and `to`');
  if (to_ns !== undefined && to_ns - from_ns > longestStretch_ns)
    throw wrong('the stretch is longer than 400 days', 'enter shorter ones');
  const last = kind === 'declared_input' || kind === 'order' ? from_ns : (to_ns ?? from_ns);
  if (last > now_ns + ahead_ns)
    throw wrong(`${isoFromNs(last)} is yet to come`, 'state what has been, when it has been');
}

function checkOfAsset(plant: PlantIndex, asset: Asset, statement: Statement): void {
  switch (statement.kind) {
    case 'order':
      assertMachine(asset, statement.kind);
      return assertKnown('product', statement.product, [...plant.products.keys()]);
    case 'order_end':
      return assertMachine(asset, statement.kind);
    case 'stop_reason':
      assertStates(asset);
      return assertKnown('stop reason', statement.reason_code, idsOf(stopReasonsOf(plant.plant)));
    case 'state':
      assertStates(asset);
      if (statement.reason_code === undefined) return undefined;
      return assertKnown('stop reason', statement.reason_code, idsOf(stopReasonsOf(plant.plant)));
    case 'count_correction':
      if (!(statement.good || statement.scrap || statement.rework))
        throw wrong('a correction of nothing', 'say how many good, scrap or rework items to add');
      assertCause(plant, statement.cause);
      return assertCounts(asset, statement.good === undefined ? [] : ['good']);
    case 'reclassify':
      if (statement.from === statement.to)
        throw wrong(`items are '${statement.from}' before and after`, 'name two different qualities');
      assertCause(plant, statement.cause);
      return assertCounts(asset, [statement.from, statement.to]);
    case 'scrap_cause':
      assertCause(plant, statement.cause);
      return assertCounts(asset, ['scrap']);
    case 'register_exchange':
    case 'register_reading':
      return assertSignal(asset, statement.signal, 'count', 'energy');
    case 'inspection':
      return checkInspection(plant, asset, statement);
    case 'measurement':
      return assertSignal(asset, statement.characteristic, 'characteristic');
    case 'declared_input':
      return checkInput(statement);
    case 'acknowledgement':
    case 'withdrawal':
      return undefined;
  }
}

function checkOfScope(plant: PlantIndex, { name }: Subject, statement: Statement): void {
  switch (statement.kind) {
    case 'inspection':
      return checkInspection(plant, undefined, statement);
    case 'declared_input':
      return checkInput(statement);
    case 'acknowledgement':
    case 'withdrawal':
      return undefined;
    default:
      throw wrong(
        `'${statement.kind}' is said of a machine, and ${name} is none`,
        'name a machine as subject',
      );
  }
}

function checkInspection(
  plant: PlantIndex,
  asset: Asset | undefined,
  { process, characteristic, submitted, passed, defects }: Extract<Statement, { kind: 'inspection' }>,
): void {
  if ((process === undefined) === (characteristic === undefined))
    throw wrong('an inspection is of a process or of a characteristic', 'name one of the two');
  if (passed > submitted)
    throw wrong(`${passed} of ${submitted} items cannot have passed`, 'say how many were submitted');
  if (process !== undefined) assertKnown('process', process, idsOf(plant.plant.processes));
  if (characteristic !== undefined) {
    if (!asset) throw wrong('a characteristic is one of a machine', 'name a machine as subject');
    assertSignal(asset, characteristic, 'characteristic');
  }
  for (const { code } of defects) assertCause(plant, code);
}

function checkInput({ input, unit }: Extract<Statement, { kind: 'declared_input' }>): void {
  const wanted = declaredInputs[input].unit;
  if (unit !== wanted) throw wrong(`'${input}' is not declared in ${unit}`, `convert it to ${wanted}`);
}

function assertMachine({ id, kind }: Asset, said: string): void {
  if (kind !== 'machine') throw wrong(`${id} is a meter and has no ${said}`, 'name a machine as subject');
}

function assertStates(asset: Asset): void {
  if (asset.kind === 'machine' && signalsOf(asset, 'state').length > 0) return;
  throw wrong(
    `${asset.id} has no states`,
    'give its machine type a state signal; nothing needs to be connected to it',
  );
}

/** Which qualities a machine's counters can tell apart is the plant file's matter: figures must not depend on entries. */
function assertCounts(asset: Asset, needed: readonly ItemQuality[]): void {
  const roles = signalsOf(asset, 'count').map(([, { role }]) => role);
  const items = roles.includes('total') || roles.includes('good');
  const told = roles.length > 1;
  if (items && (told || needed.every((quality) => (roles as string[]).includes(quality)))) return;
  throw wrong(
    `${asset.id} does not count ${needed.length > 0 ? needed.join(' and ') : 'items'}`,
    'give its machine type count signals with these roles; nothing needs to be connected to them',
  );
}

function assertSignal(asset: Asset, id: string, ...kinds: ('count' | 'energy' | 'characteristic')[]): void {
  const known = kinds.flatMap((kind) => signalsOf(asset, kind).map(([name]) => name));
  assertKnown(`${kinds.join(' or ')} signal of ${asset.id}`, id, known);
}

function assertCause(plant: PlantIndex, cause: string | undefined): void {
  if (cause !== undefined) assertKnown('scrap cause', cause, idsOf(scrapCausesOf(plant.plant)));
}

function assertKnown(what: string, id: string, known: readonly string[]): void {
  if (known.includes(id)) return;
  throw wrong(`there is no ${what} '${id}'`, suggestion(id, known, 'take one that /api/v1/plant lists'));
}

function idsOf(named: readonly { id: string }[]): string[] {
  return named.map(({ id }) => id);
}

function wrong(message: string, hint: string): BenchlineError {
  return new BenchlineError('bad_request', message, { hint });
}
