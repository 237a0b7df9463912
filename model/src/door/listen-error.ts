import { BenchlineError, systemCode } from '../error.ts';

/** Where a server was to listen, and how a person chooses another place, if so: an option or a configuration key. */
export interface ListenAttempt {
  host: string;
  port: number;
  hostOption?: string;
  portOption: string;
}

/**
 * What to tell of a server that could not listen: `port_busy`, or `config_invalid` for a port or host that this user
 * or computer does not have. Any other error comes back as it is.
 */
export function listenError(cause: unknown, { host, port, hostOption, portOption }: ListenAttempt): unknown {
  switch (systemCode(cause)) {
    case 'EADDRINUSE':
      return new BenchlineError('port_busy', `another program listens on port ${port} of ${host}`, {
        hint: `end that program, or choose another port with ${portOption}`,
        retryable: true,
        cause,
      });
    case 'EACCES':
      return new BenchlineError('config_invalid', `this user may not listen on port ${port}`, {
        hint: `choose a port from 1024 on with ${portOption}`,
        cause,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new BenchlineError('config_invalid', `this computer has no address ${host}`, {
        ...(hostOption && {
          hint: `choose 127.0.0.1, or an address that this computer has, with ${hostOption}`,
        }),
        cause,
      });
    default:
      return cause;
  }
}
