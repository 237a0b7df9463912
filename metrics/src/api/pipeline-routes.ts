import { type ApiServer, type PartsOf, readWhole } from './parts.ts';
import { Pipeline } from './pipeline-schema.ts';

/** The pipeline's own health. */
export function pipelineRoutes(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/pipeline',
    {
      config: readWhole,
      schema: { summary: 'How the pipeline itself fares', response: { 200: Pipeline } },
    },
    async () => await parts().pipeline(parts().now()),
  );
}
