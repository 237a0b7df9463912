import { createHash } from 'node:crypto';

const modulus = 2n ** 256n;

/**
 * A digest of a set of batches that does not depend on their order: the sum, modulo 2^256, of the SHA-256 of each
 * batch's place and digest.
 */
export class ContentDigest {
  #sum = 0n;

  add({
    gateway,
    epoch,
    seq,
    digest,
  }: {
    gateway: string;
    epoch: string;
    seq: number;
    digest: string;
  }): void {
    const hash = createHash('sha256').update(`${gateway} ${epoch} ${seq} ${digest}`).digest('hex');
    this.#sum = (this.#sum + BigInt(`0x${hash}`)) % modulus;
  }

  /** 64 hexadecimal digits. */
  hex(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }
}
