import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type Problem, problem, sendProblem } from './problem.ts';

/** What does not become a request, by Node's code for it. Everything else is no HTTP. */
const unread: Readonly<Record<string, Problem>> = {
  ERR_HTTP_REQUEST_TIMEOUT: problem(408, {
    code: 'bad_request',
    detail: 'the request did not come to its end in time',
    hint: 'send it whole, at once',
  }),
  HPE_HEADER_OVERFLOW: problem(431, {
    code: 'bad_request',
    detail: 'the address and the headers of the request are longer than 16 KiB',
    hint: 'ask for fewer things in one request',
  }),
};
const noRequest = problem(400, {
  code: 'bad_request',
  detail: 'this is no HTTP request that can be read',
  hint: 'ask by HTTP/1.1; over TLS ask the proxy that speaks it',
});

/** Answers what Node's parser refuses, for which there is neither request nor reply. */
export function answerUnread({ code }: { code: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed) return;
  const body = unread[code] ?? noRequest;
  const text = JSON.stringify(body);
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${body.status} ${body.title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
    );
  socket.destroy();
}

/** Bodies are JSON as it stands. */
export function installBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    const encoding = request.headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity') return;
    const refusal = problem(415, {
      code: 'bad_request',
      detail: `a body with content-encoding '${encoding}' is not read here`,
      hint: 'send it as it is, without content-encoding',
    });
    await sendProblem(reply, refusal);
  });
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The methods that a path of this service takes; none where there is nothing. */
export function methodsOf(app: FastifyInstance, path: string): string[] {
  return methods.filter((method) => app.hasRoute({ method, url: path }));
}
