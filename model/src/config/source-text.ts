import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import { BenchlineError, describeError } from '../error.ts';
import type { Path } from './path.ts';

/** A YAML or JSON text (JSON is read as the YAML 1.2 that it is) that knows where each value stands. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  readonly data: unknown;
  /** Line and column, from 1, of a key or value; of the nearest parent when it is missing. */
  position(path: Path, at: 'key' | 'value'): { line: number; column: number };
}

/** @throws BenchlineError `config_invalid` with every syntax error. */
export function readSourceText(text: string, file: string): SourceText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0)
    throw new BenchlineError(
      'config_invalid',
      faults
        .map(({ pos, message }) => {
          const { line, col } = lines.linePos(pos[0]);
          return `${file}:${line}:${col} ${message} → mend the YAML here: indentation, quotes or a doubled key`;
        })
        .join('\n'),
    );
  return {
    file,
    text,
    data: dataOf(document, file),
    position(path, at) {
      const offset = offsetOf(document.contents, path, at);
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(1, line), column: Math.max(1, col) };
    },
  };

  function offsetOf(root: Node | null, path: Path, at: 'key' | 'value'): number {
    let node: unknown = root;
    let offset = startOf(root) ?? 0;
    for (const [depth, part] of path.entries()) {
      if (isAlias(node)) node = node.resolve(document);
      const last = depth === path.length - 1;
      const pair = isMap(node) ? node.items.find((item) => keyOf(item) === String(part)) : undefined;
      const next = pair ? pair.value : isSeq(node) ? node.items[Number(part)] : undefined;
      if (!pair && next === undefined) return offset;
      const keyOffset = pair && startOf(pair.key);
      const target = last && at === 'key' ? keyOffset : (startOf(next) ?? keyOffset);
      offset = target ?? offset;
      node = next;
    }
    return offset;
  }
}

function dataOf(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    const message = describeError(cause);
    const todo = message.startsWith('Unresolved alias')
      ? 'put a text that begins with * in quotes, or define &name above'
      : 'use fewer aliases (*name)';
    throw new BenchlineError('config_invalid', `${file}:1:1 ${message} → ${todo}`, { cause });
  }
}

function keyOf(pair: Pair): string {
  return String(isScalar(pair.key) ? pair.key.value : pair.key);
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | null | undefined)?.range?.[0];
}
