import type { FaultKind, Parameters, PartName } from '../fault.ts';
import { Tamper } from '../tools/tamper.ts';
import { pause } from './pause.ts';

const services: readonly PartName[] = ['gateway', 'ingest', 'metrics'];

type Wrong = Parameters & { part: PartName; offset_s: number; for_s: number };

const wrongClock: FaultKind<Wrong> = {
  kind: 'wrong-clock',
  summary: 'one service is started with a clock that is an hour wrong, and set right later while it runs',
  draw: (random) => ({
    part: random.pick(services) ?? 'ingest',
    offset_s: random.chance(0.5) ? 3600 : -3600,
    for_s: random.whole(3, 15),
  }),
  lasts_s: ({ for_s }) => for_s + 5,
  touches: ({ part }) => [part],
  // Source times are the controllers': only the gateway's restart makes anything unobtainable.
  cost: ({ part }) =>
    part === 'gateway' ? [{ as: 'gap', machines: 'all', before_s: 5, after_s: 5 }] : 'nothing',
  async inject(world, { part, offset_s, for_s }, signal) {
    const tamper = new Tamper(world.folder, part);
    try {
      await tamper.setClock(offset_s * 1000);
      await world.part(part).kill();
      await world.part(part).awaitReady();
      await pause(for_s, signal);
    } finally {
      await tamper.end();
    }
  },
};

const ntpStep: FaultKind<Wrong> = {
  kind: 'clock-step',
  summary: 'the clock of one running service jumps and later jumps back',
  draw: (random) => ({
    part: random.pick(services) ?? 'ingest',
    offset_s: (random.chance(0.5) ? 1 : -1) * (random.pick([0.5, 2, 30, 120, 3600]) ?? 2),
    for_s: random.whole(2, 15),
  }),
  lasts_s: ({ for_s }) => for_s,
  touches: ({ part }) => [part],
  // Nothing stops running, and source times are the controllers'.
  cost: () => 'nothing',
  async inject(world, { part, offset_s, for_s }, signal) {
    const tamper = new Tamper(world.folder, part);
    try {
      await tamper.setClock(offset_s * 1000);
      await pause(for_s, signal);
    } finally {
      await tamper.end();
    }
  },
};

const localTime: FaultKind<Parameters & { before: string; after: string; for_s: number }> = {
  kind: 'local-time-change',
  summary: 'summer time begins or ends on the computer: local time of all services jumps by an hour',
  draw: (random) => {
    const [before, after] = random.chance(0.5) ? ['Etc/GMT-1', 'Etc/GMT-2'] : ['Etc/GMT-2', 'Etc/GMT-1'];
    return { before, after, for_s: random.whole(2, 8) };
  },
  lasts_s: ({ for_s }) => 2 * for_s,
  touches: () => ['gateway', 'ingest', 'metrics'],
  // No figure depends on the local time of a computer: plants have time zones of their own.
  cost: () => 'nothing',
  async inject(world, { before, after, for_s }, signal) {
    const tampers = services.map((part) => new Tamper(world.folder, part));
    try {
      for (const zone of [before, after]) {
        await Promise.all(tampers.map((tamper) => tamper.setTimeZone(zone)));
        await pause(for_s, signal);
      }
    } finally {
      await Promise.all(tampers.map((tamper) => tamper.end()));
    }
  },
};

export const clockKinds: readonly FaultKind[] = [wrongClock, ntpStep, localTime];
