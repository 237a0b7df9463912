import { expect, test } from 'vitest';
import { csvText } from '../src/table/csv.ts';

test('a table shows as text in CSV what a spreadsheet would compute', async () => {
  const rows = (async function* () {
    yield ['=HYPERLINK("http://x")', '＝1+1', '@SUM(A1)', '\n=1', 'Press 1', -1];
  })();
  let text = '';
  for await (const line of csvText(rows)) text += line;
  expect(text.slice(1)).toBe(`"'=HYPERLINK(""http://x"")",'＝1+1,'@SUM(A1),"'\n=1",Press 1,-1\r\n`);
});
