import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ChildSpec } from '@benchline/simulators/box';

/**
 * A real Mosquitto that anybody may connect to, so that nothing rests on its access rules. Its database is written
 * every half hour, as Debian has it: a broker that is killed has forgotten its sessions and what it had acknowledged.
 */
export function mosquittoSpec(options: {
  program: string;
  port: number;
  data: string;
  config: string;
  log_file: string;
}): ChildSpec {
  const { program, port, data, config, log_file } = options;
  mkdirSync(data, { recursive: true });
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location ${join(data, '/')}
autosave_interval 1800
log_dest stderr
${process.getuid?.() === 0 ? 'user root' : ''}
`,
  );
  const probe = () => listens(port);
  return { name: 'broker', args: ['-c', config], log_file, program: { path: program, probe } };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
