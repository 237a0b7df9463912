import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { loadConfig } from '../config/load.ts';
import { actions, type Principal } from './access.ts';

const Grant = z.strictObject({
  action: z
    .enum(actions)
    .describe(
      'What may be done; enter: state something as a person (reasons, orders, corrections); for the metrics service alone are publish (record figures as published) and speak_for (enter for whoever has entered there)',
    ),
  scope: z
    .string()
    .regex(
      /^([a-z0-9][a-z0-9-]{0,62}(\/[a-z0-9][a-z0-9-]{0,62})*)?$/,
      "ids joined by '/' such as demo/ningbo, or '' for everything",
    )
    .describe('Where, and everywhere below')
    .meta({ range: "enterprise/site/area/line/machine or its beginning; `''` for everything" }),
});

/** Who may come in from the network. Tokens themselves are nowhere stored, only their digests. */
export const CredentialsFile = z
  .strictObject({
    principals: z
      .array(
        z.strictObject({
          name: z
            .string()
            .min(1)
            .max(200)
            .describe('Who this is; the author of every entry made with the token'),
          token_sha256: z
            .string()
            .regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits: printf %s TOKEN | sha256sum')
            .describe('SHA-256 of the bearer token, which is long and random: openssl rand -hex 32')
            .meta({ range: '64 hexadecimal digits' }),
          grants: z.array(Grant).min(1).describe('What it may do, and where; nothing else'),
        }),
      )
      .min(1)
      .describe('One for each person or program'),
  })
  .describe('Principals that a service admits, each by a bearer token');

/** Finds the principal whose token this is. */
export interface Credentials {
  principal(token: string): Principal | undefined;
}

/** Reads a credentials file (YAML or JSON). @throws BenchlineError `config_invalid`. */
export function readCredentials(file: string): Credentials {
  return credentialsOf(loadConfig(CredentialsFile, file));
}

/** Compares digests in constant time and looks at every principal, so that the time taken tells nothing. */
export function credentialsOf(file: z.output<typeof CredentialsFile>): Credentials {
  const known = file.principals.map(({ name, grants, token_sha256 }) => ({
    digest: Buffer.from(token_sha256, 'hex'),
    principal: { name, grants },
  }));
  return {
    principal(token) {
      const digest = createHash('sha256').update(token, 'utf8').digest();
      let found: Principal | undefined;
      for (const entry of known) if (timingSafeEqual(entry.digest, digest)) found = entry.principal;
      return found;
    },
  };
}
