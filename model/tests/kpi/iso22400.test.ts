import { describe, expect, it } from 'vitest';
import { exampleShift, kpiCatalogue, kpiIds } from '../../src/kpi/catalogue.ts';
import { chineseExampleShift, chineseTexts, chineseUnits } from '../../src/kpi/chinese.ts';
import { inputNames } from '../../src/kpi/input-names.ts';
import { standardKpis } from '../../src/kpi/iso22400.ts';

describe('the KPIs of ISO 22400-2', () => {
  it('are 34, each once, each with what it needs and why it may be absent', () => {
    expect(new Set(standardKpis.map(({ title }) => title)).size).toBe(34);
    expect(new Set(standardKpis.map(({ figure }) => figure)).size).toBe(34);
    for (const { title, needs, absent } of standardKpis) {
      expect(needs.en, title).not.toBe('');
      expect(needs.zh, title).toMatch(/\p{Script=Han}/u);
      expect(absent.length, title).toBeGreaterThan(0);
    }
  });

  it('are figures of the catalogue with their inputs, but for capability, which belongs to a characteristic', () => {
    const capability = new Set<string>(['cm', 'cmk', 'cp', 'cpk']);
    const figures = standardKpis.map(({ figure }) => figure).filter((figure) => !capability.has(figure));
    expect(figures).toHaveLength(30);
    for (const figure of figures) {
      const id = kpiIds.find((each) => each === figure);
      expect(id, figure).toBeDefined();
      expect(kpiCatalogue[id!].inputs?.length, figure).toBeGreaterThan(0);
      expect(kpiCatalogue[id!].source).not.toBe('');
    }
  });
});

describe('the texts of the catalogue', () => {
  const words = /(?!kgce)\b[a-z]{4,}/;
  const han = /\p{Script=Han}/u;

  it('are there in Chinese wherever a figure has them in English', () => {
    for (const id of kpiIds) {
      const { name, formula, example, target, unit, inputs = [] } = kpiCatalogue[id];
      const zh = chineseTexts[id];
      expect(name.zh, id).toMatch(han);
      expect(zh.source, id).toMatch(han);
      // Symbols say the same in both languages; words do not.
      if (words.test(formula)) expect(zh.formula, id).toMatch(han);
      else expect(zh.formula, id).toBe(formula);
      if (words.test(example.calculation)) expect(zh.calculation, id).toMatch(han);
      if (target) expect(zh.target, id).toMatch(han);
      expect(chineseUnits[unit], id).not.toBe('');
      for (const input of inputs) {
        expect(inputNames[input]?.en, input).toBeTruthy();
        expect(inputNames[input]?.zh, input).toMatch(han);
      }
    }
  });

  it('name the same numbers in both languages', () => {
    const numbers = (text: string) => text.match(/\d+(?:[ .]\d+)*/g)?.map((n) => n.replaceAll(' ', '')) ?? [];
    for (const id of kpiIds) {
      const { calculation } = kpiCatalogue[id].example;
      expect(numbers(chineseTexts[id].calculation ?? calculation).toSorted(), id).toEqual(
        numbers(calculation).toSorted(),
      );
    }
    const shift = (text: string) => numbers(text).map(Number);
    for (const number of shift(exampleShift).filter((n) => n > 4))
      expect(shift(chineseExampleShift)).toContain(number);
  });
});
