import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Commands } from '@benchline/model';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { energyBoard } from './energy.ts';
import { plantOverview } from './plant-overview.ts';
import { languages } from './words.ts';

/** Every board by the name of its file. */
const boards = { 'plant-overview': plantOverview, energy: energyBoard };

const folder = fileURLToPath(new URL('../generated/', import.meta.url));

/** Every generated board by file name, as the text that is committed. */
export function generatedBoards(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(boards).flatMap(([name, board]) =>
      languages.map((language): [string, string] => [
        `${name}.${language}.json`,
        `${JSON.stringify(numbered(board(language)), null, 2)}\n`,
      ]),
    ),
  );
}

/** Links to a panel name it by its number. */
function numbered(board: Dashboard): Dashboard {
  board.panels?.forEach((panel, i) => Object.assign(panel, { id: i + 1 }));
  return board;
}

/** The commands of this package. */
export const commands: Commands = {
  boards: {
    summary: 'write the Grafana boards from the KPI catalogue',
    usage: '[--check]',
    options: {
      check: { type: 'boolean', help: 'write nothing; fail when a committed board is out of date' },
    },
    run({ values }) {
      mkdirSync(folder, { recursive: true });
      let stale = 0;
      for (const [name, text] of generatedBoards()) {
        const file = `${folder}${name}`;
        const current = existsSync(file) ? readFileSync(file, 'utf8') : '';
        if (current === text) continue;
        stale += 1;
        if (values['check'] === true)
          process.stdout.write(`dashboards/generated/${name} is out of date: npm run boards\n`);
        else writeFileSync(file, text);
      }
      return Promise.resolve(values['check'] === true && stale > 0 ? 1 : 0);
    },
  },
};
