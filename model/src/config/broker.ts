import { z } from 'zod';
import { readText } from './load.ts';
import { readPassword } from './secret-file.ts';

/** How to reach an MQTT broker. */
export const BrokerConfig = z.strictObject({
  url: z.url({ protocol: /^mqtts?$/ }).describe('mqtt://host:port, or mqtts://host:port for TLS'),
  username: z.string().min(1).optional().describe('User name at the broker'),
  password_file: z.string().min(1).optional().describe('File whose first line is the password'),
  ca_file: z
    .string()
    .min(1)
    .optional()
    .describe(
      "PEM file of the authority that signed the broker's certificate; default: the system's authorities",
    ),
});
export type BrokerConfig = z.output<typeof BrokerConfig>;

/** A broker's address with what its files hold. */
export interface BrokerAccess {
  /** `mqtt://host:port` or `mqtts://host:port` */
  url: string;
  username?: string;
  password?: string;
  /** PEM text of the authority that signed the broker's certificate. */
  ca?: string;
}

/**
 * Reads the files that a broker's configuration names; `resolve` makes their paths absolute where they are not.
 * @throws BenchlineError `config_invalid` when one cannot be read.
 */
export function brokerAccess(
  config: BrokerConfig,
  resolve: (path: string) => string = (path) => path,
): BrokerAccess {
  const { url, username, password_file, ca_file } = config;
  return {
    url,
    ...(username === undefined ? {} : { username }),
    ...(password_file === undefined ? {} : { password: readPassword(resolve(password_file)) }),
    ...(ca_file === undefined ? {} : { ca: readText(resolve(ca_file)) }),
  };
}
