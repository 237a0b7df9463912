import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { loadConfig } from '@benchline/model';
import { writeFileAtomically } from '@benchline/store/journal';
import { z } from 'zod';

const cost = { N: 2 ** 15, r: 8, p: 1 };
const digestPattern = /^scrypt\$(\d{1,8})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9+/]+=*)\$([A-Za-z0-9+/]+=*)$/;

/** Who may connect to the embedded broker. Passwords are nowhere stored, only salted scrypt digests (RFC 7914). */
export const BrokerUsers = z
  .strictObject({
    users: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(200).describe('MQTT user name'),
          password: z
            .string()
            .regex(digestPattern, 'a digest; make one with: benchline broker --users FILE --add NAME')
            .describe('scrypt$N$r$p$SALT$DIGEST, salt and digest in base64'),
        }),
      )
      .min(1),
  })
  .describe('Users of the embedded MQTT broker');
type BrokerUsers = z.output<typeof BrokerUsers>;

export interface Users {
  verify(name: string, password: Uint8Array): Promise<boolean>;
}

/** Reads a users file (YAML or JSON). @throws BenchlineError `config_invalid`. */
export async function readUsers(file: string): Promise<Users> {
  const { users } = loadConfig(BrokerUsers, file);
  const digests = new Map(users.map(({ name, password }) => [name, password]));
  // Somebody unknown costs as much time as somebody known, so that the time taken tells no names.
  const nobody = await passwordDigest(randomBytes(16));
  return {
    async verify(name, password) {
      const known = digests.get(name);
      const fits = await matches(password, known ?? nobody);
      return fits && known !== undefined;
    },
  };
}

/** Adds a user to a file, or gives one a new password. The file is made when there is none. */
export async function setUser(file: string, name: string, password: Uint8Array): Promise<void> {
  const { users }: BrokerUsers = existsSync(file) ? loadConfig(BrokerUsers, file) : { users: [] };
  const others = users.filter((user) => user.name !== name);
  const all = BrokerUsers.parse({ users: [...others, { name, password: await passwordDigest(password) }] });
  await writeFileAtomically(file, `${JSON.stringify(all, null, 2)}\n`);
}

async function passwordDigest(password: Uint8Array): Promise<string> {
  const salt = randomBytes(16);
  const digest = await derive(password, salt, 32, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), digest.toString('base64')].join('$');
}

async function matches(password: Uint8Array, stored: string): Promise<boolean> {
  const [, N, r, p, salt = '', digest = ''] = digestPattern.exec(stored) ?? [];
  const expected = Buffer.from(digest, 'base64');
  const options = { N: Number(N), r: Number(r), p: Number(p) };
  return timingSafeEqual(
    await derive(password, Buffer.from(salt, 'base64'), expected.length, options),
    expected,
  );
}

function derive(
  password: Uint8Array,
  salt: Uint8Array,
  bytes: number,
  { N, r, p }: { N: number; r: number; p: number },
): Promise<Buffer> {
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, bytes, options, (error, digest) => {
      if (error) reject(error);
      else resolve(digest);
    });
  });
}
