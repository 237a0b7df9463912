import type { Command } from '../command.ts';
import { readSigningKey, writeKeyPair } from '../keys/keys.ts';

export const keygen: Command = {
  summary: 'make a signing key pair',
  usage: '--out FILE',
  options: {
    out: {
      type: 'string',
      value: 'FILE',
      help: 'private key to write; the public one gets .pub',
      required: true,
    },
  },
  async run({ values }) {
    const file = String(values['out']);
    writeKeyPair(file);
    process.stdout.write(
      [
        `${file}      private key ${readSigningKey(file).id}: keep it secret, it never leaves this computer`,
        `${file}.pub  public key: copy it to whoever has to trust it, as NAME.pub in its folder of trusted keys`,
        '',
      ].join('\n'),
    );
    return 0;
  },
};
