import type { Cell } from './table.ts';
import { zipOf } from './zip.ts';

const spreadsheet = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packages = 'http://schemas.openxmlformats.org/package/2006';
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/**
 * A table as an Excel workbook (ECMA-376, transitional) with one sheet whose first row stays in view. Numbers are
 * numbers in full precision, texts stand in the cells, and what is absent has no cell.
 */
export function xlsxOf(sheet: string, rows: readonly (readonly Cell[])[]): Buffer {
  return zipOf(
    new Map([
      [
        '[Content_Types].xml',
        `${head}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
      ],
      [
        '_rels/.rels',
        `${head}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      ],
      [
        'xl/workbook.xml',
        `${head}<workbook xmlns="${spreadsheet}" xmlns:r="${relationships}"><sheets><sheet name="${escaped(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      ],
      [
        'xl/_rels/workbook.xml.rels',
        `${head}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${relationships}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      ],
      ['xl/worksheets/sheet1.xml', worksheet(rows)],
    ]),
  );
}

function worksheet(rows: readonly (readonly Cell[])[]): string {
  const pane =
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>';
  const data = rows.map(
    (row, i) => `<row r="${i + 1}">${row.map((c, j) => cell(c, j, i + 1)).join('')}</row>`,
  );
  return `${head}<worksheet xmlns="${spreadsheet}">${pane}<sheetData>${data.join('')}</sheetData></worksheet>`;
}

function cell(value: Cell, column: number, row: number): string {
  const at = `r="${columnName(column)}${row}"`;
  switch (typeof value) {
    case 'undefined':
      return '';
    case 'number':
      return `<c ${at}><v>${value}</v></c>`;
    case 'boolean':
      return `<c ${at} t="b"><v>${value ? 1 : 0}</v></c>`;
    case 'string':
      return `<c ${at} t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
  }
}

/** A, B, … Z, AA, AB. */
function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}

function escaped(text: string): string {
  const named = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const;
  return (
    text
      // Control characters are not allowed in XML 1.0, not even as references.
      .replace(/[\p{Cc}\uFFFE\uFFFF]/gu, (c) => ('\t\n\r'.includes(c) ? c : ' '))
      .replace(/[&<>"]/g, (c) => named[c as keyof typeof named])
  );
}
