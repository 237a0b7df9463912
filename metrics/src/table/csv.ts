import type { Cell } from './table.ts';

/** Spreadsheet programs take a file without it for one in a code page of their own. */
const byteOrderMark = '\uFEFF';

/** A table as CSV (RFC 4180) in UTF-8: CRLF, decimal point, empty for what is absent. */
export async function* csvText(rows: AsyncIterable<readonly Cell[]>): AsyncGenerator<string> {
  let before = byteOrderMark;
  for await (const row of rows) {
    yield `${before}${row.map(field).join(',')}\r\n`;
    before = '';
  }
}

function field(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  // What a spreadsheet would take for a formula is shown as the text that it is (CWE-1236); Chinese input
  // methods write the same signs in full width.
  const text = /^[=+\-@＝＋－＠\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
