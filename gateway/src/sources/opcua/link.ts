import { BenchlineError, describeError, type Log } from '@benchline/model';
import {
  type ClientSession,
  type ClientSessionPublishService,
  type ClientSessionRawSubscriptionService,
  MessageSecurityMode,
  OPCUAClient,
  type OPCUAClientOptions,
  SecurityPolicy,
  setErrorLogger,
  setWarningLogger,
  type UserIdentityInfo,
  UserTokenType,
} from 'node-opcua-client';
import type { Security } from './config.ts';
import { securityPolicies } from './config.ts';
import { openIdentity } from './pki.ts';

/**
 * A session with the plain subscription services. node-opcua's session has them all; its type names them in
 * interfaces of their own.
 */
export type Session = ClientSession & ClientSessionRawSubscriptionService & ClientSessionPublishService;

export interface LinkOptions {
  endpoint: string;
  security: Security;
  password: string | undefined;
  pki_dir: string;
  gateway: string;
  /** The server keeps the session for so long without a word, and no longer: nobody else can close it. */
  session_timeout_ms: number;
  log: Log;
}

/** One connection to a server with an active session. It ends for good when the connection breaks. */
export interface Link {
  session: Session;
  /** Whether the session is the one handed in, with its subscriptions. */
  continued: boolean;
  /** Closes the session, so that no subscription stays behind at the server, then the connection. */
  close(): Promise<void>;
  /** Drops the connection and keeps the session for another one. */
  abandon(): Promise<void>;
}

/** A server that does not answer holds up an orderly end for so long at most. */
const closeTimeout_ms = 1000;

/**
 * Connects, opens a secure channel and a session: the previous one where the server still has it. node-opcua's
 * own reconnection stays off, because it retries a refused certificate without pause and re-creates
 * subscriptions without a word; when to try again is the source's decision.
 * @throws BenchlineError `certificate_untrusted` or `source_unavailable`.
 */
export async function connectLink(
  options: LinkOptions,
  previous: Session | undefined,
  broken: () => void,
  signal: AbortSignal,
): Promise<Link> {
  routeWarnings(options.log);
  let client: OPCUAClient | undefined;
  try {
    client = OPCUAClient.create(await clientOptions(options, signal));
    await connectClient(client, options.endpoint, signal);
    return await openLink(client, options, previous, broken);
  } catch (cause) {
    await atMost(closeTimeout_ms, client?.disconnect());
    throw connectError(cause, options);
  }
}

