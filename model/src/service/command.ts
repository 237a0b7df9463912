import type { Command } from '../command.ts';
import { type Log, openLog } from '../log.ts';
import { aborted, exitLater, exitWithSupervisor, ready } from './process.ts';

/** A service that runs in this process. */
export interface RunningService {
  /** The port of its HTTP door. */
  port: number;
  /** Resolves with the reason when it cannot go on and the process has to start anew; undefined if that cannot be. */
  failed?: Promise<Error>;
  close(): Promise<void>;
}

/** What makes a service of a package a subcommand. */
export interface ServiceSpec<Config> {
  name: string;
  summary: string;
  /** Reads a configuration file. @throws BenchlineError that says what to do. */
  load(file: string): Config;
  /** Reads everything that a configuration names, and connects to nothing. */
  check(config: Config): void | Promise<void>;
  /** `stop` aborts when the service is to end, which may be before it is open. */
  open(config: Config, log: Log, stop: AbortSignal): Promise<RunningService>;
}

/** The subcommand of a service: `--config FILE` runs it until it is told to stop, `--check` only reads. */
export function serviceCommand<Config>(service: ServiceSpec<Config>): Command {
  return {
    summary: service.summary,
    usage: '--config FILE [--check]',
    options: {
      config: { type: 'string', value: 'FILE', help: 'configuration, YAML or JSON', required: true },
      check: { type: 'boolean', help: 'only check the configuration and what it names' },
    },
    async run({ values, signal }) {
      const file = String(values['config']);
      const config = service.load(file);
      if (values['check'] === true) {
        await service.check(config);
        process.stdout.write(`${file} is in order\n`);
        return 0;
      }
      const stop = exitWithSupervisor(signal);
      const running = await service.open(config, openLog(service.name), stop);
      ready({ http_port: running.port });
      const failure = await Promise.race([aborted(stop), ...(running.failed ? [running.failed] : [])]);
      exitLater(failure === undefined ? 0 : 1);
      await running.close();
      if (failure !== undefined) throw failure;
      return 0;
    },
  };
}
