import { describe, expect, it } from 'vitest';
import { kpiCatalogue, kpiIds } from '../../src/kpi/catalogue.ts';
import { standardKpis } from '../../src/kpi/iso22400.ts';

describe('the KPIs of ISO 22400-2', () => {
  it('are 34, each once, each with what it needs and why it may be absent', () => {
    expect(new Set(standardKpis.map(({ title }) => title)).size).toBe(34);
    expect(new Set(standardKpis.map(({ figure }) => figure)).size).toBe(34);
    for (const { title, needs, absent } of standardKpis) {
      expect(needs, title).not.toBe('');
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
