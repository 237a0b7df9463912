import type { Statement } from '@benchline/model';

/** For how many items an entry names the cause of their being scrap or rework; undefined for one that names none. */
export function namedCause(statement: Statement): { cause: string; items: number } | undefined {
  const { cause, items } = causeOf(statement);
  return cause === undefined || items === 0 ? undefined : { cause, items };
}

function causeOf(statement: Statement): { cause?: string | undefined; items: number } {
  switch (statement.kind) {
    case 'scrap_cause':
      return statement;
    case 'count_correction':
      return { cause: statement.cause, items: (statement.scrap ?? 0) + (statement.rework ?? 0) };
    case 'reclassify':
      // From good, items become defects; between scrap and rework, a cause is named for defects that were counted.
      return { cause: statement.cause, items: statement.to === 'good' ? 0 : statement.items };
    default:
      return { items: 0 };
  }
}
