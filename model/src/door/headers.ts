import type { FastifyInstance } from 'fastify';

/** The console is served from here and asks only here: nothing else may run in it, frame it or learn its address. */
const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Figures change; a route that serves files which do not says so itself.
  'cache-control': 'no-store',
};

export function installSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    // On the raw response, so that they are there on hijacked replies and on errors too.
    for (const [name, value] of Object.entries(securityHeaders)) reply.raw.setHeader(name, value);
  });
}
