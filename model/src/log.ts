import { pino } from 'pino';

export type Log = import('pino').Logger;

/** Log lines are JSON on stderr: stdout belongs to what a command prints. Level by BENCHLINE_LOG (default info). */
export function openLog(service: string): Log {
  return pino(
    { name: service, level: process.env['BENCHLINE_LOG'] ?? 'info', base: { service } },
    pino.destination({ dest: 2, sync: true }),
  );
}
