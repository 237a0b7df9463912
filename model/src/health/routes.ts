import type { FastifyInstance, FastifyRequest } from 'fastify';
import { authorize } from '../door/access.ts';
import { forStrangers, healthAnswer, readyAnswer } from './answers.ts';
import type { Exposition } from './exposition.ts';
import type { Health, StageReport } from './health.ts';
import type { commonInstruments, Instruments, Samples } from './instruments.ts';

const probe = { config: { action: 'probe' }, schema: { hide: true } } as const;
const read = { config: { action: 'read', scope: () => '' }, schema: { hide: true } } as const;

/**
 * The routes by which a service says how it is. `/healthz`: 503 while a stage stands still for too long, naming it.
 * `/readyz`: 503 unless every stage works now. `/metrics`: Prometheus. Who may not read learns kinds of stages only.
 */
export function registerHealth<T extends Instruments>(
  app: FastifyInstance,
  { health, exposition }: { health: Health; exposition: Exposition<T> },
): void {
  app.addHook('onResponse', async (request, reply) => {
    const { url, config } = request.routeOptions;
    if (!config.endless) exposition.answered(url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
  });
  app.get('/healthz', probe, async (request, reply) => {
    const answer = healthAnswer(shownTo(request, health.report()), Date.now());
    return reply.status(answer.status === 'ok' ? 200 : 503).send(answer);
  });
  app.get('/readyz', probe, async (request, reply) => {
    const answer = readyAnswer(shownTo(request, health.report()));
    return reply.status(answer.status === 'ready' ? 200 : 503).send(answer);
  });
  app.get('/metrics', read, async (_request, reply) =>
    reply.type(exposition.contentType).send(await exposition.text(commonSamples(health.report()))),
  );
}

function shownTo({ principal }: FastifyRequest, stages: readonly StageReport[]): readonly StageReport[] {
  return authorize(principal, 'read', '') ? stages : forStrangers(stages);
}

function commonSamples(stages: readonly StageReport[]): Samples<typeof commonInstruments> {
  const labels = ({ stage, subject = '' }: StageReport) => ({ stage, subject });
  return {
    ready: readyAnswer(stages).status === 'ready' ? 1 : 0,
    stage_standing_seconds: stages.map((stage) => [labels(stage), stage.standing_s]),
    stage_stalled: stages.map((stage) => [labels(stage), stage.state === 'stalled' ? 1 : 0]),
  };
}
