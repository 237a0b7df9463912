import { PublicationRequest, type PublicationRequestJson } from '@benchline/model';
import type { Door } from '@benchline/model/door';
import type { Publications } from './publications.ts';

/** A hundred periods with every figure of the catalogue, and as much again. */
const largestBody = 4 << 20;

/** The way by which the metrics service records what it publishes: durable when the answer comes. */
export function publicationRoutes(app: Door['app'], publications: Publications): void {
  const publish = { action: 'publish', scope: () => '' } as const;
  app.post('/api/v1/publications', { config: publish, bodyLimit: largestBody }, async (request, reply) => {
    const { body, principal } = request;
    PublicationRequest.parse(body);
    const { offset, made } = await publications.add(
      body as PublicationRequestJson,
      principal?.name ?? 'nobody',
    );
    return reply.status(made ? 201 : 200).send({ offset });
  });
}
