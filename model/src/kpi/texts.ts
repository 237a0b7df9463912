import type { KpiDefinition } from './catalogue.ts';
import { chineseTexts, chineseUnits } from './chinese.ts';

/** A text in the languages of people. */
interface BothLanguages {
  en: string;
  zh: string;
}

/** What the catalogue says of a figure beside its name, in both languages. */
export interface KpiTexts {
  formula: BothLanguages;
  source: BothLanguages;
  /** As it is written. */
  unit: BothLanguages;
  calculation: BothLanguages;
  /** Who asks for the target, of a figure that has one. */
  target: BothLanguages | undefined;
}

export function kpiTexts({ id, formula, source, unit, example, target }: KpiDefinition): KpiTexts {
  const zh = chineseTexts[id];
  return {
    formula: { en: formula, zh: zh.formula },
    source: { en: source, zh: zh.source },
    unit: { en: unit, zh: chineseUnits[unit] },
    calculation: { en: example.calculation, zh: zh.calculation ?? example.calculation },
    target: target && { en: target.source, zh: zh.target ?? target.source },
  };
}
