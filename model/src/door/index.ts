import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { z } from 'zod';
import { BenchlineError } from '../error.ts';
import type { Log } from '../log.ts';
import { installClosing } from './closing.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import { installGuard } from './guard.ts';
import { installSecurityHeaders } from './headers.ts';
import { listenError } from './listen-error.ts';
import { isLoopback } from './loopback.ts';
import { answerError, problem, sendProblem } from './problem.ts';
import { answerUnread, installBodies, methodsOf } from './unread.ts';

export { type Action, actions, authorize, localPrincipal, type Principal } from './access.ts';
export { type Credentials, CredentialsFile, credentialsOf, readCredentials } from './credentials.ts';
export { listenError } from './listen-error.ts';
export { isLoopback } from './loopback.ts';
export { Problem } from './problem.ts';

/** The `http` section of every service's configuration. */
export const HttpConfig = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address to listen on; anything but this computer alone needs credentials_file'),
  port: z.int().min(0).max(65535).describe('TCP port to listen on, 0 for any free one'),
  credentials_file: z
    .string()
    .optional()
    .describe('File that names who may ask, see the reference of credentials; relative to this file'),
  stalled_after_s: z
    .int()
    .min(1)
    .max(20)
    .default(20)
    .describe('How long a stage may stand still before /healthz answers 503 and names it'),
});
export type HttpConfig = z.output<typeof HttpConfig>;

export interface DoorOptions {
  /** Name of the service, for messages. */
  service: string;
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Without them the service listens on loopback only and serves requests addressed to loopback only. */
  credentials?: Credentials | undefined;
  log: Log;
  /** Largest request body in bytes. Default 1 MiB. */
  bodyLimit?: number;
}

export interface Door {
  app: FastifyInstance;
  /** The port it listens on. */
  port: number;
  /** Ends endless responses, lets others finish (2 s at most) and stops listening. */
  close(): Promise<void>;
}

/**
 * Opens the HTTP server of a service. `register` adds the routes; each states
 * `config: { action, scope }`, or every request to it is refused.
 * @throws BenchlineError `config_invalid` for a host that needs credentials or is not this computer's,
 * `port_busy` when another program listens there.
 */
export async function openDoor(
  options: DoorOptions,
  register: (app: FastifyInstance) => void | Promise<void>,
): Promise<Door> {
  assertMayListen(options);
  const loggerInstance: FastifyBaseLogger = options.log;
  const app: FastifyInstance = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimit ?? 1024 * 1024,
    requestTimeout: 30_000,
    clientErrorHandler: answerUnread,
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
  });
  installSecurityHeaders(app);
  installGuard(app, options.credentials);
  installBodies(app);
  installClosing(app);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerNowhere);
  try {
    await register(app);
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    await app.close();
    throw listenError(error, {
      ...{ host: options.host, port: options.port },
      hostOption: 'http.host in the configuration',
      portOption: 'http.port in the configuration',
    });
  }
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return { app, port, close: () => app.close() };
}

/**
 * Checks what a start would of the `http` section of a service, and opens nothing.
 * @param credentials_file resolved against the folder of the configuration.
 * @throws BenchlineError `config_invalid` for credentials that cannot be used, or a host that needs some.
 */
export function checkDoor(
  service: string,
  { host, credentials_file }: Pick<HttpConfig, 'host' | 'credentials_file'>,
): void {
  const credentials = credentials_file === undefined ? undefined : readCredentials(credentials_file);
  assertMayListen({ service, host, credentials });
}

/** @throws BenchlineError `config_invalid` for a host that others can reach while nobody is asked who they are. */
function assertMayListen({
  service,
  host,
  credentials,
}: Pick<DoorOptions, 'service' | 'host' | 'credentials'>): void {
  if (credentials || isLoopback(host)) return;
  throw new BenchlineError(
    'config_invalid',
    `${service} will not listen on ${host} without credentials: anyone on the network could ask`,
    { hint: 'set http.host to 127.0.0.1, or name a file of principals in http.credentials_file' },
  );
}

function answerNowhere(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { server: app, method } = request;
  const [path = ''] = request.url.split('?');
  const taken = methodsOf(app, path);
  const detail = `there is no ${method} ${path}`;
  if (taken.length > 0) {
    reply.header('allow', taken.join(', '));
    return sendProblem(
      reply,
      problem(405, { code: 'bad_request', detail, hint: `it takes ${taken.join(', ')}` }),
    );
  }
  const described = app.hasRoute({ method: 'GET', url: '/openapi.json' });
  return sendProblem(
    reply,
    problem(404, {
      code: 'not_found',
      detail,
      ...(described && { hint: '/openapi.json lists what there is' }),
    }),
  );
}
