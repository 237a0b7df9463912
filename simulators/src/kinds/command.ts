import { BenchlineError, type Command, type CommandInput } from '@benchline/model';

type Simulator = (input: CommandInput) => Promise<number>;

/** Loaded when called: a device on MQTT has no use for an OPC UA server's modules, which take a second to load. */
const kinds: Readonly<Record<string, () => Promise<Simulator>>> = {
  mill: async () => (await import('./mill.ts')).simulateMill,
  line: async () => (await import('./line.ts')).simulateLine,
  plc: async () => (await import('./plc.ts')).simulatePlc,
  meter: async () => (await import('./meter.ts')).simulateMeter,
};

/** `benchline simulate KIND`: one simulated source, serving until it is stopped. */
export const simulate: Command = {
  summary: 'run one simulated machine, line, PLC or meter',
  usage: Object.keys(kinds).join('|') + ' [OPTIONS]',
  positionals: ['KIND'],
  options: {
    truth: {
      type: 'string',
      value: 'FILE',
      help: 'log of everything emitted (NDJSON); a restart goes on from it',
    },
    'truth-limit': {
      type: 'string',
      value: 'MB',
      help: 'begin a new log at this size, keeping one before it (default: keep everything)',
    },
    plant: { type: 'string', value: 'FILE', help: 'plant file (default: the demonstration plant)' },
    machine: {
      type: 'string',
      value: 'ID',
      help: 'mill, plc, meter: machine or meter of the plant (default: of the demonstration)',
    },
    machines: {
      type: 'string',
      value: 'ID,ID',
      help: 'line: machines of the plant (default: of the demonstration)',
    },
    seed: { type: 'string', default: '1', value: 'TEXT', help: 'line, plc: same seed, same day' },
    history: {
      type: 'string',
      value: 'SPAN',
      help: 'how far back simulated time begins (default 24h, without --truth and for mill --loop 0s)',
    },
    'catch-up': {
      type: 'string',
      default: '40s',
      value: 'SPAN',
      help: 'how long it takes to play a whole history',
    },
    data: {
      type: 'string',
      value: 'DIR',
      help: 'mill: folder with runs.csv and experiment_NN.csv (default: shipped runs)',
    },
    speed: {
      type: 'string',
      value: 'N',
      help: 'mill --once: times faster than recorded (default 1)',
    },
    once: { type: 'boolean', help: 'mill: play the runs once, then hold the last values (default)' },
    loop: { type: 'boolean', help: 'mill: play the runs over and over, live' },
    start: {
      type: 'string',
      value: 'ISO',
      help: 'mill: source time of the first row (default: so that the last row is now)',
    },
    host: { type: 'string', default: '127.0.0.1', value: 'HOST', help: 'mill, line: address to listen on' },
    port: {
      type: 'string',
      default: '0',
      value: 'N',
      help: 'mill, line: port to listen on, 0 for any free one',
    },
    pki: {
      type: 'string',
      value: 'DIR',
      help: "mill, line: folder of the server's certificate (default: beside the truth log)",
    },
    'extra-namespaces': {
      type: 'string',
      default: '0',
      value: 'N',
      help: 'mill, line: namespaces before the own one, so that its index is another',
    },
    insecure: { type: 'boolean', help: 'mill, line: offer unencrypted endpoints also beyond loopback' },
    broker: { type: 'string', value: 'URL', help: 'plc, meter: MQTT broker, mqtt://host:port' },
    username: { type: 'string', value: 'NAME', help: 'plc, meter: user at the broker' },
    'password-file': {
      type: 'string',
      value: 'FILE',
      help: "plc, meter: file that holds the user's password",
    },
    topic: {
      type: 'string',
      value: 'TOPIC',
      help: 'plc, meter: topic to publish on (default machines/<machine>)',
    },
  },
  async run(input) {
    const [kind = ''] = input.positionals;
    const load = kinds[kind];
    if (load && input.positionals.length === 1) return await (await load())(input);
    throw new BenchlineError('usage', `'${input.positionals.join(' ')}' is nothing to simulate`, {
      hint: `choose one of: ${Object.keys(kinds).join(', ')}`,
    });
  },
};
