import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    /** Aborts when the service closes, so that endless responses can end themselves. */
    closing: AbortSignal;
  }
}

/** How long answers in progress may take when the service closes, in milliseconds. */
const graceMs = 2000;

/** Closing lets answers in progress finish, ends endless ones at once, and never waits longer than the grace. */
export function installClosing(app: FastifyInstance): void {
  const controller = new AbortController();
  const endless = new Set<FastifyReply['raw']>();
  const connections = new Set<Socket>();
  let deadline: NodeJS.Timeout | undefined;
  app.decorate('closing', controller.signal);
  app.server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  app.addHook('onRequest', async (request, reply) => {
    if (!request.routeOptions.config.endless) return;
    endless.add(reply.raw);
    reply.raw.once('close', () => endless.delete(reply.raw));
  });
  app.addHook('onSend', async (_request, reply) => {
    // Else the connection would be kept for another request, and closing would wait for it.
    if (controller.signal.aborted) reply.header('connection', 'close');
  });
  app.addHook('preClose', async () => {
    controller.abort();
    // One turn of the loop for those that end themselves; a cut connection tells readers the same.
    await new Promise((resolve) => setImmediate(resolve));
    for (const response of endless) if (!response.writableEnded) response.destroy();
    // undici opens connections ahead of need; Node does not count one without a first request as idle.
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
    deadline = setTimeout(() => app.server.closeAllConnections(), graceMs);
  });
  app.addHook('onClose', async () => clearTimeout(deadline));
}
