import { openLog } from '@benchline/model';
import { openDoor } from '@benchline/model/door';
import { installSchemas } from '../../src/api/openapi.ts';
import type { ApiParts } from '../../src/api/parts.ts';
import { metricsRoutes } from '../../src/api/routes.ts';

/** A served API, and how to end it. */
export interface Served {
  url: string;
  close(): Promise<void>;
}

/** Serves all routes of the API over parts that a test made, on this computer. */
export async function serveApi(parts: ApiParts, port = 0): Promise<Served> {
  const door = await openDoor(
    { service: 'metrics', host: '127.0.0.1', port, credentials: undefined, log: openLog('metrics') },
    async (app) => {
      await installSchemas(app);
      metricsRoutes(app, () => parts);
    },
  );
  return { url: `http://127.0.0.1:${door.port}`, close: () => door.close() };
}
