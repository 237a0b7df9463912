import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4 } from 'node:net';

/** Whether a listening host can be reached from this computer alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/**
 * Why a request to a service without credentials is not from this computer's own pages or programs, if so.
 * A foreign page can make its name resolve to 127.0.0.1 (DNS rebinding), or simply send requests here
 * (cross-site request forgery); both show in headers that a browser does not let pages change.
 */
export function foreignRequest(
  headers: IncomingHttpHeaders,
  method: string,
  port: number,
): string | undefined {
  const host = headers.host ?? '';
  if (!isOwnHost(host, port)) return `Host '${host}' is not this service's own address`;
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}`) return `Origin '${origin}' is another site`;
  const site = headers['sec-fetch-site'];
  const followsLink = headers['sec-fetch-mode'] === 'navigate' && (method === 'GET' || method === 'HEAD');
  if ((site === 'cross-site' || site === 'same-site') && !followsLink)
    return 'a page of another site sent this';
  return undefined;
}

function isOwnHost(host: string, port: number): boolean {
  const match = /^(localhost|127\.0\.0\.1|\[::1\])(?::(\d+))?$/i.exec(host);
  return match !== null && Number(match[2] ?? 80) === port;
}
