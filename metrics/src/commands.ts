import type { Commands } from '@benchline/model';
import type { z } from 'zod';
import { exportCommand } from './commands/export.ts';
import { forecast } from './commands/forecast.ts';
import { kpi } from './commands/kpi.ts';
import { metrics } from './commands/metrics.ts';
import { openapi } from './commands/openapi.ts';
import { MetricsConfig } from './config.ts';
import { metricsInstruments } from './health/instruments.ts';

/** The commands of this package. */
export const commands: Commands = { metrics, kpi, export: exportCommand, forecast, openapi };

/** The files that they read, by the name of the reference page. */
export const configs: Readonly<Record<string, z.ZodType>> = { metrics: MetricsConfig };

/** What its service measures about itself, for the page of operations. */
export const measured = { metrics: metricsInstruments };
