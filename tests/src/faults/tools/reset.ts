import type { Socket } from 'node:net';

/**
 * Breaks a connection off with a reset. One that is just ending in order is closed instead: Node 24 fails to reset it
 * (EINVAL), never closes it, and then turns in circles when the process is to end.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
