import { createInterface } from 'node:readline';
import {
  aborted,
  BenchlineError,
  type Command,
  exitLater,
  exitWithSupervisor,
  openLog,
  ready,
} from '@benchline/model';
import { maxPayloadBytes } from '@benchline/model/sparkplug';
import { openBroker } from '../broker/broker.ts';
import { readUsers, setUser } from '../broker/users.ts';

export const broker: Command = {
  summary: 'run the embedded MQTT broker of a single box',
  usage: '[--host ADDRESS] [--port N] [--users FILE [--add NAME]]',
  options: {
    host: { type: 'string', value: 'ADDRESS', help: 'address to listen on', default: '127.0.0.1' },
    port: { type: 'string', value: 'N', help: 'TCP port, 0 for any free one', default: '1883' },
    users: {
      type: 'string',
      value: 'FILE',
      help: 'who may connect; needed for any address but this computer alone',
    },
    add: {
      type: 'string',
      value: 'NAME',
      help: 'only add this user to the file, or change the password: read from stdin, one line',
    },
    'max-packet-bytes': {
      type: 'string',
      value: 'N',
      help: 'largest packet that a client may send',
      default: String(maxPayloadBytes + 65_536),
    },
  },
  async run({ values, signal }) {
    const file = values['users'] === undefined ? undefined : String(values['users']);
    if (values['add'] !== undefined) return await addUser(file, String(values['add']));
    const stop = exitWithSupervisor(signal);
    const opened = await openBroker({
      host: String(values['host']),
      port: natural(values['port'], 'port', 65_535),
      users: file === undefined ? undefined : await readUsers(file),
      max_packet_bytes: natural(values['max-packet-bytes'], 'max-packet-bytes', 256 << 20),
      log: openLog('broker'),
    });
    ready({ port: opened.port });
    await aborted(stop);
    exitLater(0);
    await opened.close();
    return 0;
  },
};

async function addUser(file: string | undefined, name: string): Promise<number> {
  if (file === undefined)
    throw new BenchlineError('usage', '--add needs the file to add to', { hint: 'add --users FILE' });
  const password = await firstLine(process.stdin);
  if (!password)
    throw new BenchlineError('usage', 'no password on stdin', {
      hint: `write it there: openssl rand -base64 24 | tee secret | benchline broker --users ${file} --add ${name}`,
    });
  await setUser(file, name, Buffer.from(password));
  return 0;
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string | undefined> {
  for await (const line of createInterface({ input: stream })) return line;
  return undefined;
}

function natural(value: unknown, option: string, most: number): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0 && number <= most) return number;
  throw new BenchlineError('usage', `--${option} is not a whole number from 0 to ${most}`, {
    hint: `write for example --${option} ${option === 'port' ? 1883 : 1_000_000}`,
  });
}
