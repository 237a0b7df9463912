import type { z } from 'zod';
import type * as pipeline from '../../src/api/pipeline-schema.ts';
import type * as schemas from '../../src/api/schemas.ts';

export type KpiResult = z.output<typeof schemas.KpiResult>;
export type Figure = z.output<typeof schemas.Figure>;
export type StateList = z.output<typeof schemas.StateList>;
export type CncRatio = z.output<typeof schemas.CncRatio>;
export type PlantView = z.output<typeof schemas.PlantView>;
export type Catalogue = z.output<typeof schemas.Catalogue>;
export type Pipeline = z.output<typeof pipeline.Pipeline>;
export type KpiId = Catalogue['kpis'][number]['id'];

export type Language = 'en' | 'zh';
