import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4 } from 'node:net';

/** Whether a listening host can be reached from this computer alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/**
 * Why a request is not addressed to this computer by itself, if so: a foreign page can make its name resolve to
 * 127.0.0.1 (DNS rebinding), which shows in the Host header.
 */
export function foreignHost(headers: IncomingHttpHeaders, port: number): string | undefined {
  const host = headers.host ?? '';
  return isOwnHost(host, port) ? undefined : `Host '${host}' is not this service's own address`;
}

/**
 * Why a request comes from a page of another site, if so (cross-site request forgery). Browsers send what a person
 * once typed, so it matters with credentials too; it shows in headers that a browser does not let pages change.
 */
export function foreignPage(headers: IncomingHttpHeaders, method: string): string | undefined {
  const { origin, host } = headers;
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    return `Origin '${origin}' is another site`;
  const site = headers['sec-fetch-site'];
  const followsLink = headers['sec-fetch-mode'] === 'navigate' && (method === 'GET' || method === 'HEAD');
  if ((site === 'cross-site' || site === 'same-site') && !followsLink)
    return 'a page of another site sent this';
  return undefined;
}

function isOwnHost(host: string, port: number): boolean {
  const match = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::(\d+))?$/i.exec(host);
  return match !== null && Number(match[2] ?? 80) === port;
}
