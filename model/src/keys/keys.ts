import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BenchlineError } from '../error.ts';

/** An Ed25519 private key (RFC 8032) that signs texts. The key itself never leaves it. */
export interface SigningKey {
  readonly id: string;
  readonly publicPem: string;
  /** Signature over the UTF-8 text, base64. */
  sign(text: string): string;
}

/** Public keys by who they are trusted to speak for. */
export interface TrustedKeys {
  /** @throws BenchlineError `key_unknown` or `signature_invalid`. */
  verify(owner: string, id: string, text: string, signature: string): void;
  owners(): readonly string[];
}

/** The first 16 hexadecimal digits of SHA-256 over the public key's SPKI DER. */
export function keyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}

/** Makes a key pair: private key as PKCS #8 PEM, public key as SPKI PEM. */
export function generateKeyPair(): { privatePem: string; publicPem: string } {
  const pair = generateKeyPairSync('ed25519');
  return {
    privatePem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** @throws Error when the text is no Ed25519 private key. */
export function signingKey(privatePem: string): SigningKey {
  const key = createPrivateKey(privatePem);
  assertEd25519(key);
  const publicKey = createPublicKey(key);
  return {
    id: keyId(publicKey),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), key).toString('base64'),
  };
}

/** Reads a private key file. @throws BenchlineError `config_invalid` with what to do. */
export function readSigningKey(file: string): SigningKey {
  if (!existsSync(file))
    throw new BenchlineError('config_invalid', `there is no signing key at ${file}`, {
      hint: `make one: benchline keygen --out ${file}`,
    });
  try {
    return signingKey(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new BenchlineError('config_invalid', `${file} is not an Ed25519 private key in PEM`, {
      hint: `make one: benchline keygen --out ${file}`,
      cause,
    });
  }
}

/** Writes a new pair: FILE (readable by its owner only) and FILE with `.pub`. Refuses to overwrite. */
export function writeKeyPair(file: string): void {
  if (existsSync(file))
    throw new BenchlineError('config_invalid', `${file} exists`, {
      hint: 'name another file or move it away',
    });
  const pair = generateKeyPair();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, pair.privatePem, { mode: 0o600 });
  chmodSync(file, 0o600);
  writeFileSync(`${file}.pub`, pair.publicPem);
}

/** Trusts every `<owner>.pub` in a folder, each for its owner alone. @throws BenchlineError `config_invalid`. */
export function readTrustedKeys(folder: string): TrustedKeys {
  const pems: Record<string, string> = {};
  for (const file of existsSync(folder) ? readdirSync(folder) : [])
    if (file.endsWith('.pub')) pems[file.slice(0, -4)] = readFileSync(join(folder, file), 'utf8');
  return trustedKeys(pems);
}

/** Trusts public keys in PEM, by owner. @throws BenchlineError `config_invalid` for anything else. */
export function trustedKeys(pems: Readonly<Record<string, string>>): TrustedKeys {
  const keys = new Map<string, { id: string; key: KeyObject }>();
  for (const [owner, pem] of Object.entries(pems)) {
    const key = readPublicKey(owner, pem);
    keys.set(owner, { id: keyId(key), key });
  }
  return {
    owners: () => [...keys.keys()],
    verify(owner, id, text, signature) {
      const trusted = keys.get(owner);
      if (!trusted || trusted.id !== id)
        throw new BenchlineError('key_unknown', `key ${id} is not trusted to speak for '${owner}'`, {
          hint: `put its public key as ${owner}.pub into the folder of trusted keys`,
        });
      if (!verify(null, Buffer.from(text, 'utf8'), trusted.key, Buffer.from(signature, 'base64')))
        throw new BenchlineError('signature_invalid', `the signature of '${owner}' does not verify`);
    },
  };
}

function readPublicKey(owner: string, pem: string): KeyObject {
  try {
    // createPublicKey would also take a private key, which nobody should have handed over.
    if (pem.includes('PRIVATE KEY')) throw new Error('it is a private key');
    const key = createPublicKey(pem);
    assertEd25519(key);
    return key;
  } catch (cause) {
    throw new BenchlineError('config_invalid', `${owner}.pub is not an Ed25519 public key in PEM`, {
      hint: `put the .pub file that benchline keygen wrote for '${owner}' there`,
      cause,
    });
  }
}

/** Signing without a digest algorithm means Ed25519 only for such a key: others would sign something else. */
function assertEd25519(key: KeyObject): void {
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`a key of type ${key.asymmetricKeyType}`);
}
