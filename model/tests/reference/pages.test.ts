import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { JsonSchema } from '../../src/config/schema-at.ts';
import { errorCodes } from '../../src/error.ts';
import { kpiCatalogue } from '../../src/kpi/catalogue.ts';
import { chineseTexts } from '../../src/kpi/chinese.ts';
import { parsePlant } from '../../src/plant/load.ts';
import { Plant } from '../../src/plant/schema.ts';
import { referencePages } from '../../src/reference/pages.ts';
import { example } from '../plant/marked.ts';

const docs = join(import.meta.dirname, '../../docs');
const pages = referencePages(docs, { configs: {}, measured: {} });
const page = (name: string): string => pages[name] ?? '';
const schema = z.toJSONSchema(Plant, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

/** Every key of a schema, as paths; what a list or a group of free names holds is at its own path. */
function keysOf(part: JsonSchema, path = ''): string[] {
  const rest = part.additionalProperties;
  const inner = [
    part.items,
    typeof rest === 'object' ? rest : undefined,
    ...(part.anyOf ?? part.oneOf ?? []),
  ];
  return [
    ...Object.entries(part.properties ?? {}).flatMap(([key, member]) => [
      `${path}.${key}`,
      ...keysOf(member, `${path}.${key}`),
    ]),
    ...inner.flatMap((child) => (child ? keysOf(child, path) : [])),
  ];
}

/** Every key that a file uses, by the same paths. */
function usedKeys(data: unknown, part: JsonSchema, path = ''): string[] {
  if (Array.isArray(data))
    return data.flatMap((item) => (part.items ? usedKeys(item, part.items, path) : []));
  if (typeof data !== 'object' || data === null) return [];
  const branches = part.anyOf ?? part.oneOf ?? [part];
  return branches.flatMap((branch) =>
    Object.entries(data).flatMap(([key, value]) => {
      const member = branch.properties?.[key];
      if (member) return [`${path}.${key}`, ...usedKeys(value, member, `${path}.${key}`)];
      const rest = branch.additionalProperties;
      return typeof rest === 'object' ? usedKeys(value, rest, path) : [];
    }),
  );
}

describe('the reference of the plant file', () => {
  it('shows examples that are valid plants', () => {
    for (const name of ['plant-minimal.yaml', 'plant-full.yaml']) {
      expect(() => parsePlant(example(name), name)).not.toThrow();
      expect(page('plant.md')).toContain(example(name).trimEnd());
    }
  });

  it('has every key in its full example', () => {
    const used = new Set(usedKeys(parse(example('plant-full.yaml')), schema));
    expect([...new Set(keysOf(schema))].filter((key) => !used.has(key))).toEqual([]);
  });

  it('describes every key', () => {
    const rows = page('plant.md').match(/^\| `.*$/gm) ?? [];
    expect(rows.length).toBeGreaterThan(50);
    for (const row of rows) expect(row).not.toMatch(/\| +\|$/);
  });

  it('says type, default, range and meaning', () => {
    expect(page('plant.md')).toContain(
      '| `counts_per_item` | number | `1` | > 0 | Divisor from counts to items |',
    );
    expect(page('plant.md')).toContain('| `time_zone` | text | **required** |');
    expect(page('plant.md')).toMatch(/\| `rule` \| choice \| `all` \| `any`, `all`, `fraction` \|/);
  });

  it('links to sections that are there', () => {
    for (const text of Object.values(pages)) {
      const anchors = new Set(
        (text.match(/^## .*$/gm) ?? []).map((heading) =>
          heading
            .slice(3)
            .toLowerCase()
            .replace(/[^\p{L}\p{N}_ -]/gu, '')
            .replaceAll(' ', '-'),
        ),
      );
      const links = [...text.matchAll(/\]\(#([^)]*)\)/g)].map((match) => match[1]);
      expect(links.filter((link) => !anchors.has(link ?? ''))).toEqual([]);
    }
  });
});

describe('other references', () => {
  it('cover every KPI and every error code', () => {
    for (const kpi of Object.values(kpiCatalogue)) {
      expect(page('kpis.md')).toContain(
        `\n${kpi.name.en} · ${kpi.name.zh}\n\n- **Formula**: ${kpi.formula}\n`,
      );
      expect(page('kpis.md')).toContain(`- **Example**: ${kpi.example.calculation} = ${kpi.example.value}`);
    }
    for (const kpi of Object.values(kpiCatalogue))
      expect(page('kpis.zh-CN.md')).toContain(
        `\n${kpi.name.zh} · ${kpi.name.en}\n\n- **公式**: ${chineseTexts[kpi.id].formula}\n`,
      );
    for (const [code, meaning] of Object.entries(errorCodes))
      expect(page('errors.md')).toContain(`| \`${code}\` | ${meaning} |`);
  });

  it('take in the schemas of other packages', () => {
    const Gateway = z.strictObject({
      id: z.string().describe('Its id'),
      sources: z
        .array(
          z.discriminatedUnion('type', [
            z.strictObject({
              type: z.literal('opcua').describe('By OPC UA'),
              endpoint: z.url().describe('Where'),
            }),
            z.strictObject({
              type: z.literal('mqtt').describe('By MQTT'),
              topic: z.string().optional().describe('What'),
            }),
          ]),
        )
        .describe('What it reads'),
      spool: z
        .strictObject({ max_bytes: z.int().min(1).default(5).describe('Bound') })
        .default({ max_bytes: 5 })
        .describe('Spool'),
    });
    const text = referencePages(docs, { configs: { press: Gateway }, measured: {} })['press.md'] ?? '';
    expect(text).toContain('| `endpoint` | URL | **required** |  | Where |');
    expect(text).toContain('[type: mqtt](#sources-with-type-mqtt)');
    expect(text).toContain('| `max_bytes` | whole number | `5` | ≥ 1 | Bound |');
    expect(text).toContain('| `topic` | text |  |  | What |');
  });

  it('have an example file for each page that shows one', () => {
    for (const file of readdirSync(join(docs, 'examples')))
      expect(file).toMatch(/^[a-z]+-(minimal|full)\.yaml$/);
  });
});
