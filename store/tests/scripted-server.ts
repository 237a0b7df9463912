import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Heard {
  method: string;
  url: URL;
  authorization: string | undefined;
  body: string;
}

/** A server that answers as the test says: real sockets, scripted words. */
export async function scripted(answer: (heard: Heard, response: ServerResponse) => unknown) {
  const heard: Heard[] = [];
  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    const entry = {
      method: request.method ?? 'GET',
      url: new URL(request.url ?? '/', 'http://influx'),
      authorization: request.headers.authorization,
      body: await text(request),
    };
    heard.push(entry);
    await answer(entry, response);
  };
  const server = createServer((request, response) => void hear(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    heard,
    /** Connections that are open now. */
    connections: () => new Promise<number>((done) => server.getConnections((_error, count) => done(count))),
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Passes a request on to a real server, and its answer back unless it is to be lost. */
export async function forward(heard: Heard, to: string, response?: ServerResponse): Promise<void> {
  const type = heard.url.pathname === '/query' ? 'application/x-www-form-urlencoded' : 'text/plain';
  const reply = await fetch(new URL(heard.url.pathname + heard.url.search, to), {
    method: heard.method,
    headers: { 'content-type': type },
    ...(heard.method === 'POST' ? { body: heard.body } : {}),
  });
  const answer = await reply.text();
  response?.writeHead(reply.status, { 'content-type': 'application/json' }).end(answer);
}
