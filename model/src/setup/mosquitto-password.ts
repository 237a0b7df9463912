import { pbkdf2Sync, randomBytes } from 'node:crypto';

const iterations = 101;
const saltBytes = 12;
const hashBytes = 64;

/**
 * A line of Mosquitto's password file: `user:$7$iterations$salt$hash`, PBKDF2 with SHA-512 as mosquitto_passwd 2.0
 * writes it. The count of iterations is Mosquitto's own default; the passwords here are 256 random bits.
 */
export function mosquittoPasswordLine(user: string, password: string): string {
  const salt = randomBytes(saltBytes);
  const hash = pbkdf2Sync(password, salt, iterations, hashBytes, 'sha512');
  return `${user}:$7$${iterations}$${salt.toString('base64')}$${hash.toString('base64')}`;
}
