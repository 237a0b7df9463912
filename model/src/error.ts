/**
 * An error that a person or a program can act on: a low-cardinality `code` to count by, a message that
 * states the fact, and a `hint` that says what to do next. Whether and when to retry is the supervisor's
 * decision; `retryable` only says whether a retry can help.
 */
export class BenchlineError extends Error {
  override readonly name = 'BenchlineError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  /** Seconds after which the other side said to try again. */
  readonly retry_after_s: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string; retryable?: boolean; retry_after_s?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.retry_after_s = options.retry_after_s;
  }
}

/** Every code that a log line, a counter or an API problem may carry. */
export const errorCodes = {
  config_invalid: 'a configuration or plant file does not fit its schema',
  plant_invalid: 'a plant file contradicts itself (unknown reference, duplicate id)',
  usage: 'a command line that the program does not understand',
  port_busy: 'another program already listens on a port',
  missing_program: 'a program that has to be installed first was not found',
  not_authorized: 'the principal may not do this',
  not_found: 'there is no such thing',
  too_many_readers: 'as many streams are being read as the configuration allows',
  bad_request: 'a request that does not fit its schema',
  signature_invalid: 'a signature does not verify with the expected key',
  key_unknown: 'a message is signed with a key that nobody told us to trust',
  batch_malformed: 'a message is not a batch of this contract',
  batch_forked: 'a sequence number came a second time with other content',
  journal_corrupt: 'a journal segment does not read back as it was written',
  journal_full: 'a journal has reached its bound',
  folder_locked: 'another process has a data folder open',
  journal_unwritable: 'the disk of a journal answers a write with an error',
  ledger_diverged: 'a reader of the feed has read another ledger than this one, or more than it holds',
  publication_behind: 'figures to be published rest on less than what the ledger holds as published',
  entry_conflict: 'an entry contradicts one that is there, or takes its id',
  ledger_retired: 'records were deleted by the retention of the ledger',
  store_unavailable: 'the telemetry store does not answer or refuses',
  store_rejected: 'the telemetry store refused a record for what it contains',
  source_unavailable: 'a machine, controller or broker cannot be reached',
  certificate_untrusted: 'a server shows a certificate that nobody has accepted',
  value_unrepresentable: 'a value that the contract cannot carry (NaN, infinity, outside int64)',
} as const;
export type ErrorCode = keyof typeof errorCodes;

/** What the operating system or Node calls an error, such as ENOENT; undefined of any other thrown value. */
export function systemCode(error: unknown): string | undefined {
  if (error instanceof BenchlineError || !(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The text a person sees for any thrown value: message, then what to do. Never a stack. */
export function describeError(error: unknown): string {
  if (error instanceof BenchlineError)
    return error.hint ? `${error.message}\n  → ${error.hint}` : error.message;
  return error instanceof Error ? error.message : String(error);
}
