import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  readSigningKey,
  readTrustedKeys,
  signingKey,
  trustedKeys,
  writeKeyPair,
} from '../../src/keys/keys.ts';
import { containing } from '../matchers.ts';

const folder = mkdtempSync(join(tmpdir(), 'benchline-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** RFC 8032, section 7.1: the key of TEST 1, wrapped as PKCS #8 (RFC 8410). */
const test1 = Buffer.from(
  '302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  'hex',
);
const test1Pem = `-----BEGIN PRIVATE KEY-----\n${test1.toString('base64')}\n-----END PRIVATE KEY-----\n`;

describe('signing', () => {
  it('gives the signature of RFC 8032 for its test vector', () => {
    expect(Buffer.from(signingKey(test1Pem).sign(''), 'base64').toString('hex')).toBe(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    );
  });

  it('refuses a key of another kind', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    expect(() => signingKey(rsa.toString())).toThrow('rsa');
  });
});

describe('key files', () => {
  const file = join(folder, 'deep/gateway.key');
  writeKeyPair(file);

  it('can be read by their owner only, and are never overwritten', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file, 'utf8');
    expect(() => writeKeyPair(file)).toThrow(/exists/);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('belong together', () => {
    const key = readSigningKey(file);
    const trusted = trustedKeys({ me: readFileSync(`${file}.pub`, 'utf8') });
    expect(() => trusted.verify('me', key.id, 'text', key.sign('text'))).not.toThrow();
    expect(() => trusted.verify('me', key.id, 'other', key.sign('text'))).toThrow(
      expect.objectContaining({ code: 'signature_invalid' }),
    );
    expect(() => trusted.verify('you', key.id, 'text', key.sign('text'))).toThrow(
      expect.objectContaining({ code: 'key_unknown', hint: containing('you.pub') }),
    );
  });

  it('say how to make one when there is none, or something else', () => {
    const absent = join(folder, 'absent.key');
    expect(() => readSigningKey(absent)).toThrow(
      expect.objectContaining({ code: 'config_invalid', hint: `make one: benchline keygen --out ${absent}` }),
    );
    writeFileSync(join(folder, 'text.key'), 'hello');
    expect(() => readSigningKey(join(folder, 'text.key'))).toThrow(/not an Ed25519 private key/);
  });
});

describe('a folder of trusted keys', () => {
  it('trusts each .pub for its owner, and nothing when it is not there', () => {
    writeKeyPair(join(folder, 'trusted/gateway-1'));
    writeFileSync(join(folder, 'trusted/README'), 'not a key');
    expect(readTrustedKeys(join(folder, 'trusted')).owners()).toEqual(['gateway-1']);
    expect(readTrustedKeys(join(folder, 'nowhere')).owners()).toEqual([]);
  });

  it.each([
    ['a private key', test1Pem],
    ['a text', 'hello'],
    [
      'an RSA key',
      generateKeyPairSync('rsa', { modulusLength: 2048 })
        .publicKey.export({ type: 'spki', format: 'pem' })
        .toString(),
    ],
  ])('names the file that holds %s', (_, pem) => {
    expect(() => trustedKeys({ 'gateway-2': pem })).toThrow(/gateway-2\.pub is not an Ed25519 public key/);
  });
});
