import type { z } from 'zod';
import type * as entries from '../../src/api/entry-schemas.ts';
import type * as losses from '../../src/api/loss-schemas.ts';
import type * as pipeline from '../../src/api/pipeline-schema.ts';
import type * as quality from '../../src/api/quality-schemas.ts';
import type * as schemas from '../../src/api/schemas.ts';

export type KpiResult = z.output<typeof schemas.KpiResult>;
export type Figure = z.output<typeof schemas.Figure>;
export type StateList = z.output<typeof schemas.StateList>;
export type CncRatio = z.output<typeof schemas.CncRatio>;
export type PlantView = z.output<typeof schemas.PlantView>;
export type Catalogue = z.output<typeof schemas.Catalogue>;
export type Pipeline = z.output<typeof pipeline.Pipeline>;
export type LossTree = z.output<typeof losses.LossTree>;
export type CharacteristicList = z.output<typeof quality.CharacteristicList>;
export type ControlChart = z.output<typeof quality.ControlChart>;
export type Grade = z.output<typeof quality.GradeView>;
export type EntryList = z.output<typeof entries.EntryList>;
export type KpiId = Catalogue['kpis'][number]['id'];

export type Language = 'en' | 'zh';
