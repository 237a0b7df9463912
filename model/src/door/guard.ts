import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Action, authorize, localPrincipal, type Principal } from './access.ts';
import type { Credentials } from './credentials.ts';
import { foreignHost, foreignPage } from './loopback.ts';
import { type Problem, problem, sendProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller needs a grant for. `probe`: no grant, for health checks that tell strangers nothing of the plant. */
    action?: Action | 'probe';
    /** The scope path that the request is about, '' for the whole service; of several each is asked for. */
    scope?: (request: FastifyRequest) => string | readonly string[];
    /** The response goes on until somebody ends it (a feed, server-sent events): closing ends it at once. */
    endless?: boolean;
  }
  interface FastifyRequest {
    /** Who asks. Set on every request that reaches a handler, but on probes only when they who ask are known. */
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
    const refusal = refusalOf(request, credentials, portOf(app));
    if (refusal?.status === 401) reply.header('www-authenticate', challenge(request));
    // The reply resolves when it has been sent, so that no handler runs after it.
    if (refusal) await sendProblem(reply, refusal);
  });
}

/** Why a request is not let in; nothing when it is, with its principal set. */
function refusalOf(
  request: FastifyRequest,
  credentials: Credentials | undefined,
  port: number,
): Problem | undefined {
  const elsewhere = credentials ? undefined : foreignHost(request.headers, port);
  if (elsewhere !== undefined)
    return forbidden(`${elsewhere}; without credentials only this computer may ask`);
  const page = foreignPage(request.headers, request.method);
  if (page !== undefined) return forbidden(`${page}; only this service's own pages may ask`);
  const { action, scope } = request.routeOptions.config;
  const principal = credentials ? identify(request.headers.authorization, credentials) : localPrincipal;
  request.principal = principal;
  if (action === 'probe') return undefined;
  if (!principal)
    return problem(401, {
      code: 'not_authorized',
      detail: 'this service wants a token that it knows, as bearer or as the password of its principal',
      hint: 'send the header Authorization: Bearer TOKEN',
    });
  if (request.is404) return undefined;
  if (!action || !scope) return forbidden('this route states no action and scope');
  const paths = [scope(request)].flat();
  const refused = paths.length === 0 ? '' : paths.find((path) => !authorize(principal, action, path));
  if (refused === undefined) return undefined;
  return forbidden(
    `'${principal.name}' may not ${action} '${refused}'`,
    'ask for what this token is granted, or have the grant added to the credentials file',
  );
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Programs show a token as bearer (RFC 6750); a browser shows it as the password of its principal (RFC 7617). */
function identify(authorization: string | undefined, credentials: Credentials): Principal | undefined {
  const [, scheme = '', shown = ''] =
    /^(Bearer|Basic) +([\x21-\x7e]{1,4096})$/i.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials.principal(shown);
  const [name, ...rest] = Buffer.from(shown, 'base64').toString('utf8').split(':');
  const principal = credentials.principal(rest.join(':'));
  return principal?.name === name ? principal : undefined;
}

/** Both ways in; the error attribute of RFC 6750, section 3, only when something was shown. */
function challenge(request: FastifyRequest): string {
  const shown = request.headers.authorization !== undefined;
  return `Basic realm="benchline", charset="UTF-8", Bearer realm="benchline"${shown ? ', error="invalid_token"' : ''}`;
}

function forbidden(detail: string, hint?: string): Problem {
  return problem(403, { code: 'not_authorized', detail, ...(hint !== undefined && { hint }) });
}
