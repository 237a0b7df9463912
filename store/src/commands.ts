import { aborted, BenchlineError, type Commands, exitWithSupervisor, openLog, ready } from '@benchline/model';
import { startInfluxd } from './influx/local-server.ts';

/** The commands of this package. */
export const commands: Commands = {
  influxd: {
    summary: 'run the installed InfluxDB 1.x with a data folder of its own',
    usage: '--data DIR [--port N]',
    options: {
      data: { type: 'string', value: 'DIR', help: 'where the server keeps its data' },
      port: { type: 'string', value: 'N', help: 'port on 127.0.0.1; a free one unless given' },
    },
    async run({ values, signal }) {
      if (typeof values['data'] !== 'string')
        throw new BenchlineError('usage', '--data is needed', { hint: 'benchline influxd --data DIR' });
      const leash = exitWithSupervisor(signal);
      const port = typeof values['port'] === 'string' ? { port: Number(values['port']) } : {};
      const server = await startInfluxd({ dataDir: values['data'], log: openLog('influxd'), ...port });
      ready({ url: server.url, pid: server.pid });
      const ended = await Promise.race([aborted(leash), server.exited]);
      await server.stop();
      // A server that died by itself is a failure: who supervises this process starts it again.
      return ended === undefined ? 0 : 1;
    },
  },
};
