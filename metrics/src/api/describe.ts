import Fastify from 'fastify';
import { installSchemas } from './openapi.ts';
import { metricsRoutes } from './routes.ts';

/** The OpenAPI description of the API as the text that is committed; no service is needed for it. */
export async function openApiText(): Promise<string> {
  const app = Fastify();
  await installSchemas(app);
  metricsRoutes(app, () => {
    throw new Error('routes that are only described answer nothing');
  });
  await app.ready();
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  await app.close();
  return text;
}