/** Connects; a signal ends the attempt, however long the network would take to. */
async function connectClient(client: OPCUAClient, endpoint: string, signal: AbortSignal): Promise<void> {
  const cancelled = Promise.withResolvers<never>();
  const cancel = () => cancelled.reject(new BenchlineError('source_unavailable', 'stopped while connecting'));
  signal.addEventListener('abort', cancel, { once: true });
  try {
    if (signal.aborted) cancel();
    await Promise.race([client.connect(endpoint), cancelled.promise]);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

async function openLink(
  client: OPCUAClient,
  options: LinkOptions,
  previous: Session | undefined,
  broken: () => void,
): Promise<Link> {
  const session =
    (previous && (await continueSession(client, previous))) || (await openSession(client, options));
  client.once('close', broken);
  session.once('session_closed', broken);
  const settle = () => {
    client.off('close', broken);
    session.off('session_closed', broken);
  };
  return {
    session,
    continued: session === previous,
    close: async () => {
      settle();
      await atMost(closeTimeout_ms, session.close(true));
      await atMost(closeTimeout_ms, client.disconnect());
    },
    abandon: async () => {
      settle();
      await atMost(closeTimeout_ms, client.disconnect());
    },
  };
}

async function clientOptions(options: LinkOptions, signal: AbortSignal): Promise<OPCUAClientOptions> {
  const { security } = options;
  if (security.mode === 'None')
    return {
      ...(await commonOptions(options)),
      securityMode: MessageSecurityMode.None,
      securityPolicy: SecurityPolicy.None,
    };
  const policy = security.policy ?? (await strongestPolicy(options, signal));
  return {
    ...(await commonOptions(options)),
    securityMode: MessageSecurityMode.SignAndEncrypt,
    securityPolicy: SecurityPolicy[policy],
  };
}

async function commonOptions(options: LinkOptions): Promise<OPCUAClientOptions> {
  const identity = await openIdentity(options.pki_dir, options.gateway);
  return {
    applicationName: identity.applicationName,
    applicationUri: identity.applicationUri,
    clientName: identity.applicationName,
    clientCertificateManager: identity.manager,
    certificateFile: identity.certificateFile,
    privateKeyFile: identity.manager.privateKey,
    // Controllers report host names that the gateway's network cannot resolve; the certificate is what counts.
    endpointMustExist: false,
    connectionStrategy: { maxRetry: 0 },
    keepPendingSessionsOnDisconnect: true,
    requestedSessionTimeout: options.session_timeout_ms,
    transportTimeout: 5000,
  };
}

/** The strongest policy that the server offers with SignAndEncrypt; every one in the list is safe today. */
async function strongestPolicy(
  options: LinkOptions,
  signal: AbortSignal,
): Promise<(typeof securityPolicies)[number]> {
  const client = OPCUAClient.create(await commonOptions(options));
  try {
    await connectClient(client, options.endpoint, signal);
    const offered = (await client.getEndpoints()).filter(
      (endpoint) => endpoint.securityMode === MessageSecurityMode.SignAndEncrypt,
    );
    const policy = securityPolicies.find((name) =>
      offered.some((endpoint) => endpoint.securityPolicyUri === SecurityPolicy[name]),
    );
    if (policy) return policy;
  } finally {
    await atMost(closeTimeout_ms, client.disconnect());
  }
  throw new BenchlineError(
    'source_unavailable',
    `${options.endpoint} offers no SignAndEncrypt policy in use today`,
    { hint: `enable one of ${securityPolicies.join(', ')} at the server`, retryable: true },
  );
}

async function continueSession(client: OPCUAClient, previous: Session): Promise<Session | undefined> {
  try {
    await client.reactivateSession(previous);
    return previous;
  } catch (error) {
    // A connection that breaks again says nothing of the session: with the next one it may still be there.
    if (isBroken(error)) throw error;
    // The server was restarted, or has ended the session: a new one is opened.
    return undefined;
  }
}

/** Statuses by which a connection ends, and what node-opcua and sockets say when one breaks; it has no code for it. */
const breaks = new RegExp(
  [
    'BadConnectionClosed|BadNotConnected',
    'timeout|ECONN|EPIPE|disconnect|not connected|socket is closed|being closed|canceled',
    'connection (break|aborted|has been (aborted|closed))|(invalid|no|secure) ?channel',
  ].join('|'),
  'i',
);

/** Whether a request failed for want of an answer, rather than by one: what the server holds may be there yet. */
export function isBroken(error: unknown): boolean {
  return breaks.test(describeError(error));
}

async function openSession(client: OPCUAClient, { security, password }: LinkOptions): Promise<Session> {
  const user: UserIdentityInfo =
    security.mode === 'SignAndEncrypt' && security.username !== undefined
      ? { type: UserTokenType.UserName, userName: security.username, password: password ?? '' }
      : { type: UserTokenType.Anonymous };
  return (await client.createSession(user)) as Session;
}

/** What to do about some of what servers answer. */
const hints: readonly (readonly [RegExp, string])[] = [
  [
    /BadTooManySessions|BadTooManySubscriptions|BadMaxConnectionsReached/,
    'the server has no room for another client: close one, or raise its limit; what a killed gateway left there ends by itself',
  ],
  [/BadUserAccessDenied|BadIdentityToken|BadUserSignature/, 'check username and password_file'],
  [
    /BadSecurityChecksFailed|BadCertificateUseNotAllowed/,
    "the controller may not trust the gateway yet: accept 'Benchline gateway …' in its list of certificates",
  ],
];

function connectError(cause: unknown, { endpoint, pki_dir }: LinkOptions): BenchlineError {
  if (cause instanceof BenchlineError) return cause;
  const text = describeError(cause);
  if (/BadCertificate(Untrusted|ChainIncomplete|RevocationUnknown)/.test(text))
    return new BenchlineError(
      'certificate_untrusted',
      `${endpoint} shows a certificate that nobody has accepted`,
      {
        hint: `compare it with the controller's, then move it from ${pki_dir}/rejected to ${pki_dir}/trusted/certs`,
        retryable: true,
        cause,
      },
    );
  const hint = hints.find(([pattern]) => pattern.test(text))?.[1];
  return new BenchlineError('source_unavailable', `cannot read ${endpoint}: ${text}`, {
    retryable: true,
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

async function atMost(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work?.catch(() => {}), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** node-opcua writes its warnings to stdout, which belongs to what a command prints. */
function routeWarnings(log: Log): void {
  const pass = (...words: unknown[]) => log.debug({ node_opcua: words.map(String).join(' ') }, 'node-opcua');
  setWarningLogger(pass);
  setErrorLogger(pass);
}
