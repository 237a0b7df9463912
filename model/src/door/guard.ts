import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Action, authorize, localPrincipal, type Principal } from './access.ts';
import type { Credentials } from './credentials.ts';
import { foreignRequest } from './loopback.ts';
import { problem, sendProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller needs a grant for. `probe`: no grant, for liveness checks that tell nothing of the plant. */
    action?: Action | 'probe';
    /** The scope path that the request is about, '' for the whole service. */
    scope?: (request: FastifyRequest) => string;
    /** The response goes on until somebody ends it (a feed, server-sent events): closing ends it at once. */
    endless?: boolean;
  }
  interface FastifyRequest {
    /** Who asks. Set on every request that reaches a handler, except probes. */
    principal: Principal | undefined;
  }
}

/** Lets in what is allowed and nothing else. Must be installed before any route is. */
export function installGuard(app: FastifyInstance, credentials: Credentials | undefined): void {
  app.decorateRequest('principal', undefined);
  app.addHook('onRoute', (route) => {
    if (route.config?.action && (route.config.scope || route.config.action === 'probe')) return;
    app.log.error(
      { method: route.method, url: route.url },
      'route without action and scope: every request to it will be refused',
    );
  });
  app.addHook('onRequest', async (request, reply) => {
    if (!credentials) {
      const foreign = foreignRequest(request.headers, request.method, portOf(app));
      if (foreign !== undefined)
        return refuse(reply, `${foreign}; without credentials only this computer may ask`);
    }
    const { action, scope } = request.routeOptions.config;
    if (action === 'probe') return;
    request.principal = credentials ? bearer(request, credentials) : localPrincipal;
    if (!request.principal) return challenge(request, reply);
    if (request.is404) return;
    if (!action || !scope) return refuse(reply, 'this route states no action and scope');
    if (!authorize(request.principal, action, scope(request)))
      return refuse(reply, `'${request.principal.name}' may not ${action} '${scope(request)}'`);
  });
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function bearer(request: FastifyRequest, credentials: Credentials): Principal | undefined {
  const token = /^Bearer +([\x21-\x7e]{1,4096})$/i.exec(request.headers.authorization ?? '')?.[1];
  return token === undefined ? undefined : credentials.principal(token);
}

/** RFC 6750, section 3: the error attribute only when a token was shown. */
function challenge(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const shown = request.headers.authorization !== undefined;
  reply.header('www-authenticate', `Bearer realm="benchline"${shown ? ', error="invalid_token"' : ''}`);
  const detail = shown ? 'nobody is known by this token' : 'this service wants a bearer token';
  return sendProblem(reply, problem(401, { code: 'not_authorized', detail }));
}

function refuse(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply, problem(403, { code: 'not_authorized', detail }));
}
