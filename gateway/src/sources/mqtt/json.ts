import { BenchlineError } from '@benchline/model';

/** JSON as devices send it; integers beyond 2⁵³ come as bigint, so that none loses a digit. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonValue[]
  | { [key: string]: JsonValue };

const maxBytes = 1024 * 1024;
const maxDepth = 64;

/** @throws BenchlineError `bad_request` for what is no JSON, larger than 1 MiB or nested deeper than 64. */
export function parseJson(bytes: Uint8Array): JsonValue {
  if (bytes.length > maxBytes)
    throw new BenchlineError(
      'bad_request',
      `a message of ${bytes.length} bytes; at most ${maxBytes} are read`,
      {
        hint: 'have the device send less in one message',
      },
    );
  const text = decode(bytes);
  if (depthOf(text) > maxDepth)
    throw new BenchlineError('bad_request', `a message that nests deeper than ${maxDepth}`, {
      hint: 'have the device send flatter JSON',
    });
  try {
    return JSON.parse(text, withoutLoss) as JsonValue;
  } catch (cause) {
    throw noJson(cause);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw noJson(cause);
  }
}

function noJson(cause: unknown): BenchlineError {
  return new BenchlineError('bad_request', 'a message that is no JSON', {
    hint: 'have the device send one JSON text in UTF-8 as each message, or name the topic on which it does',
    cause,
  });
}

/** `context.source` is the number as it stands in the text (ECMAScript 2026, JSON.parse source text access). */
function withoutLoss(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d{1,20}$/.test(source) ? BigInt(source) : value;
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (quoted) {
      if (char === '\\') i += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '{' || char === '[') deepest = Math.max(deepest, (depth += 1));
    else if (char === '}' || char === ']') depth -= 1;
  }
  return deepest;
}

/** What a JSON pointer (RFC 6901) names in a document; undefined where there is nothing. */
export function pointTo(document: JsonValue, pointer: string): JsonValue | undefined {
  let here: JsonValue | undefined = document;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(here)) here = /^(0|[1-9]\d*)$/.test(key) ? here[Number(key)] : undefined;
    else if (typeof here === 'object' && here !== null)
      here = Object.hasOwn(here, key) ? here[key] : undefined;
    else return undefined;
  }
  return here;
}
